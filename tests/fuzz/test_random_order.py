"""The requests of the table in random order, with pauses, reviews and replies between them, against the model.

Ids, numbers and times are replaced by such as mean something by then, most of the time; what must be answered is for
the oracle. For long: `python -m experiments.mock.fuzz_long_run`.
"""

from __future__ import annotations

import random
import re
from dataclasses import replace
from functools import cache
from typing import Final

from tests.fuzz.oracle import world
from tests.fuzz.oracle.exchange import Answer, Sent, resolve
from tests.fuzz.oracle.initial_state import LISTED_INVALID, MAIN, NUMBERS, POOR, UNSUBSCRIBED
from tests.fuzz.reached import Reached
from tests.fuzz.requests.calls import send_time
from tests.fuzz.requests.table import send_table
from tests.fuzz.run import Run

#: Few, so that limits per number are met.
FEW_NUMBERS: Final = (*NUMBERS[:3], UNSUBSCRIBED, LISTED_INVALID)
PAUSES: Final = (0.25, 1.0, 4.0, 5.0, 19.0, 20.0, 59.0, 60.0, 300.0, 600.0, 3 * 3600.0, 86_400.0, 2 * 86_400.0)
AHEAD: Final = (-1, 0, 1, 5, 60, 3600, 90_000)
#: Requests with more recipients or pictures take most of the time, and are answered alike.
LARGEST: Final = 20_000


@cache
def requests() -> tuple[Sent, ...]:
    found: list[Sent] = []

    class Recorder(Run):
        def send(self, phase: str, sent: Sent) -> Answer:
            found.append(sent)
            return super().send(phase, sent)

    send_table(Recorder())
    return tuple(sent for sent in found if len(sent.body) < LARGEST)


def make_meaningful(sent: Sent, run: Run, choose: random.Random) -> Sent:
    """Replace ids, numbers and times by such as mean something in this run."""
    app, target = run.world.apps[MAIN], resolve(sent.target)
    line, body = sent.target, sent.body
    for word, kept in (
        ("codes", app.codes),
        ("schedule", app.tasks),
        ("templates", app.templates),
        ("sign", app.signs),
    ):
        if target.path_id and f"/{word}/" in line and kept and choose.random() < 0.8:
            identity = str(choose.choice(list(kept)))
            line = line.replace(target.path_id, identity)
            code = app.codes[identity].value if word == "codes" else None
            if code is not None and choose.random() < 0.5:
                body = b'{"code": "%b"}' % code.encode()
    if choose.random() < 0.8:
        body = re.sub(rb"\b16[5-7]\d{8}\b", choose.choice(FEW_NUMBERS).encode(), body)
        at = send_time(run.world.now + choose.choice(AHEAD)).encode()
        body = re.sub(rb"202[67]-\d\d-\d\d \d\d:\d\d:\d\d", at, body)
    return replace(sent, target=line, body=body)


def check_random_order(seed: int, count: int) -> Reached:
    """Send so many requests.

    Raises:
        WrongResponseError: the model contradicts a response, or what arrived on phones.
    """
    choose, run = random.Random(seed), Run(seed)
    for sent in choose.choices(requests(), k=count):
        run.send("random order", make_meaningful(sent, run, choose))
        what, app = choose.random(), run.world.apps[choose.choice((MAIN, POOR))]
        if what < 0.1:
            run.happen(choose.choice(PAUSES))
        elif what < 0.15:
            kind, kept = choose.choice((("template", app.templates), ("sign", app.signs)))
            for each in [each for each in kept.values() if each.status == world.IN_REVIEW][:1]:
                run.happen((kind, app.key, each.id, choose.random() < 0.5))
        elif what < 0.2:
            run.happen(("reply", app.key, choose.choice(FEW_NUMBERS), choose.choice(("TD", "t ", "好的", "退订"))))
    return run.reached


def test_every_response_is_right_in_any_order() -> None:
    reached = check_random_order(1, 1000)
    assert len({name for name, status in reached.statuses if status == 200}) > 15
