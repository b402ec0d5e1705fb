"""A client for Jiguang SMS (JSMS, 极光短信). Unofficial.

    from jsmskit import JsmsClient

    with JsmsClient.from_env() as client:
        receipt = client.codes.send("13800138000")
        if client.codes.verify(receipt.msg_id, typed):
            ...

Names are imported when they are first used, so `import jsmskit` costs next to nothing. They are listed once, in
`_EXPORTS`; `python -m tools.exports` makes the imports for type checkers of it.
"""

from __future__ import annotations

from sys import modules

from ._version import VERSION

__version__ = VERSION

_EXPORTS = {
    "jsms_api.error_table": "ErrorCategory ErrorCode ErrorInfo ReportStatus ReportStatusInfo RetryAdvice",
    "jsms_api.models.sign_type": "SignType",
    "jsms_api.models.template_type": "TemplateType",
    "jsms_api.models.voice_language": "VoiceLanguage",
    "._async.client": "AsyncJsmsClient",
    "._calls.observer": "CallFinished CallObserver CallStarted",
    "._calls.classification": "RetryPolicy",
    "._privacy": "MaskPhones Secret mask_phones",
    "._sync.client": "JsmsClient",
    "._http.protocols": "AsyncTransport SyncTransport TransportRequest",
    "._validation.template_text": "TemplatePreview",
    ".errors": (
        "APIConnectionError APIError APITimeoutError AuthenticationError CallbackError "
        "ConfigurationError ContentRejectedError InsufficientBalanceError "
        "InvalidCallbackSignatureError InvalidRequestError JsmsError MalformedCallbackError Outcome "
        "PartialFailureError RateLimitError RecipientError ReplayedCallbackError ScheduleError "
        "ServerError SignError StaleCallbackError TemplateError UnexpectedResponseError "
        "VerificationError WithheldError"
    ),
    ".phones": "is_mobile_phone normalize_phone",
    ".recipient_guard": "OnlyTo RecipientGuard RedirectTo",
    ".recipients": "Recipient",
    ".results": (
        "AcceptedMessage Balance BatchResult CodeReceipt DeliveryReport MessageReceipt "
        "RejectedMessage Reply ReplyPage ReportPage ReviewStatus Schedule ScheduleBatchResult "
        "ScheduleReceipt ScheduledMessage Sign SignReceipt Template TemplateReceipt Verification "
        "VerificationReason"
    ),
}

