"""What the checks raise: what is wrong with an argument, by which rule, and what to do.

A check does not know the operation, since the same phone number is checked for seven of them. The caller turns the
refusal into the error class that the service's own refusal would have, so that users need one `except` branch for both.
"""

from __future__ import annotations

import re
from typing import Final

from jsms_api import limits
from jsms_api.error_table import ErrorCode

from ..errors import InvalidRequestError, JsmsError, Outcome, error_class


class InvalidArgument(ValueError):  # noqa: N818  # the caller gets one of our errors of it
    """An input that would be refused by the service, or that cannot be put on the wire. Nothing was sent.

    `field` is the name of the argument, in the words of the overlay (`phone`, `template_params`). `keyword`
    is the broken rule in the words of `jsms_api.limits.REFUSALS`: `missing`, `type`, or a JSON Schema keyword
    such as `maxLength`; the code of the service's refusal is looked up there, by operation. `code` is set
    only where no schema keyword carries the rule, and then decides. `message` says what is wrong and why,
    `remedy` what to do. Neither shows a whole phone number.
    """

    def __init__(self, field: str, keyword: str, message: str, remedy: str, code: ErrorCode | None = None) -> None:
        # All five go to ValueError, because pickle and copy rebuild an exception from its `args`.
        super().__init__(field, keyword, message, remedy, code)
        self.field = field
        self.keyword = keyword
        self.message = message
        self.remedy = remedy
        self.code = code

    def __str__(self) -> str:
        return f"{self.field}: {self.message} {self.remedy}"


_ARGUMENTS: Final = {
    "phone": "mobile",
    "template_id": "temp_id",
    "params": "temp_para",
    "template_params": "temp_para",
    "send_at": "send_time",
    "language": "voice_lang",
    "recipients[].phone": "recipients[].mobile",
    "recipients[].params": "recipients[].temp_para",
    "legal_person_name": "legalPersonName",
    "legal_person_id_number": "legalPersonIdNumber",
    "id_card_image": "idCardImage",
    "social_credit_code": "socialCreditCode",
    "third_party_company_name": "thirdPartyCompanyName",
    "business_license_image": "businessLicenseImage",
    "icp_app_screenshot": "icpAppScreenshot",
    "trademark_image": "trademarkImage",
    "third_party_auth_image": "thirdPartyAuthImage",
    "other_image": "otherImage",
}
"""What an argument is called on the wire, where the names differ."""

_INDEX: Final = re.compile(r"\[[0-9]+\]")


def code_for_argument(operation_id: str, refused: InvalidArgument) -> int | None:
    """Return the code that the service's own refusal of this argument would carry; None if the spec names none."""
    if refused.code is not None:
        return int(refused.code)
    place = _INDEX.sub("[]", refused.field).partition("['")[0]
    known = limits.REFUSALS[operation_id].get(_ARGUMENTS.get(place, place), {})
    return known.get(refused.keyword, known.get("invalid"))


def error_for_argument(operation_id: str, refused: InvalidArgument) -> JsmsError:
    """Return the error of an argument that would be refused, of the class that the service's own refusal would have."""
    code = code_for_argument(operation_id, refused)
    kind = InvalidRequestError if code is None else error_class(code)
    return kind(
        f"{refused.field}: {refused.message}",
        operation=operation_id,
        outcome=Outcome.NOT_SENT,
        code=code,
        field=refused.field,
        remedy=refused.remedy,
    )
