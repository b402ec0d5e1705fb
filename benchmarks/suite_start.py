"""Imports and start-up: what a script, a function in the cloud or a worker pays before its first call."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks import peers, stub
from benchmarks.contenders_sync import KEY, SECRET
from benchmarks.harness import Measured, Row, Settings, child_cpu, compare, instructions, stub_core

PROGRAMS = {
    "nothing": "pass",
    "import jsmskit": "import jsmskit",
    "import jsmskit, client made": "from jsmskit import JsmsClient; JsmsClient('a' * 24, 'b' * 24)",
    "import httpx": "import httpx",
    "import httpx, client made": "import httpx; httpx.Client()",
}
PAIRS: tuple[tuple[str, str, float | None], ...] = (
    ("import jsmskit", "import httpx", 0.03),
    ("import jsmskit, client made", "import httpx, client made", None),
)
COLD = {
    "jsmskit": "from jsmskit import JsmsClient\n"
    "with JsmsClient('{key}', '{secret}', base_url='{base}/v1', ca_file='{ca}') as c:\n"
    "    assert c.codes.send('13800138000').msg_id == '288193860302'",
    "vendor": "import jsms\nc = jsms.Jsms('{key}', '{secret}')\n"
    "c.BASE_URL = '{base}/v1/'; c.session.verify = '{ca}'\n"
    "assert c.send_code('13800138000', 1)['msg_id'] == '288193860302'",
    "httpx": "import httpx, ssl\n"
    "with httpx.Client(verify=ssl.create_default_context(cafile='{ca}'), auth=('{key}', 'x')) as c:\n"
    "    r = c.post('{base}/v1/codes', json=dict(mobile='13800138000', temp_id=1))\n"
    "    assert r.json()['msg_id'] == '288193860302'",
    "nothing": "pass",
}
COLD_PEERS = {"vendor": ("the same with the vendor's jsms 0.0.4", 0.90), "httpx": ("the same with httpx", None)}


def measure(settings: Settings) -> Iterator[Measured]:
    """Instructions of imports, above those of the bare interpreter; then CPU of whole processes."""
    counts = {name: instructions([peers.PYTHON, "-c", program]) / 1e6 for name, program in PROGRAMS.items()}
    bare = counts.pop("nothing")
    for subject, against, goal in PAIRS:
        mine, theirs = counts[subject] - bare, counts[against] - bare
        yield Row(
            id=f"start-{subject}-{against}".replace(" ", "-").replace(",", ""),
            work=subject,
            against=against,
            unit="million instructions",
            subject_value=mine,
            against_value=theirs,
            ratio=mine / theirs,
            low=mine / theirs,
            high=mine / theirs,
            rounds=1,
            goal=goal,
            note=f"above the {bare:.0f} of the bare interpreter",
        )
    yield from _cold(settings)


def _cold(settings: Settings) -> Iterator[Measured]:
    with stub.running(stub_core()) as service:
        # The whole public trust store and the stub's authority, so that loading it costs what it costs in life.
        import certifi

        everything = service.ca_file + ".all"
        with open(everything, "wb") as out:
            for path in (certifi.where(), service.ca_file):
                with open(path, "rb") as part:
                    out.write(part.read() + b"\n")
        commands = {
            name: [str(peers.PYTHON), "-c", text.format(base=service.secure, ca=everything, key=KEY, secret=SECRET)]
            for name, text in COLD.items()
        }
        for command in commands.values():
            child_cpu(command)
        spent: dict[str, list[float]] = {name: [] for name in COLD}
        names = list(COLD)
        for turn in range(settings.rounds(9)):
            for name in (*names[turn % 4 :], *names[: turn % 4]):
                spent[name].append(1e3 * child_cpu(commands[name]))
        for name, (words, goal) in COLD_PEERS.items():
            yield Row(
                id=f"cold-{name}",
                work="a process that makes one call over TLS, from start to end",
                against=words,
                unit="ms CPU",
                goal=goal,
                note="bare interpreter included on both sides",
                **compare(spent, against=name),
            )
        counts = {name: [instructions(commands[name]) / 1e6] for name in ("jsmskit", "vendor")}
        yield Row(
            id="cold-instructions-vendor",
            work="the same process, instructions",
            against=COLD_PEERS["vendor"][0],
            unit="million instructions",
            **compare(counts, against="vendor"),
        )
