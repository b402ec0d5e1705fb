"""Every exception, grouped by what you should do next, and `Outcome`: was it sent?

Every error can be pickled, copied and sent between processes, and shows no secret and no whole phone number.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import IntEnum, StrEnum
from types import MappingProxyType
from typing import Any, ClassVar, Final, TypeVar

from jsms_api.error_table import ERRORS, ErrorCategory, ErrorCode, ErrorInfo, ReportStatusInfo

from ._privacy import mask_phones_in

__all__ = [
    "CATEGORY_ERRORS",
    "APIConnectionError",
    "APIError",
    "APITimeoutError",
    "AuthenticationError",
    "CallbackError",
    "ConfigurationError",
    "ContentRejectedError",
    "InsufficientBalanceError",
    "InvalidCallbackSignatureError",
    "InvalidRequestError",
    "JsmsError",
    "MalformedCallbackError",
    "Outcome",
    "PartialFailureError",
    "RateLimitError",
    "RecipientError",
    "ReplayedCallbackError",
    "ScheduleError",
    "ServerError",
    "SignError",
    "StaleCallbackError",
    "TemplateError",
    "UnexpectedResponseError",
    "VerificationError",
    "WithheldError",
]


_E = TypeVar("_E", bound="JsmsError")


class Outcome(StrEnum):
    """What is known of a request that did not end well."""

    NOT_SENT = "not_sent"
    """It certainly did not reach the service whole: nothing happened, it may be made again."""
    UNKNOWN = "unknown"
    """It may have been carried out. Making it again may send a message twice."""
    REJECTED = "rejected"
    """The service (or something in front of it) refused it: nothing was done."""


_WORDS: Final[Mapping[Outcome, str]] = MappingProxyType(
    {
        Outcome.NOT_SENT: "Nothing was sent.",
        Outcome.UNKNOWN: "It may have been carried out: do not send it again blindly.",
        Outcome.REJECTED: "It was refused; nothing was done.",
    }
)
_PRESUMED_ACCEPTED: Final = "It was probably carried out: do not send it again."


DOCUMENTATION: Final = "docs/"
"""Where the documentation is: in the repository, until a site of it is published."""


class JsmsError(Exception):
    """Base of everything that this package raises on purpose.

    Attributes:
        message: what happened, in one English sentence or two.
        operation: operationId of the call (`sendCode`), None if no call was concerned.
        outcome: whether the request was carried out, as far as can be known.
        attempts: how many times a request was begun; 0 if a check stopped it before.
        code: return code of the service, None if there was none.
        name: the code's name (`INVALID_MOBILE`), None for a code that the table does not have.
        remedy: what to do, in English; `remedy_zh` has it in Chinese.
        doc_url: where the documentation explains it; see `DOCUMENTATION`.
        http_status: status of the response, None if there was none.
        field: the argument that was refused (`phone`, `recipients[3].phone`), if one was.
        presumed_outcome: "accepted" where an unknown outcome leans that way, else None.
        retry_after: seconds that the response asked to wait, if it did; an hour at most.
        records_at_risk: how many reports or replies may have been lost with the response (they can be read only once).
    """

    _doc_page: ClassVar[str] = "reference/errors.md#jsmskit."
    _default_remedy: ClassVar[str] = "Read the message."
    _default_remedy_zh: ClassVar[str] = "请阅读错误信息。"
    _default_outcome: ClassVar[Outcome] = Outcome.NOT_SENT

    def __init__(
        self,
        message: str,
        *,
        operation: str | None = None,
        outcome: Outcome | None = None,
        attempts: int = 0,
        code: int | None = None,
        http_status: int | None = None,
        field: str | None = None,
        presumed_outcome: str | None = None,
        remedy: str | None = None,
        retry_after: float | None = None,
        records_at_risk: int = 0,
    ) -> None:
        # Masked here, in the one place that every message passes.
        self.message: str = mask_phones_in(message)
        super().__init__(self.message)
        self.operation: str | None = operation
        self.outcome: Outcome = self._default_outcome if outcome is None else outcome
        self.attempts: int = attempts
        self.code: int | None = code
        self.http_status: int | None = http_status
        self.field: str | None = field
        self.presumed_outcome: str | None = presumed_outcome
        self.retry_after: float | None = retry_after
        self.records_at_risk: int = records_at_risk
        self._own_remedy: str | None = remedy

    @property
    def info(self) -> ErrorInfo | None:
        """The code's row of the table in the spec; None without a code or with one that the table does not have."""
        return None if self.code is None else ERRORS.get(self.code)

    @property
    def name(self) -> str | None:
        """The code's name, such as `INVALID_MOBILE`."""
        info = self.info
        return None if info is None else info.name

    @property
    def remedy(self) -> str:
        """What to do about it, in English."""
        if self._own_remedy is not None:
            return self._own_remedy
        info = self.info
        return self._default_remedy if info is None else remedy_in(Surface.PYTHON, info, "en")

    @property
    def remedy_zh(self) -> str:
        """What to do about it, in Chinese (the table's words; a general sentence for errors without a code)."""
        info = self.info
        return self._default_remedy_zh if info is None else remedy_in(Surface.PYTHON, info, "zh")

    @property
    def doc_url(self) -> str:
        """The page that explains this error: of its return code, else of its class."""
        by_class = f"{self._doc_page}{type(self).__name__}"
        return f"{DOCUMENTATION}{by_class if self.info is None else f'error-codes.md#{self.code}'}"

    def __str__(self) -> str:
        words = [f"{self.operation}: {self.message}" if self.operation else self.message]
        if self.operation is not None:
            words.append(_PRESUMED_ACCEPTED if self.presumed_outcome == "accepted" else _WORDS[self.outcome])
        if self.records_at_risk:
            words.append(f"Up to {self.records_at_risk} records may have been lost with the answer.")
        words.append(f"Remedy: {self.remedy}")
        return " ".join(words)

    def __repr__(self) -> str:
        names = ("operation", "outcome", "code", "http_status", "field", "presumed_outcome", "attempts")
        told = [repr(self.message), *(f"{name}={value!s}" for name in names if (value := getattr(self, name)))]
        return f"{type(self).__name__}({', '.join(told)})"

    def __reduce__(self) -> tuple[Any, ...]:
        # The default would call the class with the message alone and lose everything else.
        return _restored, (type(self), dict(self.__dict__))


