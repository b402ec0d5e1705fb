"""What the gate sends of its own accord: scenes, bounds and the table, once through, before anything is generated.

Knows in which order. Must not know how requests are sent.
"""

from __future__ import annotations

from collections.abc import Callable

from tests.fuzz.gate.bounds import bounds
from tests.fuzz.gate.play import Play
from tests.fuzz.gate.scenes import SCENES, Scene
from tests.fuzz.gate.table import demands, entry_demands, oddities
from tests.fuzz.gate.wire import Answer, Sent

#: Sends a request, lets the run judge its answer under the name of a phase, and gives the answer.
Exchange = Callable[[str, Sent], Answer]


def play_scene(play: Play, scene: Scene, exchange: Exchange) -> None:
    """Play one scene."""
    for step in scene(play.world, play.number()):
        if isinstance(step, Sent):
            exchange("scenes", step)
        else:
            play.let_happen(step)


def play_table(play: Play, exchange: Exchange) -> None:
    """Play every scene, try every bound, demand every documented refusal, and send what no generator makes."""
    for scene in SCENES:
        play_scene(play, scene, exchange)
    for sent in bounds(play.world, iter(play.number, None)):
        exchange("bounds", sent)
    for sent in (*demands(), *oddities(play.world.now)):
        exchange("table", sent)
    task_id = "42"
    # Twice: the first round makes the task that the second one changes.
    for _ in range(2):
        for sent in entry_demands(play.world.now, task_id):
            told = exchange("table", sent).decoded()
            task_id = str(told.get("schedule_id", task_id))
