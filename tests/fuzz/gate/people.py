"""What people and time do between two calls: hours pass, auditors decide, somebody writes back.

Knows the mock by its public methods and the model's world, and does everything to both. Must not know requests.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Final

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
        if drawn < 0.55:
            steps, weights = zip(*_STEPS, strict=True)
            self.let_pass(self._chance.choices(steps, weights)[0])
        elif drawn < 0.60:
            self._audit_template()
        elif drawn < 0.64:
            self._audit_sign()
        elif drawn < 0.66:
            self._reply()
        elif drawn < 0.68:
            self._wait_for_expiry()

    def let_pass(self, seconds: float) -> None:
        """Let time pass for both."""
        self._happen(["pass", seconds])

    def _happen(self, event: Event) -> None:
        happen(event, self._mock, self._world)
        self._note(event)

    def _app(self) -> App:
        return self._world.apps[self._chance.choice((stage.MAIN, stage.MAIN, stage.MAIN, stage.POOR)).key]

    def _audit_template(self) -> None:
        app = self._app()
        waiting = [each for each in app.templates.values() if each.status == world.AUDITING]
        waiting = [each for each in waiting if each.temp_id != stage.IN_AUDIT]
        if waiting:
            template, approved = self._chance.choice(waiting), self._chance.random() < 0.6
            self._happen(["template", app.key, template.temp_id, approved])

    def _audit_sign(self) -> None:
        app = self._app()
        waiting = [each for each in app.signs.values() if each.status == world.AUDITING]
        if waiting:
            sign, approved = self._chance.choice(waiting), self._chance.random() < 0.6
            self._happen(["sign", app.key, sign.sign_id, approved])

    def _reply(self) -> None:
        app, phone = self._app(), self._chance.choice((*stage.NUMBERS[-2:], stage.UNSUBSCRIBED))
        content = self._chance.choice(("TD", "好的", "收到😀", " t ", "退订吧", "x" * 70))
        self._happen(["reply", app.key, phone, content])

    def _wait_for_expiry(self) -> None:
        """Go to the last moment of a code's life, or to its end."""
        codes = [
            each
            for app in self._world.apps.values()
            for each in app.codes.values()
            if not each.verified and 1 < each.expires_at - self._world.now < 400
        ]
        if codes:
            left = self._chance.choice(codes[-5:]).expires_at - self._world.now
            self.let_pass(left - self._chance.choice((0.25, 0.0, 1.0)))