# Type checkers take it for true by its name. Not from `typing`: that alone would be most of this import.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from jsms_api.error_table import ErrorCategory as ErrorCategory
    from jsms_api.error_table import ErrorCode as ErrorCode
    from jsms_api.error_table import ErrorInfo as ErrorInfo
    from jsms_api.error_table import ReportStatus as ReportStatus
    from jsms_api.error_table import ReportStatusInfo as ReportStatusInfo
    from jsms_api.error_table import RetryAdvice as RetryAdvice
    from jsms_api.models.sign_type import SignType as SignType
    from jsms_api.models.template_type import TemplateType as TemplateType
    from jsms_api.models.voice_language import VoiceLanguage as VoiceLanguage

    from ._async.client import AsyncJsmsClient as AsyncJsmsClient
    from ._calls.classification import RetryPolicy as RetryPolicy
    from ._calls.observer import CallFinished as CallFinished
    from ._calls.observer import CallObserver as CallObserver
    from ._calls.observer import CallStarted as CallStarted
    from ._http.protocols import AsyncTransport as AsyncTransport
    from ._http.protocols import SyncTransport as SyncTransport
    from ._http.protocols import TransportRequest as TransportRequest
    from ._privacy import MaskPhones as MaskPhones
    from ._privacy import Secret as Secret
    from ._privacy import mask_phones as mask_phones
    from ._sync.client import JsmsClient as JsmsClient
    from ._validation.template_text import TemplatePreview as TemplatePreview
    from .errors import APIConnectionError as APIConnectionError
    from .errors import APIError as APIError
    from .errors import APITimeoutError as APITimeoutError
    from .errors import AuthenticationError as AuthenticationError
    from .errors import CallbackError as CallbackError
    from .errors import ConfigurationError as ConfigurationError
    from .errors import ContentRejectedError as ContentRejectedError
    from .errors import InsufficientBalanceError as InsufficientBalanceError
    from .errors import InvalidCallbackSignatureError as InvalidCallbackSignatureError
    from .errors import InvalidRequestError as InvalidRequestError
    from .errors import JsmsError as JsmsError
    from .errors import MalformedCallbackError as MalformedCallbackError
    from .errors import Outcome as Outcome
    from .errors import PartialFailureError as PartialFailureError
    from .errors import RateLimitError as RateLimitError
    from .errors import RecipientError as RecipientError
    from .errors import ReplayedCallbackError as ReplayedCallbackError
    from .errors import ScheduleError as ScheduleError
    from .errors import ServerError as ServerError
    from .errors import SignError as SignError
    from .errors import StaleCallbackError as StaleCallbackError
    from .errors import TemplateError as TemplateError
    from .errors import UnexpectedResponseError as UnexpectedResponseError
    from .errors import VerificationError as VerificationError
    from .errors import WithheldError as WithheldError
    from .phones import is_mobile_phone as is_mobile_phone
    from .phones import normalize_phone as normalize_phone
    from .recipient_guard import OnlyTo as OnlyTo
    from .recipient_guard import RecipientGuard as RecipientGuard
    from .recipient_guard import RedirectTo as RedirectTo
    from .recipients import Recipient as Recipient
    from .results import AcceptedMessage as AcceptedMessage
    from .results import Balance as Balance
    from .results import BatchResult as BatchResult
    from .results import CodeReceipt as CodeReceipt
    from .results import DeliveryReport as DeliveryReport
    from .results import MessageReceipt as MessageReceipt
    from .results import RejectedMessage as RejectedMessage
    from .results import Reply as Reply
    from .results import ReplyPage as ReplyPage
    from .results import ReportPage as ReportPage
    from .results import ReviewStatus as ReviewStatus
    from .results import Schedule as Schedule
    from .results import ScheduleBatchResult as ScheduleBatchResult
    from .results import ScheduledMessage as ScheduledMessage
    from .results import ScheduleReceipt as ScheduleReceipt
    from .results import Sign as Sign
    from .results import SignReceipt as SignReceipt
    from .results import Template as Template
    from .results import TemplateReceipt as TemplateReceipt
    from .results import Verification as Verification
    from .results import VerificationReason as VerificationReason

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any


def show_public_path(found: Any, package: str, name: str) -> None:
    """Let a class or function that is written in a private module show the package that exports it.

    `help()`, debuggers and pickles show it, as with NumPy and pandas. Its annotations are read before, since they name
    what only its own module imports.
    """
    from types import FunctionType

    if isinstance(found, type | FunctionType) and found.__qualname__ == name and "._" in found.__module__:
        if hasattr(found, "__dataclass_fields__"):
            from typing import get_type_hints

            found.__annotations__ = get_type_hints(found)
        found.__module__ = package


def export_lazily(
    package: str, exports: Mapping[str, str]
) -> tuple[Callable[[str], Any], Callable[[], list[str]], list[str]]:
    """Return `__getattr__`, `__dir__` and `__all__` of a package whose names are imported when they are first used.

    exports: names by the module that has them; one that has another name there is written `name:other`.
    """
    homes: dict[str, tuple[str, str]] = {}
    for module, names in exports.items():
        for name, _, other in (one.partition(":") for one in names.split()):
            homes[name] = (module, other or name)

    def get(name: str) -> Any:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        from importlib import import_module

        module, attribute = homes[name]
        found = getattr(import_module(module, package), attribute)
        show_public_path(found, package, name)
        setattr(modules[package], name, found)
        return found

    return get, lambda: sorted({*vars(modules[package]), *homes}), sorted(homes)


__getattr__, __dir__, __all__ = export_lazily(__name__, _EXPORTS)  # pyright: ignore[reportUnsupportedDunderAll]
__all__ = sorted([*__all__, "__version__"])  # pyright: ignore[reportUnsupportedDunderAll]
