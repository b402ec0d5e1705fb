"""What people and time do between two calls: hours pass, reviewors decide, somebody writes back.

Knows the mock by its public methods and the model's world, and does everything to both. Must not know requests.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Final

from jsms_api import limits
from jsmskit.mock import JsmsMock

from tests.fuzz.gate import stage, world
from tests.fuzz.gate.tape import Event, happen
from tests.fuzz.gate.world import App, World

#: Steps of the clock in seconds, and how often each is taken. Those of the documented windows, and their
#: neighbours.
_STEPS: Final = (
    (0.25, 40),
    (1.0, 20),
    (4.0, 6),
    (5.0, 20),
    (19.0, 5),
    (20.0, 8),
    (59.0, 2),
    (60.0, 3),
    (299.0, 1),
    (599.0, 2),
    (600.0, 4),
    (3 * 3600.0, 2),
    (86_400.0, 0.5),
    (2 * 86_400.0, 0.5),
)


class People:
    """Everybody but the caller.

    Args:
        mock: of the run.
        state: the model's world.
        chance: the run's own generator.
        note: called with everything that happened.
    """

    def __init__(self, mock: JsmsMock, state: World, chance: Random, note: Callable[[Event], object]) -> None:
        self._mock = mock
        self._note = note
        self._world = state
        self._chance = chance

    def act(self) -> None:
        """Do what happens before the next call; mostly, time passes."""
        drawn = self._chance.random()
        if drawn < 0.50:
            steps, weights = zip(*_STEPS, strict=True)
            self.advance_without_callbacks(self._chance.choices(steps, weights)[0])
        elif drawn < 0.55:
            self._review_template()
        elif drawn < 0.63:
            self._review_sign()
        elif drawn < 0.65:
            self._reply()
        elif drawn < 0.70:
            self._wait_for_what_is_due()

    def advance_without_callbacks(self, seconds: float) -> None:
        """Let time pass for both."""
        self.let_happen(["pass", seconds])

    def let_happen(self, event: Event) -> None:
        """Let one thing happen, to both."""
        happen(event, self._mock, self._world)
        self._note(event)

    def _app(self) -> App:
        return self._world.apps[
            self._chance.choice((stage.MAIN, stage.MAIN, stage.MAIN, stage.POOR, stage.BARE)).key
        ]

    def _review_template(self) -> None:
        app = self._app()
        waiting = [each for each in app.templates.values() if each.status == world.IN_REVIEW]
        waiting = [each for each in waiting if each.temp_id != stage.IN_AUDIT]
        if waiting:
            template, approved = self._chance.choice(waiting), self._chance.random() < 0.6
            self.let_happen(["template", app.key, template.temp_id, approved])

    def _review_sign(self) -> None:
        app = self._app()
        waiting = [each for each in app.signs.values() if each.status == world.IN_REVIEW]
        if waiting:
            sign, approved = self._chance.choice(waiting), self._chance.random() < 0.6
            self.let_happen(["sign", app.key, sign.sign_id, approved])

    def _reply(self) -> None:
        app, phone = self._app(), self._chance.choice((*stage.NUMBERS[-2:], stage.UNSUBSCRIBED))
        content = self._chance.choice(("TD", "好的", "收到😀", " t ", "退订吧", "x" * 70))
        self.let_happen(["reply", app.key, phone, content])

    def _wait_for_what_is_due(self) -> None:
        """Go to the instant at which something ends or falls due, or to just before it."""
        app, now = self._app(), self._world.now
        instants = [
            *[each.expires_at for each in list(app.codes.values())[-5:] if not each.verified],
            *[each.review_at for each in app.templates.values() if each.review_at is not None],
            *[each.review_at for each in app.signs.values() if each.review_at is not None],
            *[
                each.at
                for each in app.tasks.values()
                if each.state == world.WAITING and each.at < now + 86_400
            ],
            *[each.at for each in list(app.reports)[-3:]],
            *[at + limits.PULL_INTERVAL_SECONDS for at in app.last_pull.values()],
        ]
        early = self._chance.choice((0.25, 0.0, 1.0))
        ahead = [at - early - now for at in instants if at - early > now]
        if ahead:
            self.advance_without_callbacks(self._chance.choice(ahead))
