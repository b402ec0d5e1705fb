"""What calls return: frozen values, typed to the last field.

The `repr` of a value shows phone numbers masked, and texts, codes and values of variables not at all. `raw` is the
decoded response as it came. Each part of the service has a module, loaded when one of its names is first used: making
all of these classes takes longer than everything else that a first call loads. The names are listed once, in
`_EXPORTS`; `python -m tools.exports` makes the imports for type checkers of it.
"""

from __future__ import annotations

from .. import export_lazily

_EXPORTS = {
    ".accounts": "Balance",
    ".codes": "CodeReceipt Verification VerificationReason",
    ".messages": (
        "AcceptedMessage BatchResult MessageReceipt RejectedMessage Schedule ScheduleBatchResult "
        "ScheduleReceipt ScheduledMessage"
    ),
    ".reports": "DeliveryReport Reply ReplyPage ReportPage",
    ".reviews": "ReviewStatus Sign SignReceipt Template TemplateReceipt",
}

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .accounts import Balance as Balance
    from .codes import CodeReceipt as CodeReceipt
    from .codes import Verification as Verification
    from .codes import VerificationReason as VerificationReason
    from .messages import AcceptedMessage as AcceptedMessage
    from .messages import BatchResult as BatchResult
    from .messages import MessageReceipt as MessageReceipt
    from .messages import RejectedMessage as RejectedMessage
    from .messages import Schedule as Schedule
    from .messages import ScheduleBatchResult as ScheduleBatchResult
    from .messages import ScheduledMessage as ScheduledMessage
    from .messages import ScheduleReceipt as ScheduleReceipt
    from .reports import DeliveryReport as DeliveryReport
    from .reports import Reply as Reply
    from .reports import ReplyPage as ReplyPage
    from .reports import ReportPage as ReportPage
    from .reviews import ReviewStatus as ReviewStatus
    from .reviews import Sign as Sign
    from .reviews import SignReceipt as SignReceipt
    from .reviews import Template as Template
    from .reviews import TemplateReceipt as TemplateReceipt

__getattr__, __dir__, __all__ = export_lazily(__name__, _EXPORTS)  # pyright: ignore[reportUnsupportedDunderAll]
