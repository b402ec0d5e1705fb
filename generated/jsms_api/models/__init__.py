# Made from spec/openapi.yaml by scripts/regenerate. Do not edit: change the spec and make it again.
"""Contains all the data models used in inputs/outputs"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .account_balance_detail import AccountBalanceDetail
    from .app_balance_detail import AppBalanceDetail
    from .batch_answer import BatchAnswer
    from .batch_entry import BatchEntry
    from .batch_recipient import BatchRecipient
    from .callback_form import CallbackForm
    from .code_receipt import CodeReceipt
    from .delivery_report_event import DeliveryReportEvent
    from .delivery_report_record import DeliveryReportRecord
    from .error_detail import ErrorDetail
    from .error_envelope import ErrorEnvelope
    from .failed_recipient import FailedRecipient
    from .known_error_code import KnownErrorCode
    from .known_report_status import KnownReportStatus
    from .message_receipt import MessageReceipt
    from .reply_event import ReplyEvent
    from .reply_record import ReplyRecord
    from .schedule_batch_receipt import ScheduleBatchReceipt
    from .schedule_batch_request import ScheduleBatchRequest
    from .schedule_batch_update_request import ScheduleBatchUpdateRequest
    from .schedule_detail import ScheduleDetail
    from .schedule_receipt import ScheduleReceipt
    from .schedule_request import ScheduleRequest
    from .scheduled_recipient import ScheduledRecipient
    from .send_code_request import SendCodeRequest
    from .send_message_batch_request import SendMessageBatchRequest
    from .send_message_request import SendMessageRequest
    from .send_voice_code_request import SendVoiceCodeRequest
    from .sign_detail import SignDetail
    from .sign_form import SignForm
    from .sign_receipt import SignReceipt
    from .sign_review_event import SignReviewEvent
    from .sign_type import SignType
    from .template_detail import TemplateDetail
    from .template_parameters import TemplateParameters
    from .template_receipt import TemplateReceipt
    from .template_request import TemplateRequest
    from .template_review_event import TemplateReviewEvent
    from .template_type import TemplateType
    from .template_update_request import TemplateUpdateRequest
    from .verification_answer import VerificationAnswer
    from .verification_refusal import VerificationRefusal
    from .verify_code_request import VerifyCodeRequest
    from .voice_language import VoiceLanguage
else:
    _MODULES = {
        "AccountBalanceDetail": ".account_balance_detail",
        "AppBalanceDetail": ".app_balance_detail",
        "BatchAnswer": ".batch_answer",
        "BatchEntry": ".batch_entry",
        "BatchRecipient": ".batch_recipient",
        "CallbackForm": ".callback_form",
        "CodeReceipt": ".code_receipt",
        "DeliveryReportEvent": ".delivery_report_event",
        "DeliveryReportRecord": ".delivery_report_record",
        "ErrorDetail": ".error_detail",
        "ErrorEnvelope": ".error_envelope",
        "FailedRecipient": ".failed_recipient",
        "KnownErrorCode": ".known_error_code",
        "KnownReportStatus": ".known_report_status",
        "MessageReceipt": ".message_receipt",
        "ReplyEvent": ".reply_event",
        "ReplyRecord": ".reply_record",
        "ScheduleBatchReceipt": ".schedule_batch_receipt",
        "ScheduleBatchRequest": ".schedule_batch_request",
        "ScheduleBatchUpdateRequest": ".schedule_batch_update_request",
        "ScheduleDetail": ".schedule_detail",
        "ScheduleReceipt": ".schedule_receipt",
        "ScheduleRequest": ".schedule_request",
        "ScheduledRecipient": ".scheduled_recipient",
        "SendCodeRequest": ".send_code_request",
        "SendMessageBatchRequest": ".send_message_batch_request",
        "SendMessageRequest": ".send_message_request",
        "SendVoiceCodeRequest": ".send_voice_code_request",
        "SignDetail": ".sign_detail",
        "SignForm": ".sign_form",
        "SignReceipt": ".sign_receipt",
        "SignReviewEvent": ".sign_review_event",
        "SignType": ".sign_type",
        "TemplateDetail": ".template_detail",
        "TemplateParameters": ".template_parameters",
        "TemplateReceipt": ".template_receipt",
        "TemplateRequest": ".template_request",
        "TemplateReviewEvent": ".template_review_event",
        "TemplateType": ".template_type",
        "TemplateUpdateRequest": ".template_update_request",
        "VerificationAnswer": ".verification_answer",
        "VerificationRefusal": ".verification_refusal",
        "VerifyCodeRequest": ".verify_code_request",
        "VoiceLanguage": ".voice_language",
    }

    def __getattr__(name):
        from importlib import import_module

        if name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        globals()[name] = found = getattr(import_module(_MODULES[name], __name__), name)
        return found

    def __dir__():
        return sorted({*globals(), *_MODULES})


__all__ = (
    "AccountBalanceDetail",
    "AppBalanceDetail",
    "BatchAnswer",
    "BatchEntry",
    "BatchRecipient",
    "CallbackForm",
    "CodeReceipt",
    "DeliveryReportEvent",
    "DeliveryReportRecord",
    "ErrorDetail",
    "ErrorEnvelope",
    "FailedRecipient",
    "KnownErrorCode",
    "KnownReportStatus",
    "MessageReceipt",
    "ReplyEvent",
    "ReplyRecord",
    "ScheduleBatchReceipt",
    "ScheduleBatchRequest",
    "ScheduleBatchUpdateRequest",
    "ScheduleDetail",
    "ScheduledRecipient",
    "ScheduleReceipt",
    "ScheduleRequest",
    "SendCodeRequest",
    "SendMessageBatchRequest",
    "SendMessageRequest",
    "SendVoiceCodeRequest",
    "SignDetail",
    "SignForm",
    "SignReceipt",
    "SignReviewEvent",
    "SignType",
    "TemplateDetail",
    "TemplateParameters",
    "TemplateReceipt",
    "TemplateRequest",
    "TemplateReviewEvent",
    "TemplateType",
    "TemplateUpdateRequest",
    "VerificationAnswer",
    "VerificationRefusal",
    "VerifyCodeRequest",
    "VoiceLanguage",
)
