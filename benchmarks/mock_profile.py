"""Where a send to the mock goes, and a batch: function calls and time by part, from the bytes of a request to those
of its answer.

    python -m benchmarks.mock_profile

Prints a table for docs/performance.md. Counts of function calls are exact, whatever else the machine does; shares of
the time are a profiler's, which makes small functions look dearer than they are. The socket, the event loop and the
kernel are left out. Runs in the development environment, as the mock's benchmark does.
"""

from __future__ import annotations

import cProfile
import pstats
from collections import Counter
from collections.abc import Callable

from jsmskit.mock import Clock, JsmsMock
from jsmskit.mock.request_head import END, plain_head
from jsmskit.mock.seed_document import read_seed

from benchmarks.closed_loop import post
from benchmarks.mock import AUTHORIZATION, BATCH, RICH, batch_of, message_to

SENDS, BATCHES = 3000, 10
ELSEWHERE = "the rest"
PARTS = (
    ("mock/store/", "state: messages, balances, transaction (`store/`)"),
    ("mock/state", "state: messages, balances, transaction (`store/`)"),
    ("mock/due", "state: messages, balances, transaction (`store/`)"),
    ("mock/operations/", "operation and rules (`operations/`, `rules/`)"),
    ("mock/rules/", "operation and rules (`operations/`, `rules/`)"),
    ("mock/text", "operation and rules (`operations/`, `rules/`)"),
    ("mock/magic", "operation and rules (`operations/`, `rules/`)"),
    ("mock/call", "operation and rules (`operations/`, `rules/`)"),
    ("mock/service", "operation and rules (`operations/`, `rules/`)"),
    ("mock/admission", "who calls, the body as JSON, the spec (`admission`, `bodies`, `spec_document`)"),
    ("mock/bodies", "who calls, the body as JSON, the spec (`admission`, `bodies`, `spec_document`)"),
    ("mock/json_body", "who calls, the body as JSON, the spec (`admission`, `bodies`, `spec_document`)"),
    ("mock/spec_document", "who calls, the body as JSON, the spec (`admission`, `bodies`, `spec_document`)"),
    ("mock/", "the way in and out, the request log (`short_way`, `jsms_mock`, `exchange`, `request_log`)"),
)


def part_of(path: str) -> str:
    """The part that a file belongs to."""
    return next((name for fragment, name in PARTS if fragment in path), ELSEWHERE)


def spent(work: Callable[[int], None], times: int) -> tuple[Counter[str], Counter[str]]:
    """Do something so often; gives function calls and seconds by part."""
    work(0)
    profile = cProfile.Profile()
    profile.enable()
    for number in range(1, times + 1):
        work(number)
    profile.disable()
    calls: Counter[str] = Counter()
    seconds: Counter[str] = Counter()
    for (path, _, _), (_, count, own, _, callers) in pstats.Stats(profile).stats.items():  # type: ignore[attr-defined]  # the stubs leave `stats` out
        if path == "~":  # built-in: it counts for whoever called it
            for (caller, _, _), (_, made, took, _) in callers.items():
                calls[part_of(caller)] += made
                seconds[part_of(caller)] += took
        else:
            calls[part_of(path)] += count
            seconds[part_of(path)] += own
    return calls, seconds


def main() -> None:
    """Profile and print."""
    with JsmsMock(clock=Clock(frozen_at=1e9), state=read_seed(RICH)) as mock:

        def ask(path: str, body: bytes) -> None:
            head, _, sent = post(path, "127.0.0.1", AUTHORIZATION, body).partition(END)
            plain = plain_head(head)
            answer = None if plain is None else mock.asgi.answer_at_once(plain, sent, "127.0.0.1")
            if answer is None or not answer.startswith(b"HTTP/1.1 200"):
                raise SystemExit(f"mock_profile: {answer!r}")

        sends = [message_to(number) for number in range(SENDS + 1)]
        batches = [batch_of(10**7 + number * BATCH) for number in range(BATCHES + 1)]
        single = spent(lambda number: ask("/v1/messages", sends[number]), SENDS)
        batch = spent(lambda number: ask("/v1/messages/batch", batches[number]), BATCHES)
    print("| part | function calls a send | share of the time | calls a recipient of a batch | share |")
    print("|---|--:|--:|--:|--:|")
    columns = ((*single, SENDS), (*batch, BATCHES * BATCH))
    for part in dict.fromkeys([*(name for _, name in PARTS), ELSEWHERE]):
        cells = [
            f"{calls[part] / times:.1f} | {100 * seconds[part] / sum(seconds.values()):.0f} %"
            for calls, seconds, times in columns
        ]
        print(f"| {part} | {' | '.join(cells)} |")
    sums = [f"{sum(calls.values()) / times:.1f} | 100 %" for calls, _, times in columns]
    print(f"| all | {' | '.join(sums)} |")


if __name__ == "__main__":
    main()
