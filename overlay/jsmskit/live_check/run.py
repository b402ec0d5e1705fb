"""Asks the probes one by one, deletes what they make, and stops at the first surprise that could cost money."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, cast

from jsms_api.operations import BASE_URL, Credential

from .._config.credentials import BasicCredentials
from .._http.protocols import TransportRequest
from .._sync.executor import FIXED_HEADERS
from .._validation.fields import to_wire_time
from .._version import VERSION
from .answers import UNREADABLE, Answer, redact
from .probes import PROBES, UNKNOWN_ID, Fact, Probe, Stage

if TYPE_CHECKING:
    from .._http.protocols import SyncTransport
    from .._sync.client import JsmsClient

FORM: Final = "jsms live-check 1"
"""The form of a report."""
THE_SERVICE: Final = "the service"
_SECONDS: Final = 20.0
_LONGEST_CODE: Final = 20
_MADE: Final = {"/schedule": "schedule_id", "/templates": "temp_id", "/sign": "sign_id"}
_WRONG_PAIR: Final = BasicCredentials("0" * 24, "0" * 24)


@dataclass(frozen=True, slots=True)
class Result:
    """What a probe brought: each fact with what was found, None for a probe that was not asked."""

    probe: Probe
    found: tuple[tuple[Fact, str], ...] | None
    example: Any = None

    @property
    def findings(self) -> tuple[tuple[Fact, str], ...]:
        """What was found; only the first where that is other than expected, since the others hang on it."""
        found = self.found or ()
        return found[:1] if found and found[0][1] not in found[0][0].taken else found

    @property
    def deviations(self) -> list[tuple[Fact, str]]:
        """The findings that are other than expected."""
        return [(fact, found) for fact, found in self.findings if found not in fact.taken]


@dataclass(repr=False)
class LiveCheck:
    """One run over all probes.

    Args:
        client: whose connection and keys are used. Its own validation and retries are not.
        phone: the only number that anything is sent to, 11 digits.
        texts: how many messages may be sent at most; 0: none.
        ask_code: asks for the code that has arrived; may return an empty text.
        now: the current time.

    Attributes:
        results: of the probes so far, in order.
        sent: how many messages may have been sent.
        surprise: why the run was stopped; empty if it was not.
        left: paths of what could not be deleted. Not part of the report.
    """

    client: JsmsClient
    phone: str
    texts: int
    ask_code: Callable[[], str]
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    results: list[Result] = field(default_factory=list[Result])
    sent: int = 0
    surprise: str = ""
    left: list[str] = field(default_factory=list[str])
    _made: list[str] = field(default_factory=list[str])

    def run(self) -> None:
        """Ask everything. What was made is deleted also when this is interrupted.

        Raises:
            WithheldError: the recipient guard of the client does not let messages to the number through.
        """
        guard = self.client.recipient_guard  # which the requests below do not pass
        refusal = None if guard is None else guard.refusal(self.phone)
        if refusal is not None:
            raise refusal
        values = self._values()
        try:
            for probe in PROBES:
                if self.surprise or not self._may_ask(probe, values):
                    self.results.append(Result(probe, None))
                    continue
                self._ask(probe, values)
        except KeyboardInterrupt:
            self.surprise = "interrupted"
        finally:
            while self._made:
                self._delete(self._made[-1])

    def _values(self) -> dict[str, Any]:
        now = self.now()
        times = {"time": timedelta(60), "later": timedelta(61), "in_ten_years": timedelta(3650)}
        times["soon_in_utc"] = timedelta(hours=-2)
        values: dict[str, Any] = {name: to_wire_time(now + ahead) for name, ahead in times.items()}
        return values | {"phone": self.phone, "number": int(self.phone), "unknown": UNKNOWN_ID}

    def _may_ask(self, probe: Probe, values: dict[str, Any]) -> bool:
        if probe.pair == "dev" and self._pair("dev") is None:
            return False
        if probe.stage is not Stage.HARMLESS and not self._is_the_service():
            return False
        if probe.costs and self.sent + probe.costs > self.texts:
            return False
        try:
            _fill((probe.path, probe.body, probe.values), values)
        except KeyError:  # an earlier probe did not bring what this one needs
            return False
        return True

    def _is_the_service(self) -> bool:
        """Whether a balance was read as the contract says: only then is anything made or sent."""
        return any(one.probe.path == "/accounts/app" and one.found and not one.deviations for one in self.results)

    def _ask(self, probe: Probe, values: dict[str, Any]) -> None:
        values |= _fill(dict(probe.values), values)
        self.sent += probe.costs
        body = _fill(probe.body, values)
        answer = self._exchange(probe.method, _fill(probe.path, values), body, probe.media_type, probe.pair)
        sent_time = values["time"]
        found = tuple((fact, answer.read(fact.what, sent_time)) for fact in probe.facts)
        self.results.append(Result(probe, found, _example(probe, answer)))
        self.surprise = _surprise(probe, answer)
        if probe.method == "DELETE" and self._made:
            self._note_deletion(self._made[-1], answer)
        if not answer.is_success:
            self.sent -= probe.costs if answer.code is not None else 0  # refused
            return
        makes = probe.stage is Stage.MAKING and probe.path in _MADE
        assigned = answer.identity(_MADE[probe.path] if makes else "msg_id")
        if not assigned and (makes or probe.costs):
            self.surprise = self.surprise or "no usable id"
        elif makes:
            self._made.append(f"{probe.path}/{assigned}")
        if probe.keeps:
            values[probe.keeps] = assigned
        elif makes and assigned and self._delete(self._made[-1]):
            self.sent -= probe.costs  # it was deleted before it was sent
        if probe.keeps == "msg_id" and not self.surprise:
            values |= _codes(self.ask_code())

    def _delete(self, path: str) -> bool:
        return self._note_deletion(path, self._exchange("DELETE", path))

    def _note_deletion(self, path: str, answer: Answer) -> bool:
        """Note how a deletion ended. It is tried once, as everything is."""
        self._made.remove(path)
        deleted = answer.is_success and answer.is_readable
        if not deleted:
            self.left.append(path)
            self.surprise = self.surprise or "something that was made could not be deleted"
        return deleted

    def _pair(self, name: str) -> BasicCredentials | None:
        # The public client makes no request that the contract does not know.
        pairs = self.client._executor._credentials.pairs  # pyright: ignore[reportPrivateUsage]
        return {"app": pairs[Credential.APP], "dev": pairs.get(Credential.DEV), "wrong": _WRONG_PAIR}.get(name)

    def _exchange(
        self, method: str, path: str, body: Any = None, media_type: str | None = None, pair: str = "app"
    ) -> Answer:
        """Send one request, once, on a connection of its own."""
        transport: SyncTransport = self.client._executor._transport.get()  # pyright: ignore[reportPrivateUsage]
        headers = dict(FIXED_HEADERS)
        if media_type and method != "GET":
            headers["Content-Type"] = media_type
        keys = self._pair(pair)
        if keys is not None:
            headers["Authorization"] = keys.authorization.reveal()
        request = TransportRequest(method, self.client.base_url + path, headers, _content(body))
        try:
            return Answer(*transport.exchange(request, timeout=_SECONDS, new_connection=True))
        except Exception:  # noqa: BLE001  # whatever it is: there is no response, and none is asked for twice
            return Answer(0, {}, b"")

    def report(self) -> dict[str, Any]:
        """Return the report: JSON with nothing private in it."""
        return {
            "form": FORM,
            "jsmskit": VERSION,
            "date": self.now().astimezone(UTC).date().isoformat(),
            "address": THE_SERVICE if self.client.base_url == BASE_URL else "another",
            "texts": self.sent,
            "stopped": self.surprise,
            "probes": [_entry(one) for one in self.results],
        }


def _surprise(probe: Probe, answer: Answer) -> str:
    """Return what could cost money, or shows that something else than the service answers."""
    if not answer.status:
        return "no response"
    if 300 <= answer.status < 400:
        return "a redirect"
    expected = probe.facts[0]
    if answer.is_success and answer.read(expected.what) not in (*expected.taken, *expected.means):
        return "an unexpected success"
    if probe.stage is not Stage.HARMLESS and (answer.status >= 500 or answer.summary.endswith(UNREADABLE)):
        return "an answer that leaves open what was done"
    return ""


def _content(body: Any) -> bytes:
    return b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()


def _codes(typed: str) -> dict[str, str]:
    """Return the code that was typed, and five that are wrong; nothing if it is no code."""
    code = typed.strip()
    if not (code.isascii() and code.isdigit() and len(code) < _LONGEST_CODE):
        return {}
    wrong = {f"wrong{n}": f"{(int(code) + n) % 10 ** len(code):0{len(code)}}" for n in range(1, 6)}
    return {"code": code, **wrong}


def _fill(value: Any, values: dict[str, Any]) -> Any:
    """Put values in for placeholders; one that is the whole text keeps its type. Raises KeyError without a value."""
    if isinstance(value, dict):
        return {name: _fill(one, values) for name, one in cast("dict[str, Any]", value).items()}
    if isinstance(value, list | tuple):
        return [_fill(one, values) for one in cast("list[Any]", value)]
    if not isinstance(value, str):
        return value
    return values[value[1:-1]] if re.fullmatch(r"\{\w+\}", value) else value.format_map(values)


def _example(probe: Probe, answer: Answer) -> dict[str, Any]:
    asked = {"method": probe.method, "path": probe.path, "pair": probe.pair, "media_type": probe.media_type}
    body = probe.body.decode() if isinstance(probe.body, bytes) else probe.body
    said = {"status": answer.status, "media_type": answer.read("media type"), "body": redact(answer.data)}
    return {"request": {**asked, "body": body}, "response": said}


def _entry(result: Result) -> dict[str, Any]:
    entry: dict[str, Any] = {"probe": result.probe.name, "asked": result.found is not None}
    if result.found is not None:
        entry["agrees"] = not result.deviations
        entry["findings"] = [
            {"what": fact.what, "doubts": fact.doubts, "taken": " or ".join(map(fact.describe, fact.taken))}
            | {"found": found, "reading": fact.describe(found), "decides": fact.decides(found)}
            for fact, found in result.findings
        ]
        entry["example"] = result.example
    return entry
