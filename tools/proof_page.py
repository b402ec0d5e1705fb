"""Makes the tables of docs/proofs.md from the files of figures that the long runs write into experiments/figures/.

    python -m tools.proof_page            write them
    python -m tools.proof_page --check    write nothing; exit 1 if the page is not what the figures make

What stands between `<!-- proofs: NAME -->` and `<!-- end -->` is made here; the rest of the page is written by hand.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[1]
FIGURES: Final = (ROOT / "experiments" / "figures", ROOT / "benchmarks")
PAGE: Final = ROOT / "docs" / "proofs.md"
_BLOCK: Final = re.compile(r"(<!-- proofs: ([a-z]+) -->\n).*?(<!-- end -->)", re.DOTALL)

Figures = Mapping[str, Any]
Row = tuple[str, str, str, Figures]
"""What was done, what came of it, the command, and the figures with the commit."""


def read(name: str) -> Figures:
    """One file of figures."""
    path = next(path for folder in FIGURES if (path := folder / f"{name}.json").exists())
    found: Figures = json.loads(path.read_text("utf-8"))
    return found


def commits(figures: Figures) -> str:
    """On which code the figures were taken: of a run in parts each part's."""
    if "commit" in figures:
        return f"`{figures['commit'][:7]}`"
    parts = figures.get("modules") or figures["parts"]
    found = [part["commit"] for part in parts.values()]
    return ", ".join(dict.fromkeys(f"`{commit[:7]}`" for commit in found))


def client() -> Iterator[Row]:
    """What the client's word on every failure was held against."""
    faults = read("fault_matrix")
    matrix, sweep = faults["matrix"], faults["byte_sweep"]
    wrong = matrix["violations"]
    yield (
        (
            f"{matrix['faults']} ways to break a connection x plain and TLS x 3 sizes x sync and async x"
            f" {matrix['operations']} operations that send: {matrix['cells']:,} calls over real sockets"
        ),
        (
            f'{wrong["false_not_sent"]} called "not sent" although the server had the request, '
            f"{wrong['repeats_after_unknown']} repeated after that, {wrong['foreign_exceptions']} exceptions that"
            f" are not ours, {wrong['past_the_deadline']} calls later than their deadline and a fifth of a second"
        ),
        faults["command"],
        faults,
    )
    yield (
        f"the connection broken after each of {sweep['positions']:,} bytes of a request or an answer",
        f"{sweep['violations']} classified wrongly",
        faults["command"],
        faults,
    )
    hostile = read("hostile-input")
    yield (
        f"{hostile['cases']:,} malformed answers and callbacks, a body of 1 GiB and a compressed bomb among them",
        f"{hostile['violations']} other exceptions; {hostile['peak_growth_mib']:.0f} MiB of memory at most",
        hostile["command"],
        hostile,
    )
    many = read("concurrent_calls")
    broken = many["violations"]
    yield (
        f"{many['calls']:,} calls under threads, cancellation, Ctrl-C, forks and several event loops at once",
        (
            f'{broken["arrived_twice"]} arrived twice, {broken["not_sent_but_arrived"]} called "not sent" although they'
            f" arrived, {broken['slots_lost']} connections lost to the pool, {broken['children_that_hung']} children"
            f" that hung, {broken['past_the_deadline']} calls later than their deadline and a fifth of a second (load"
            f" average {many['load_average']})"
        ),
        many["command"],
        many,
    )
    planted = read("planted_bugs")
    tables = {name: part["verdicts"] for name, part in planted["parts"].items()}
    verdicts = {name: verdict for table in tables.values() for name, verdict in table.items()}
    lives = [name for name, verdict in verdicts.items() if not verdict["noticed"]]
    yield (
        f"{planted['bugs']} bugs planted one at a time: "
        + ", ".join(f"{len(table)} in {name}" for name, table in tables.items()),
        f"{planted['noticed']} found by the tests" + "".join(f"; not: {name}" for name in lives),
        planted["command"],
        {"parts": verdicts},
    )
    mutation = read("mutation")
    scores = [module["score"] for module in mutation["modules"].values()]
    yield (
        f"{mutation['mutants']} faults planted where failures are classified, numbers masked and callbacks judged",
        f"{mutation['killed']} found by the tests; {100 * min(scores):.0f} % in the weakest of {len(scores)} parts",
        mutation["command"],
        mutation,
    )


