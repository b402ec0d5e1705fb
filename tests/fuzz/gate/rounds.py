"""What the gate sends of its own accord, once, before anything is generated: scenes, links, bounds and the table.

Knows in which order. Must not know how requests are sent.
"""

from __future__ import annotations

from tests.fuzz.gate.bounds import bounds
from tests.fuzz.gate.links import follow_links
from tests.fuzz.gate.play import Exchange, Play
from tests.fuzz.gate.scenes import SCENES, Scene
from tests.fuzz.gate.table import demands, doors, entry_demands, oddities
from tests.fuzz.gate.wire import Sent


def play_scene(play: Play, scene: Scene, exchange: Exchange) -> None:
    """Play one scene."""
    for step in scene(play.world, play.number()):
        if isinstance(step, Sent):
            exchange("scenes", step)
        else:
            play.let_happen(step)


def play_table(play: Play, exchange: Exchange) -> None:
    """Play scenes, follow links, try bounds, demand every documented refusal, and send what no generator makes."""
    for scene in SCENES:
        play_scene(play, scene, exchange)
    follow_links(play, exchange)
    for sent in doors():
        exchange("table", sent)
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