def _restored(kind: type[_E], state: dict[str, Any]) -> _E:
    """An error of this class with this state, made without running any constructor."""
    error = kind.__new__(kind, state["message"])
    error.args = (state["message"],)
    error.__dict__.update(state)
    return error


class ConfigurationError(JsmsError):
    """The client was set up wrongly: credentials, address, limits. No request was begun.

    Remedy: the message names the setting and the rule.
    """

    _default_remedy = "Correct the setting that the message names."
    _default_remedy_zh = "请修正错误信息中指出的配置项。"


class WithheldError(JsmsError):
    """The recipient guard (`OnlyTo`, `RedirectTo`) kept a message back. No request was begun, and nothing was charged.

    `field` is the setting that forbids it: `JSMS_ONLY_TO`, `JSMS_REDIRECT_TO`, or the argument `recipients`.
    """

    _default_remedy = "Add the number to the setting, or unset it where everyone is to be reached."
    _default_remedy_zh = "请把该号码加入限制收件人的配置项；若要发给所有人，请删除该配置项。"


class APIConnectionError(JsmsError):
    """No answer came: the service could not be reached, or the connection was lost.

    `outcome` tells the two apart: `not_sent` may be repeated, `unknown` must be looked into first.
    """

    _default_outcome = Outcome.UNKNOWN
    _default_remedy = "Look at `outcome`: not_sent may be repeated; unknown needs a look at the delivery report first."
    _default_remedy_zh = "请查看 outcome：not_sent 可以重发；unknown 须先核对送达状态，切勿盲目重发。"


class APITimeoutError(APIConnectionError):
    """The time ran out, of one step or of the whole call (`deadline`)."""


class UnexpectedResponseError(JsmsError):
    """An answer came that the service's contract does not know: not JSON, a wrong shape, a redirect, a proxy's page."""

    _default_outcome = Outcome.UNKNOWN
    _default_remedy = "Check the base address and what stands between (proxy, gateway); then look at `outcome`."
    _default_remedy_zh = "请检查服务地址以及中间的代理或网关，然后查看 outcome。"


class APIError(JsmsError):
    """The service answered with a return code; the subclasses say what to do next.

    A code that the table does not know, in an answer with status 4xx, is this class itself.
    Checks made before sending raise the same classes, with `outcome` not_sent and no `http_status`.
    """

    _default_outcome = Outcome.REJECTED
    _default_remedy = "Look the code up in the documentation of the service; this version does not know it."
    _default_remedy_zh = "本版本不认识该返回码，请查阅极光短信文档。"


class AuthenticationError(APIError):
    """The credentials, or what the application may do: keys, blocked application, address not allowed."""


class InvalidRequestError(APIError):
    """The request is wrong in its form: something is missing or of the wrong type."""

    _default_remedy = "Correct the argument that the message names."
    _default_remedy_zh = "请修正错误信息中指出的参数。"


class RecipientError(APIError):
    """The recipient: not a number, unsubscribed, too many of them, the same message again."""