def campaigns() -> Iterator[Row]:
    """What the ledger lived through."""
    figures = read("campaigns")
    for name, words in (
        ("kills_concurrency_1", "one request"),
        ("kills_concurrency_4", "four requests"),
        ("kills_concurrency_1_from_files", "planned from odd list files, one request"),
        ("kills_concurrency_1_postgres", "on PostgreSQL, one request"),
    ):
        one = figures[name]
        size = one["recipients_each"]
        yield (
            f"{one['kills']:,} times kill -9 at random moments of campaigns of {size:,}, {words} in flight"
            + _meanwhile(one),
            f"{one['lost']} lost, {one['double']} sent twice" + _words_of_the_others(one),
            one["command"],
            one,
        )
    points = figures["crash_points"]
    yield (
        f"death at each of {points['places']} places between two steps, {points['passes']} passes",
        f"{len(points['failures'])} wrong, {len(points['never_reached'])} never reached",
        "python -m experiments.campaigns.crash_points",
        points,
    )
    full, normal = figures["power_loss_full"], figures["power_loss_normal_control"]
    yield (
        f"{full['runs']} power cuts: what had not reached the disk is gone",
        f"in {full['runs_with_sent_chunks_pending']} a chunk that was sent stands as pending",
        "python -m experiments.campaigns.power_loss",
        full,
    )
    yield (
        f"the same {normal['runs']} with `synchronous=NORMAL`, to see that the test can fail",
        f"in {normal['runs_with_sent_chunks_pending']}",
        "python -m experiments.campaigns.power_loss",
        normal,
    )
    timed = figures["schedule_mode"]
    yield (
        f"{timed['campaigns']:,} timed campaigns, {timed['deaths']:,} deaths",
        f"{timed['lost']} lost, {timed['double']} sent twice",
        "python -m experiments.campaigns.schedule_sim",
        timed,
    )
    engine, control = figures["engine"], figures["engine_control"]
    yield (
        (
            f"three workers on PostgreSQL: {engine['kills']} killed, {engine['frozen']} frozen, the database crashed"
            f" {engine['crashes']} times"
        ),
        (
            f"{engine['lost']} lost, {engine['double']} sent twice; without the ledger"
            f" {control['double_chunks']} chunks were sent twice in {control['kills']} kills"
        ),
        "python -m experiments.campaigns.engine_kills",
        engine,
    )


def _words_of_the_others(figures: Figures) -> str:
    """What lives said that were not killed; nothing where there were none."""
    if not figures["errors_told"]:
        return ""
    return (
        f"; of {figures['errors_told']} lives that ended with an error or Ctrl-C, {figures['false_words']} said falsely"
        " that nothing was sent"
    )


def _meanwhile(figures: Figures) -> str:
    """What was done to the file between two lives; nothing on a server."""
    names = figures["turns_hard_link"] + figures["turns_symbolic_link"]
    elsewhere = figures["turns_move"] + figures["turns_copy"] + figures["turns_container"]
    if not names + elsewhere:
        return ""
    return f"; between them the file got a second name ({names} times) or went off without its log ({elsewhere} times)"


def mock() -> Iterator[Row]:
    """What the mock was asked, and what its judge is worth."""
    long, bugs = read("fuzz-long-run"), read("seeded-bugs")
    yield (
        f"{long['cases']:,} requests on {len(long['seeds'])} seeds, each response judged by spec, oracle and model",
        f"{long['wrong_answers']} wrong; {'; '.join(long['reached'][:3])}",
        long["command"],
        long,
    )
    yield (
        f"{bugs['faults']} faults planted in the mock, one at a time",
        f"{bugs['caught']} found by what the suite sends",
        bugs["command"],
        bugs,
    )
    fire = read("restart-under-fire")
    yield (
        f"{fire['kills']} times kill -9 of `jsms mock serve --db` while clients send",
        f"{fire['losses']} of {fire['answers_held_to']:,} answers forgotten after the restart",
        fire["command"],
        fire,
    )


TABLES: Final[Mapping[str, Callable[[], Iterator[Row]]]] = {"client": client, "campaigns": campaigns, "mock": mock}


def made() -> str:
    """The page as the figures make it."""

    def block(found: re.Match[str]) -> str:
        lines = ["| what was done | what came of it | command | commit |", "|---|---|---|---|"]
        lines += [f"| {done} | {came} | `{how}` | {commits(of)} |" for done, came, how, of in TABLES[found[2]]()]
        return found[1] + "\n" + "\n".join(lines) + "\n\n" + found[3]

    return _BLOCK.sub(block, PAGE.read_text("utf-8"))


def main() -> int:
    """Write or check the page."""
    text = made()
    if "--check" not in sys.argv[1:]:
        PAGE.write_text(text, "utf-8")
        return 0
    if text == PAGE.read_text("utf-8"):
        return 0
    print("docs/proofs.md is not what the figures make: python -m tools.proof_page", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
