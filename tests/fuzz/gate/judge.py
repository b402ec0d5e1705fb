"""The oracle: what may answer a request, by spec, documentation and the model's memory.

Knows the order of the first decisions (path, method, credentials, media type, body), which are strict, and
hands the rest to the model, where any defect that is there may answer (gap G1). Must not know schemathesis or
the mock.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from jsms_api.error_table import ErrorCode
from jsms_api.operations import Credential, OperationInfo

from tests.fuzz.gate import magic, reading
from tests.fuzz.gate.expectation import Expectation
from tests.fuzz.gate.fields import Faults, Fields, path_faults, read_fields
from tests.fuzz.gate.forms import read_sign
from tests.fuzz.gate.keeping import SettingsPersistence
from tests.fuzz.gate.sending import Sender
from tests.fuzz.gate.wire import Answer, Sent, Target, build_credentials, resolve
from tests.fuzz.gate.world import App, World

#: Media types under which a JSON body is read although they are not JSON's (fact base 2.3).
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
                problems.append(
                    f"[envelope] {operation.operation_id} cannot answer {answer.code} with {answer.status}"
                )
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
            keeper = SettingsPersistence(self.world, App(key, secret, key, {}), info, Fields(), "")
            return keeper.balance(known.balances, "dev")
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
            raw, is_doubtful = reading.read_json(sent.body)
        except reading.UnreadableError:
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
            parts = reading.read_form(sent.body, sent.headers.get("content-type", ""))
        except reading.UnreadableError:
            return _refusal(ErrorCode.INVALID_BODY)
        return read_sign(info.operation_id, parts)

    def _operation(self, info: OperationInfo, app: App, fields: Fields, path_id: str) -> Expectation:
        sender = Sender(self.world, app, info, fields)
        keeper = SettingsPersistence(self.world, app, info, fields, path_id)
        name = info.operation_id
        if name in ("updateSchedule", "updateScheduleBatch"):
            # Fills the fields' faults, which the sender goes on with.
            keeper.task_faults(changing=name == "updateScheduleBatch")
        table: Mapping[str, Callable[[], Expectation]] = {
            "sendCode": sender.single,
            "sendVoiceCode": sender.voice,
            "verifyCode": keeper.verify,
            "sendMessage": sender.single,
            "sendMessageBatch": sender.batch,
            "createSchedule": sender.single,
            "createScheduleBatch": sender.batch,
            "updateSchedule": sender.single,
            "updateScheduleBatch": sender.batch,
            "getSchedule": keeper.get_schedule,
            "deleteSchedule": keeper.delete_schedule,
            "getAppBalance": lambda: keeper.balance(app.balances, "app"),
            "createTemplate": keeper.create_template,
            "updateTemplate": keeper.update_template,
            "getTemplate": keeper.get_template,
            "deleteTemplate": keeper.delete_template,
            "createSign": keeper.create_sign,
            "updateSign": keeper.update_sign,
            "getSign": keeper.get_sign,
            "deleteSign": keeper.delete_sign,
            "pullReports": keeper.pull_reports,
            "pullReplies": keeper.pull_replies,
        }
        return table[name]()


def operation_of(sent: Sent) -> OperationInfo | None:
    """Find the operation that a request addresses, None for unknown paths and methods."""
    return resolve(sent.target).operations.get(sent.method)