class RateLimitError(APIError):
    """Too often. Wait (`retry_after` if the response said how long), then make the request again."""

    _default_remedy = "Wait, then make the request again, less often."
    _default_remedy_zh = "请等待一段时间后以更低的频率重试。"


class InsufficientBalanceError(APIError):
    """No money, or no quota for this application: somebody has to pay or to assign."""


class TemplateError(APIError):
    """The template: unknown, not approved, of the wrong type, or its values."""


class SignError(APIError):
    """The sign (the text in front of a message): unknown, not approved, against the rules."""


class ContentRejectedError(APIError):
    """The text: a forbidden word or symbol, too long."""


class ScheduleError(APIError):
    """The scheduled task: unknown, already sent or cancelled, or its time."""


class VerificationError(APIError):
    """A verification that cannot be made. (A wrong code is no error: it is a `Verification` value.)"""


class ServerError(APIError):
    """The service says that it failed. Whether it had done the work before is not known."""

    _default_outcome = Outcome.UNKNOWN
    _default_remedy = "Look at the delivery reports before repeating; tell the service if it lasts."
    _default_remedy_zh = "重发前请先核对送达状态；若持续出现请联系极光支持。"


class PartialFailureError(RecipientError):
    """Part of a batch was not taken; raised only by `raise_for_rejected()`.

    Attributes:
        accepted: number of recipients taken.
        rejected: number of recipients refused, one by one.
        unknown: number of recipients that the answer does not mention, or does not decide about.
        withheld: number of recipients that the recipient guard kept back.
        codes: how often each return code came.
    """

    def __init__(
        self,
        message: str,
        *,
        accepted: int = 0,
        rejected: int = 0,
        unknown: int = 0,
        withheld: int = 0,
        codes: Mapping[int, int] = MappingProxyType({}),
        **told: Any,
    ) -> None:
        super().__init__(message, **told)
        self.accepted: int = accepted
        self.rejected: int = rejected
        self.unknown: int = unknown
        self.withheld: int = withheld
        self.codes: dict[int, int] = dict(codes)


class CallbackError(JsmsError):
    """A callback that must not be believed, or cannot be read."""

    _default_remedy = "Answer with an error status and look at where the request came from."
    _default_remedy_zh = "请返回错误状态码，并检查请求来源。"


class InvalidCallbackSignatureError(CallbackError):
    """The signature does not match: other keys, or not from the service."""


class StaleCallbackError(CallbackError):
    """The timestamp lies outside the window: a replay, or a clock that is wrong."""


class ReplayedCallbackError(CallbackError):
    """The same nonce came before with another payload: somebody forges."""


class MalformedCallbackError(CallbackError):
    """The form or its `data` cannot be read."""


CATEGORY_ERRORS: Final[Mapping[ErrorCategory, type[APIError]]] = MappingProxyType(
    {
        ErrorCategory.AUTHENTICATION: AuthenticationError,
        ErrorCategory.INVALID_REQUEST: InvalidRequestError,
        ErrorCategory.RECIPIENT: RecipientError,
        ErrorCategory.RATE_LIMIT: RateLimitError,
        ErrorCategory.BALANCE: InsufficientBalanceError,
        ErrorCategory.TEMPLATE: TemplateError,
        ErrorCategory.SIGN: SignError,
        ErrorCategory.CONTENT: ContentRejectedError,
        ErrorCategory.SCHEDULE: ScheduleError,
        ErrorCategory.VERIFICATION: VerificationError,
        ErrorCategory.SERVER: ServerError,
    }
)
"""The class of each category of the table. `success` has none: that code is no error."""


def error_class(code: int | None) -> type[APIError]:
    """The class that a return code belongs to; `APIError` for one that the table does not know."""
    info = None if code is None else ERRORS.get(code)
    return APIError if info is None else CATEGORY_ERRORS.get(info.category, APIError)


class Surface(IntEnum):
    """Where a remedy is shown."""

    PYTHON = 0
    SHELL = 1


def remedy_in(surface: Surface, info: ErrorInfo | ReportStatusInfo, language: str) -> str:
    """Return what to do about a code or delivery status; language: `en` or `zh`.

    The table of codes in the spec speaks of the wire, and has every name of it in backquotes. Here arguments take their
    place in Python, options in the shell.
    """
    own = _OWN_REMEDIES.get((surface, info[0]))
    if own is not None:
        return own[language == "zh"]
    text = info.remedy_zh if language == "zh" else info.remedy_en
    return re.sub(
        "`([^`]+)`", lambda name: f"`{_WIRE_NAMES[name[1]][surface]}`" if name[1] in _WIRE_NAMES else name[0], text
    )


_WIRE_NAMES: Final[Mapping[str, tuple[str, str]]] = {
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
_OWN_REMEDIES: Final[Mapping[tuple[Surface, int], tuple[str, str]]] = {
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
