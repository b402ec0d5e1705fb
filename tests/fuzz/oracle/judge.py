"""The oracle: what may answer a request, by spec, documentation and the model's memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from jsms_api.error_table import ErrorCode
from jsms_api.operations import Credential, OperationInfo

from tests.fuzz.oracle import magic, parsing
from tests.fuzz.oracle.exchange import Answer, Sent, Target, build_credentials, resolve
from tests.fuzz.oracle.expectation import Expectation
from tests.fuzz.oracle.fields import Faults, Fields, path_faults, read_fields
from tests.fuzz.oracle.forms import read_sign
from tests.fuzz.oracle.sending import Sender
from tests.fuzz.oracle.stored import StoredResources
from tests.fuzz.oracle.world import App, World

#: Media types under which a JSON body is read although they are not JSON's.
_LENIENT: Final = frozenset({"", "text/plain", "application/x-www-form-urlencoded"})
_JSON: Final = "application/json"
_MULTIPART: Final = "multipart/form-data"


def _refusal(*codes: int, perhaps: tuple[int, ...] = ()) -> Expectation:
    return Expectation(Faults(set(codes), set(perhaps)))


class Judge:
    """Expects and compares answers, and remembers them.

    Args:
        world: what is there at the start.
    """

    def __init__(self, world: World) -> None:
        self.world = world

    def judge(self, sent: Sent, answer: Answer) -> list[str]:
        """List what is wrong with an answer; remember what it says."""
        expectation = self.expect(sent)
        problems = expectation.compare(answer)
        operation = operation_of(sent)
        if answer.status >= 400 and answer.code is not None and operation is not None:
            declared = operation.codes.get(answer.status, ())
            if answer.code not in declared:
                problems.append(f"[envelope] {operation.operation_id} cannot answer {answer.code} with {answer.status}")
        if answer.status == 405:
            problems += self._allow(resolve(sent.target), answer)
        return problems

    def _allow(self, target: Target, answer: Answer) -> list[str]:
        told = {each.strip() for each in answer.headers.get("allow", "").split(",")}
        wanted = set(target.operations)
        return [] if told == wanted else [f"[envelope] Allow is {sorted(told)}, not {sorted(wanted)}"]

    def expect(self, sent: Sent) -> Expectation:
        """Say what may answer a request now."""
        target = resolve(sent.target)
        if not target.operations:
            return _refusal(ErrorCode.API_NOT_FOUND)
        perhaps = (ErrorCode.API_NOT_FOUND,) if target.doubtful else ()
        info = target.operations.get(sent.method)
        if info is None:
            return _refusal(ErrorCode.REQUEST_METHOD_NOT_SUPPORT, perhaps=perhaps)
        demanded = magic.demanded_by_header(info, sent.headers)
        if demanded is not None:
            expectation = _refusal(demanded, perhaps=perhaps)
            expectation.verdict = self._verdict(info)
            return expectation
        expectation = self._behind_the_door(info, sent, target)
        expectation.faults.doubt(*perhaps)
        return expectation

    def _verdict(self, info: OperationInfo) -> frozenset[int]:
        verdicts = {50010, 50011, 50012, 50015, 50026}  # the five that verifyCode answers with is_valid
        return frozenset(verdicts) if info.operation_id == "verifyCode" else frozenset()

    def _behind_the_door(self, info: OperationInfo, sent: Sent, target: Target) -> Expectation:
        if not sent.headers.get("authorization", "").strip():
            return _refusal(ErrorCode.MISSING_AUTH)
        pair = build_credentials(sent.headers)
        if info.credential is Credential.DEV:
            key, secret = pair or ("", "")
            known = self.world.accounts.get(key)
            if known is None or known.secret != secret:
                return _refusal(ErrorCode.AUTH_FAILED)
            if known.refusal is not None:
                return _refusal(known.refusal)
            stored = StoredResources(self.world, App(key, secret, key, {}), info, Fields(), "")
            return stored.balance(known.balances, "dev")
        app = self.world.apps.get(pair[0]) if pair else None
        if app is None or pair is None or app.secret != pair[1]:
            return _refusal(ErrorCode.AUTH_FAILED)
        if app.refusal is not None:
            return _refusal(app.refusal)
        read = self._body(info, sent)
        if isinstance(read, Expectation):
            if target.path_id:
                read.faults.possible |= path_faults(info.operation_id, target.path_id).certain
            read.verdict = self._verdict(info)
            return read
        if target.path_id:
            read.values["path"] = target.path_id
        return self._operation(info, app, read, target.path_id)

    def _body(self, info: OperationInfo, sent: Sent) -> Fields | Expectation:
        """Read the body, or say which refusal its form brings."""
        if info.content_type is None:
            return Fields()
        found = sent.headers.get("content-type", "").partition(";")[0].strip().lower()
        if not sent.body:
            fits = found in (info.content_type, "") or (info.content_type == _JSON and found in _LENIENT)
            return _refusal(ErrorCode.MISSING_BODY, *(() if fits else (ErrorCode.MEDIA_NOT_SUPPORTED,)))
        if info.content_type == _MULTIPART:
            if found != _MULTIPART:
                return _refusal(ErrorCode.MEDIA_NOT_SUPPORTED)
            return self._form(info, sent)
        if found != _JSON and found not in _LENIENT:
            return _refusal(ErrorCode.MEDIA_NOT_SUPPORTED)
        try:
            raw, is_doubtful = parsing.read_json(sent.body)
        except parsing.UnreadableError:
            # Under a type that is not JSON's, what is no JSON has the wrong type.
            codes = (ErrorCode.INVALID_BODY,) if found in (_JSON, "") else (ErrorCode.MEDIA_NOT_SUPPORTED,)
            return _refusal(*codes, perhaps=(ErrorCode.INVALID_BODY,))
        if not isinstance(raw, dict):
            return _refusal(ErrorCode.INVALID_BODY)
        fields = read_fields(info.operation_id, raw)
        if is_doubtful:
            fields.faults.doubt(ErrorCode.INVALID_BODY)
        return fields

    def _form(self, info: OperationInfo, sent: Sent) -> Fields | Expectation:
        try:
            parts = parsing.read_form(sent.body, sent.headers.get("content-type", ""))
        except parsing.UnreadableError:
            return _refusal(ErrorCode.INVALID_BODY)
        return read_sign(info.operation_id, parts)

    def _operation(self, info: OperationInfo, app: App, fields: Fields, path_id: str) -> Expectation:
        sender = Sender(self.world, app, info, fields)
        stored = StoredResources(self.world, app, info, fields, path_id)
        name = info.operation_id
        if name in ("updateSchedule", "updateScheduleBatch"):
            # Fills the fields' faults, which the sender goes on with.
            stored.task_faults(changing=name == "updateScheduleBatch")
        table: Mapping[str, Callable[[], Expectation]] = {
            "sendCode": sender.single,
            "sendVoiceCode": sender.voice,
            "verifyCode": stored.verify,
            "sendMessage": sender.single,
            "sendMessageBatch": sender.batch,
            "createSchedule": sender.single,
            "createScheduleBatch": sender.batch,
            "updateSchedule": sender.single,
            "updateScheduleBatch": sender.batch,
            "getSchedule": stored.get_schedule,
            "deleteSchedule": stored.delete_schedule,
            "getAppBalance": lambda: stored.balance(app.balances, "app"),
            "createTemplate": stored.create_template,
            "updateTemplate": stored.update_template,
            "getTemplate": stored.get_template,
            "deleteTemplate": stored.delete_template,
            "createSign": stored.create_sign,
            "updateSign": stored.update_sign,
            "getSign": stored.get_sign,
            "deleteSign": stored.delete_sign,
            "pullReports": stored.pull_reports,
            "pullReplies": stored.pull_replies,
        }
        return table[name]()


def operation_of(sent: Sent) -> OperationInfo | None:
    """Find the operation that a request addresses, None for unknown paths and methods."""
    return resolve(sent.target).operations.get(sent.method)
