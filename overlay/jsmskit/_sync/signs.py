# Made from overlay/jsmskit/_async/signs.py by tools/unasync.py. Do not edit: change that file and run the tool.
"""Signs: submit for review, change after a refusal, look up, delete."""

from __future__ import annotations

from typing import final

from jsms_api.models.sign_type import SignType

from .._operations import signs as operations
from .._operations.signs import Upload
from ..results.reviews import Sign, SignReceipt
from .executor import Operations


@final
class Signs(Operations):
    """The operations on signs; reached as `client.signs`.

    A sign is the name in brackets at the head of every message, 【极光推送】. One sign of an application can
    be in review at a time. The default sign is chosen in the console.
    """

    def create(
        self,
        sign: str,
        *,
        type: SignType | int | None = None,  # noqa: A002  # the service's word, and the caller's
        remark: str | None = None,
        legal_person_name: str | None = None,
        legal_person_id_number: str | None = None,
        social_credit_code: str | None = None,
        third_party_company_name: str | None = None,
        id_card_image: Upload | None = None,
        business_license_image: Upload | None = None,
        icp_app_screenshot: Upload | None = None,
        trademark_image: Upload | None = None,
        third_party_auth_image: Upload | None = None,
        other_image: Upload | None = None,
    ) -> SignReceipt:
        """Submit a sign with its documents for review. It cannot be used before it is approved (up to two
        working days).

        The newest page of the service wants type, the legal person's name and number, the identity card and the social
        credit code for every sign, and one more image by type. Older revisions wanted less, so only `sign` is insisted
        on here. Images are PNG or JPG of at most 2 MB, given as a path, as bytes or as an open file.

        Args:
            sign: 2 to 8 Chinese characters, Latin letters or digits, without brackets.
            type: company, app, brand or other; the older three are refused today.
            remark: use case, at most 100 characters.
            legal_person_name: of the legal representative.
            legal_person_id_number: 18 characters.
            social_credit_code: 18 characters.
            third_party_company_name: if the sign is used in another company's name.
            id_card_image: identity card of the legal representative.
            business_license_image: wanted for type company.
            icp_app_screenshot: wanted for type app.
            trademark_image: wanted for type brand.
            third_party_auth_image: wanted for type other.
            other_image: any other proof.

        Returns:
            The receipt with `sign_id`.

        Raises:
            SignError: if the sign or an image breaks a rule, or another sign is in review.
            JsmsError: otherwise; `outcome` says whether the sign may have been submitted.
        """
        documents = operations.SignDocuments(
            type,
            remark,
            legal_person_name,
            legal_person_id_number,
            social_credit_code,
            third_party_company_name,
            id_card_image,
            business_license_image,
            icp_app_screenshot,
            trademark_image,
            third_party_auth_image,
            other_image,
        )
        del legal_person_name, legal_person_id_number, social_credit_code, third_party_company_name
        del id_card_image, business_license_image, icp_app_screenshot, trademark_image
        del third_party_auth_image, other_image
        return self._executor.run(operations.create(sign, documents))

    def update(
        self,
        sign_id: int,
        sign: str,
        *,
        type: SignType | int | None = None,  # noqa: A002  # the service's word, and the caller's
        remark: str | None = None,
        legal_person_name: str | None = None,
        legal_person_id_number: str | None = None,
        social_credit_code: str | None = None,
        third_party_company_name: str | None = None,
        id_card_image: Upload | None = None,
        business_license_image: Upload | None = None,
        icp_app_screenshot: Upload | None = None,
        trademark_image: Upload | None = None,
        third_party_auth_image: Upload | None = None,
        other_image: Upload | None = None,
    ) -> SignReceipt:
        """Submit a refused sign again, with everything. Only refused ones can be changed.

        Args:
            sign_id: which. Everything else is as in `create`.

        Raises:
            SignError: if there is no such sign, or the sign or an image breaks a rule.
            JsmsError: otherwise; `outcome` says whether the change may have been made.
        """
        documents = operations.SignDocuments(
            type,
            remark,
            legal_person_name,
            legal_person_id_number,
            social_credit_code,
            third_party_company_name,
            id_card_image,
            business_license_image,
            icp_app_screenshot,
            trademark_image,
            third_party_auth_image,
            other_image,
        )
        del legal_person_name, legal_person_id_number, social_credit_code, third_party_company_name
        del id_card_image, business_license_image, icp_app_screenshot, trademark_image
        del third_party_auth_image, other_image
        return self._executor.run(operations.update(sign_id, sign, documents))

    def get(self, sign_id: int) -> Sign:
        """Look up a sign and its review status.

        Raises:
            SignError: if there is no such sign.
            JsmsError: otherwise.
        """
        return self._executor.run(operations.get(sign_id))

    def delete(self, sign_id: int) -> None:
        """Delete a sign. The default sign cannot be deleted.

        Raises:
            SignError: if there is no such sign, or it is the default one.
            JsmsError: otherwise; `outcome` says whether it may be gone.
        """
        self._executor.run(operations.delete(sign_id))
