"""What people and time do between two calls: hours pass, auditors decide, somebody writes back.

Knows the mock by its public methods and the model's world, and does everything to both. Must not know requests.
"""

from __future__ import annotations

from random import Random
from typing import Final

from jsmskit.mock import JsmsMock

from tests.fuzz.gate import stage, world
from tests.fuzz.gate.world import App, Reply, World

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
    """

    def __init__(self, mock: JsmsMock, state: World, chance: Random) -> None:
        self._mock = mock
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
        self._world.advance_to(self._world.now + seconds)
        self._mock.advance(seconds)

    def _app(self) -> App:
        return self._world.apps[self._chance.choice((stage.MAIN, stage.MAIN, stage.MAIN, stage.POOR)).key]

    def _audit_template(self) -> None:
        app = self._app()
        waiting = [each for each in app.templates.values() if each.status == world.AUDITING]
        waiting = [each for each in waiting if each.temp_id != stage.IN_AUDIT]
        if waiting:
            template, approve = self._chance.choice(waiting), self._chance.random() < 0.6
            self._world.decide_template(template, approve=approve)
            self._mock.audit_template(template.temp_id, approve, app_key=app.key)

    def _audit_sign(self) -> None:
        app = self._app()
        waiting = [each for each in app.signs.values() if each.status == world.AUDITING]
        if waiting:
            sign, approve = self._chance.choice(waiting), self._chance.random() < 0.6
            self._world.decide_sign(app, sign, approve=approve)
            self._mock.audit_sign(sign.sign_id, approve, app_key=app.key)

    def _reply(self) -> None:
        app, phone = self._app(), self._chance.choice((*stage.NUMBERS[-2:], stage.UNSUBSCRIBED))
        content = self._chance.choice(("TD", "好的", "收到😀", " t ", "退订吧", "x" * 70))
        app.replies.append(Reply(self._world.now, phone, content))
        if content.strip().upper() in ("T", "TD", "退订"):
            app.unsubscribed.add(phone)
        self._mock.reply(phone, content, app_key=app.key)

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
