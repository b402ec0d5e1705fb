"""One ordinary call of every operation, for tests that are about all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pkgutil import walk_packages
from typing import Any, Final

from jsms_api import api
from jsms_api.types import Operation
from jsmskit import SignType, TemplateType

from tests.client.callers import PHONE

OTHER: Final = "18603050709"
SCHEDULE: Final = "1a886e7c-a267-49e6-9970-0d396ca5bb1e"
#: The operations that send, now or later.
SENDS: Final = ("sendCode", "sendVoiceCode", "sendMessage", "sendMessageBatch", "createSchedule", "createScheduleBatch")
PNG: Final = b"\x89PNG\r\n\x1a\n" + b"picture"


def soon() -> datetime:
    """A time that every clock takes for the future."""
    return datetime.now(UTC) + timedelta(days=1)


CALLS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "sendCode": lambda c: c.codes.send(PHONE),
    "sendVoiceCode": lambda c: c.codes.send_voice(PHONE, code="039482", language=2, ttl=90),
    "verifyCode": lambda c: c.codes.verify("288193860302", "123456"),
    "sendMessage": lambda c: c.messages.send(PHONE, 1250, {"number": "741627"}),
    "sendMessageBatch": lambda c: c.messages.send_batch(1250, [(PHONE, {"number": "741627"}), OTHER], tag="标签"),
    "createSchedule": lambda c: c.schedules.create(PHONE, 1250, soon(), {"number": "741627"}),
    "createScheduleBatch": lambda c: c.schedules.create_batch(1250, [PHONE, OTHER], soon(), tag="标签"),
    "updateSchedule": lambda c: c.schedules.update(SCHEDULE, PHONE, 1250, soon()),
    "updateScheduleBatch": lambda c: c.schedules.update_batch(SCHEDULE, 1250, [PHONE, OTHER], soon()),
    "getSchedule": lambda c: c.schedules.get(SCHEDULE),
    "deleteSchedule": lambda c: c.schedules.cancel(SCHEDULE),
    "getAccountBalance": lambda c: c.accounts.account_balance(),
    "getAppBalance": lambda c: c.accounts.app_balance(),
    "createTemplate": lambda c: c.templates.create("您的码是{{code}}", type=TemplateType.VERIFICATION, ttl=120),
    "updateTemplate": lambda c: c.templates.update(37582, "您好{{name}}", type=TemplateType.NOTICE, remark="x"),
    "getTemplate": lambda c: c.templates.get(37582),
    "deleteTemplate": lambda c: c.templates.delete(37582),
    "createSign": lambda c: c.signs.create("极光推送", type=SignType.COMPANY, id_card_image=PNG, remark="用途"),
    "updateSign": lambda c: c.signs.update(37582, "极光推送", legal_person_name="张三"),
    "getSign": lambda c: c.signs.get(37582),
    "deleteSign": lambda c: c.signs.delete(37582),
    "pullReports": lambda c: c.reports.fetch(),
    "pullReplies": lambda c: c.replies.fetch(),
}
"""By operationId."""

GENERATED: Final[Mapping[str, Operation[Any, Any]]] = {
    module.OPERATION.operation_id: module.OPERATION
    for found in walk_packages(api.__path__, "jsms_api.api.")
    if not found.ispkg
    for module in [import_module(found.name)]
}
"""The generated operations by operationId."""
