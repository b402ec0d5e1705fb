"""Remedies in the language of where they are shown: arguments in Python, options in the shell.

The table of codes in the spec speaks of the wire; every name of the wire is in backquotes there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import IntEnum
from typing import Final

from jsms_api.error_table import ErrorCode, ErrorInfo, ReportStatusInfo


class Surface(IntEnum):
    """Where a remedy is shown."""

    PYTHON = 0
    SHELL = 1


def remedy_in(surface: Surface, info: ErrorInfo | ReportStatusInfo, language: str) -> str:
    """Return what to do about a code or delivery status; language: `en` or `zh`."""
    own = _OWN.get((surface, info[0]))
    if own is not None:
        return own[language == "zh"]
    text = info.remedy_zh if language == "zh" else info.remedy_en
    return _NAME.sub(lambda name: f"`{_NAMES[name[1]][surface]}`" if name[1] in _NAMES else name[0], text)


_NAME: Final = re.compile(r"`([^`]+)`")
_NAMES: Final[Mapping[str, tuple[str, str]]] = {
    "mobile": ("phone", "PHONE"),
    "temp_id": ("template_id", "--template"),
    "temp_para": ("params", "--param"),
    "send_time": ("send_at", "--at"),
    "voice_lang": ("language", "--language"),
    "recipients": ("recipients", "FILE"),
    "template": ("template", "TEXT"),
    "sign": ("sign", "SIGN"),
    "sign_id": ("sign_id", "--sign"),
    "code": ("code", "--code"),
    "type": ("type", "--type"),
    "ttl": ("ttl", "--ttl"),
    "remark": ("remark", "--remark"),
    "msg_id": ("msg_id", "MSG_ID"),
    "schedule_id": ("schedule_id", "SCHEDULE_ID"),
    "null": ("None", "null"),
    "devKey:apiDevSecret": ("dev_key, dev_secret", "JSMS_DEV_KEY, JSMS_DEV_SECRET"),
    "appKey:masterSecret": ("app_key, master_secret", "JSMS_APP_KEY, JSMS_MASTER_SECRET"),
    "GET /accounts/dev": ("accounts.account_balance", "jsms balance --account"),
    "POST /codes": ("codes.send", "jsms codes send"),
    "POST /voice_codes": ("codes.send_voice", "jsms codes voice"),
    "POST /sign": ("signs.create", "jsms signs create"),
    "GET /templates/{temp_id}": ("templates.get", "jsms templates get"),
    "PUT /templates/{temp_id}": ("templates.update", "jsms templates update"),
    "PUT /schedule": ("schedules.update", "jsms schedules update"),
    "PUT /schedule/batch": ("schedules.update_batch", "jsms schedules batch --update"),
}
"""What a name of the wire is called in Python and in the shell."""

_WRITTEN_BY_US: Final = (
    "jsmskit writes this part of the request. If no proxy or gateway changes requests, please report it as a bug.",
    "请求的这一部分由 jsmskit 生成。请检查是否有代理或网关改动了请求；如果没有，请报告缺陷。",
)
_OWN: Final[Mapping[tuple[Surface, int], tuple[str, str]]] = {
    **{
        (surface, code): _WRITTEN_BY_US
        for surface in Surface
        for code in (
            ErrorCode.MISSING_AUTH,
            ErrorCode.MISSING_BODY,
            ErrorCode.INVALID_BODY,
            ErrorCode.API_NOT_FOUND,
            ErrorCode.MEDIA_NOT_SUPPORTED,
            ErrorCode.REQUEST_METHOD_NOT_SUPPORT,
        )
    },
    (Surface.PYTHON, ErrorCode.INVALID_SEND_TIME): (
        "Pass `send_at` as an aware datetime, later than now by more than the clocks may differ.",
        "请把 `send_at` 设为带时区的 datetime，且必须晚于当前时间，并为时钟误差留出余量。",
    ),
    (Surface.SHELL, ErrorCode.INVALID_SEND_TIME): (
        "Give `--at` a time later than now by more than the clocks may differ; without an offset it is in UTC+8.",
        "`--at` 必须晚于当前时间，并为时钟误差留出余量；不写时区时按北京时间（UTC+8）理解。",
    ),
    (Surface.PYTHON, ErrorCode.INVALID_VOICE_LANGUAGE_TYPE): (
        "Pass `language` as a `VoiceLanguage`, or leave it out.",
        "`language` 请使用 `VoiceLanguage` 的成员，也可以不传。",
    ),
    (Surface.SHELL, ErrorCode.INVALID_VOICE_LANGUAGE_TYPE): (
        "Give `--language` as chinese, english or mixed, or leave it out.",
        "`--language` 只能是 chinese、english 或 mixed，也可以不写。",
    ),
    (Surface.PYTHON, ErrorCode.WRONG_TEMPLATE_TYPE): (
        "Use a template of a type that this call accepts; `codes.send` wants verification. `type` is a `TemplateType`.",
        "发送时请使用该方法支持的模板类型（`codes.send` 只能用验证码模板）；模板的 `type` 请用 `TemplateType`。",
    ),
    (Surface.SHELL, ErrorCode.WRONG_TEMPLATE_TYPE): (
        "Choose a template of a type that this command accepts; `jsms codes send` wants verification.",
        "请使用该命令支持的模板类型；`jsms codes send` 只能用验证码模板。",
    ),
    (Surface.SHELL, ErrorCode.MISSING_CODE): (
        "Give what the user typed as `CODE`.",
        "请把用户输入的验证码写在 `CODE` 处。",
    ),
}
"""Where the table's remedy speaks of what only the wire has."""
