"""The oracle: what may answer a request, by spec, documentation and the model's memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from jsms_api.error_table import ERRORS, ErrorCode
from jsms_api.operations import Credential, OperationInfo

from tests.fuzz.oracle import bodies
from tests.fuzz.oracle.bodies import Faults, Fields, UnreadableError
from tests.fuzz.oracle.exchange import Answer, Sent, Target, demanded_by_header, operation_of, read_credentials, resolve
from tests.fuzz.oracle.model import Accept, Call, balance_accept
from tests.fuzz.oracle.world import World

#: Media types under which a JSON body is read although they are not JSON's.
_LENIENT: Final = frozenset({"", "text/plain", "application/x-www-form-urlencoded"})
_JSON: Final = "application/json"
#: Refusals of verifyCode that come with `is_valid: false` beside the envelope.
_VERDICTS: Final = frozenset({50010, 50011, 50012, 50015, 50026})


class Judge:
    """Expects and compares responses, and remembers them.

    Args:
        world: what is there at the start.
    """

    def __init__(self, world: World) -> None:
        self.world = world

    def judge(self, sent: Sent, answer: Answer) -> list[str]:
        """List what is wrong with a response; remember what it says."""
        info = operation_of(sent)
        faults, accept = self._expect(sent, info)
        if answer.status < 400:
            return _compare_success(info, answer, faults, accept)
        code, told = answer.code, answer.decoded()
        problems = envelope_problems(answer)
        if code not in faults.certain | faults.possible:
            wanted = ", ".join(map(str, sorted(faults.certain))) or "a success"
            perhaps = f" (or perhaps {sorted(faults.possible)})" if faults.possible else ""
            problems.append(f"[oracle] refused with {code}, but {wanted} is right{perhaps}")
        is_verdict = info is not None and info.operation_id == "verifyCode" and code in _VERDICTS
        if isinstance(told, dict) and told.get("is_valid") is not (False if is_verdict else None):
            problems.append(f"[oracle] is_valid is {told.get('is_valid')!r} beside {code}")
        if info is not None and code is not None and code not in info.codes.get(answer.status, ()):
            problems.append(f"[envelope] {info.operation_id} cannot answer {code} with {answer.status}")
        if answer.status == 405:
            allowed = {each.strip() for each in answer.headers.get("allow", "").split(",")}
            methods = set(resolve(sent.target).operations)
            problems += [] if allowed == methods else [f"[envelope] Allow is {allowed}, not {methods}"]
        return problems

    def _expect(self, sent: Sent, info: OperationInfo | None) -> tuple[Faults, Accept | None]:
        """Say what may answer a request now: what is wrong with it, or what a success must say."""
        target = resolve(sent.target)
        if not target.operations:
            return Faults({ErrorCode.API_NOT_FOUND}), None
        if info is None:
            faults, accept = Faults({ErrorCode.REQUEST_METHOD_NOT_SUPPORT}), None
        elif (code := demanded_by_header(info, sent.headers)) is not None:
            faults, accept = Faults({code}), None
        else:
            faults, accept = self._authenticated(info, sent, target)
        if target.doubtful:
            faults.doubt(ErrorCode.API_NOT_FOUND)
        return faults, accept

    def _authenticated(self, info: OperationInfo, sent: Sent, target: Target) -> tuple[Faults, Accept | None]:
        if not sent.headers.get("authorization", "").strip():
            return Faults({ErrorCode.MISSING_AUTH}), None
        key, secret = read_credentials(sent.headers) or ("", "")
        owner = (self.world.accounts if info.credential is Credential.DEV else self.world.apps).get(key)
        if owner is None or owner.secret != secret:
            return Faults({ErrorCode.AUTH_FAILED}), None
        if owner.refusal is not None:
            return Faults({owner.refusal}), None
        if info.credential is Credential.DEV:
            return Faults(), balance_accept(owner.balances, "dev")
        read = _read_body(info, sent)
        if isinstance(read, Faults):
            if target.path_id:
                read.possible |= bodies.path_faults(info.operation_id, target.path_id).certain
            return read, None
        call = Call(self.world, self.world.apps[key], info, read, target.path_id)
        return read.faults, call.expect()


def _read_body(info: OperationInfo, sent: Sent) -> Fields | Faults:
    if info.content_type is None:
        return Fields()
    found = sent.headers.get("content-type", "").partition(";")[0].strip().lower()
    fits = found == info.content_type or (info.content_type == _JSON and found in _LENIENT)
    if not sent.body:
        # Without a type too: a request without both misses its body first of all.
        return Faults({ErrorCode.MISSING_BODY, *(() if fits or not found else (ErrorCode.MEDIA_NOT_SUPPORTED,))})
    if not fits:
        return Faults({ErrorCode.MEDIA_NOT_SUPPORTED})
    try:
        if info.content_type != _JSON:
            return bodies.read_sign(info.operation_id, bodies.read_form(sent.body, sent.headers["content-type"]))
        raw, is_doubtful = bodies.read_json(sent.body)
    except UnreadableError:
        # Under a type that is not JSON's, what is no JSON has the wrong type.
        is_own = found in (info.content_type, "")
        return Faults({ErrorCode.INVALID_BODY if is_own else ErrorCode.MEDIA_NOT_SUPPORTED}, {ErrorCode.INVALID_BODY})
    if not isinstance(raw, dict):
        return Faults({ErrorCode.INVALID_BODY})
    fields = bodies.read_fields(info.operation_id, raw)
    if is_doubtful:
        fields.faults.doubt(ErrorCode.INVALID_BODY)
    return fields


def _compare_success(
    info: OperationInfo | None, answer: Answer, faults: Faults, accept: Callable[[Any], list[str]] | None
) -> list[str]:
    if faults.certain or accept is None:
        return [f"[oracle] accepted, but {sorted(faults.certain)} is right"]
    if answer.status != 200:
        return [f"[oracle] success is 200, not {answer.status}"]
    told = answer.decoded()
    if info is not None and info.method == "DELETE":
        problems = ["[oracle] the body must be empty"] if answer.body else []
    elif told is None:
        return ["[oracle] no JSON in the answer"]
    else:
        problems = ["[envelope] an error beside a success"] if "error" in told else []
    return problems + accept(told)


def envelope_problems(answer: Answer) -> list[str]:
    """Check a refusal alone: an envelope, a known code, its own status and words."""
    told, code = answer.decoded(), answer.code
    if not isinstance(told, dict) or code is None:
        return [f"[envelope] {answer.status} without an envelope"]
    problems = []
    if answer.headers.get("content-type", "").partition(";")[0] != _JSON:
        problems.append("[envelope] not sent as JSON")
    info = ERRORS.get(code)
    if info is None:
        return [*problems, f"[envelope] {code} is not documented"]
    if answer.status != info.http_status:
        problems.append(f"[envelope] {code} came with {answer.status}, not {info.http_status}")
    if told["error"].get("message") != info.message:
        problems.append(f"[envelope] {code} came with {told['error'].get('message')!r}, not {info.message!r}")
    return problems
