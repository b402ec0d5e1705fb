# Made from spec/openapi.yaml by scripts/regenerate. Do not edit: change the spec and make it again.
from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import Any, TypeVar

from attrs import define as _attrs_define

from .. import types
from ..models.sign_type import SignType
from ..types import UNSET, File, FileTypes, Unset
from ..types import describe as _describe

T = TypeVar("T", bound="SignForm")


@_attrs_define(repr=False)
class SignForm:
    """The parts of the form that submits a sign. Only `sign` is required in every revision. Parts described as wanted are
    marked required on the newest page, some of them for one `type` only; send them for every new sign (C15, C17, C32).
    The names after `idCardImage` are known from another client library only, not from the page itself.

    """

    sign: str
    """ The sign without its brackets, 2 to 8 characters: Chinese characters, Latin letters, digits. An older guide
    allows 10 (C14). """
    type_: SignType | Unset = UNSET
    """ What a sign is the name of, which decides which documents the review wants. Since R2025-09: 1 company (full
    or short name), 3 app, 6 brand (trademark), 7 other. Older pages also knew 2 website filed with the ministry, 4
    official account or mini program, and 5 online shop; expect these to be refused today (C16). """
    legal_person_name: str | Unset = UNSET
    """ Name of the legal representative; it is verified. Wanted for every type. The bounds are this description's
    own. """
    legal_person_id_number: str | Unset = UNSET
    """ Identity number of the legal representative, 18 characters: digits, the last one may be X. Wanted for every
    type. """
    id_card_image: File | Unset = UNSET
    """ Picture of the legal representative's identity card, a PNG, JPG or JPEG file of at most 2 MB. Wanted for
    every type. """
    social_credit_code: str | Unset = UNSET
    """ Unified social credit code of the company, 18 characters of digits and capital letters. Wanted for every
    type. """
    third_party_company_name: str | Unset = UNSET
    """ Name of the other company if the sign is used in its name. Optional. The bounds are this description's own.
    """
    business_license_image: File | Unset = UNSET
    """ Picture of the business licence, a PNG, JPG or JPEG file of at most 2 MB. Wanted for type 1 (company). """
    icp_app_screenshot: File | Unset = UNSET
    """ Picture of the app's filing with the ministry, a PNG, JPG or JPEG file of at most 2 MB. Wanted for type 3
    (app). """
    trademark_image: File | Unset = UNSET
    """ Picture of the trademark certificate, a PNG, JPG or JPEG file of at most 2 MB. Wanted for type 6 (brand).
    """
    third_party_auth_image: File | Unset = UNSET
    """ Picture of the other company's consent, a PNG, JPG or JPEG file of at most 2 MB. Wanted for type 7 (other).
    """
    other_image: File | Unset = UNSET
    """ Any other proof, a PNG, JPG or JPEG file of at most 2 MB. Optional for every type. """
    remark: str | Unset = UNSET
    """ Use case, for the people who review it, at most 100 characters. Signs have no code of their own for a longer
    one; 50007 is inferred. An empty text counts as none. """
    image0: File | Unset = UNSET
    """ Picture of the proof in the forms before 2025-09, which named no format and no size. The 2 MB of the newest
    page are a safe bound (C15). """
    image1: File | Unset = UNSET
    """ Second picture of the form of 2018-03, gone since 2018-11 (C15). At most 2 MB. """
    image2: File | Unset = UNSET
    """ Third picture of the form of 2018-03, gone since 2018-11 (C15). At most 2 MB. """
    image3: File | Unset = UNSET
    """ Fourth picture of the form of 2018-03, gone since 2018-11 (C15). At most 2 MB. """

    def __repr__(self) -> str:
        return _describe(self)

    def to_dict(self) -> dict[str, Any]:
        sign = self.sign

        type_: int | Unset = UNSET
        if not isinstance(self.type_, Unset):
            type_ = self.type_.value

        legal_person_name = self.legal_person_name

        legal_person_id_number = self.legal_person_id_number

        id_card_image: FileTypes | Unset = UNSET
        if not isinstance(self.id_card_image, Unset):
            id_card_image = self.id_card_image.to_tuple()

        social_credit_code = self.social_credit_code

        third_party_company_name = self.third_party_company_name

        business_license_image: FileTypes | Unset = UNSET
        if not isinstance(self.business_license_image, Unset):
            business_license_image = self.business_license_image.to_tuple()

        icp_app_screenshot: FileTypes | Unset = UNSET
        if not isinstance(self.icp_app_screenshot, Unset):
            icp_app_screenshot = self.icp_app_screenshot.to_tuple()

        trademark_image: FileTypes | Unset = UNSET
        if not isinstance(self.trademark_image, Unset):
            trademark_image = self.trademark_image.to_tuple()

        third_party_auth_image: FileTypes | Unset = UNSET
        if not isinstance(self.third_party_auth_image, Unset):
            third_party_auth_image = self.third_party_auth_image.to_tuple()

        other_image: FileTypes | Unset = UNSET
        if not isinstance(self.other_image, Unset):
            other_image = self.other_image.to_tuple()

        remark = self.remark

        image0: FileTypes | Unset = UNSET
        if not isinstance(self.image0, Unset):
            image0 = self.image0.to_tuple()

        image1: FileTypes | Unset = UNSET
        if not isinstance(self.image1, Unset):
            image1 = self.image1.to_tuple()

        image2: FileTypes | Unset = UNSET
        if not isinstance(self.image2, Unset):
            image2 = self.image2.to_tuple()

        image3: FileTypes | Unset = UNSET
        if not isinstance(self.image3, Unset):
            image3 = self.image3.to_tuple()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "sign": sign,
            }
        )
        if type_ is not UNSET:
            field_dict["type"] = type_
        if legal_person_name is not UNSET:
            field_dict["legalPersonName"] = legal_person_name
        if legal_person_id_number is not UNSET:
            field_dict["legalPersonIdNumber"] = legal_person_id_number
        if id_card_image is not UNSET:
            field_dict["idCardImage"] = id_card_image
        if social_credit_code is not UNSET:
            field_dict["socialCreditCode"] = social_credit_code
        if third_party_company_name is not UNSET:
            field_dict["thirdPartyCompanyName"] = third_party_company_name
        if business_license_image is not UNSET:
            field_dict["businessLicenseImage"] = business_license_image
        if icp_app_screenshot is not UNSET:
            field_dict["icpAppScreenshot"] = icp_app_screenshot
        if trademark_image is not UNSET:
            field_dict["trademarkImage"] = trademark_image
        if third_party_auth_image is not UNSET:
            field_dict["thirdPartyAuthImage"] = third_party_auth_image
        if other_image is not UNSET:
            field_dict["otherImage"] = other_image
        if remark is not UNSET:
            field_dict["remark"] = remark
        if image0 is not UNSET:
            field_dict["image0"] = image0
        if image1 is not UNSET:
            field_dict["image1"] = image1
        if image2 is not UNSET:
            field_dict["image2"] = image2
        if image3 is not UNSET:
            field_dict["image3"] = image3

        return field_dict

    def to_multipart(self) -> types.RequestFiles:
        files: types.RequestFiles = []

        files.append(("sign", (None, str(self.sign).encode(), "text/plain")))

        if not isinstance(self.type_, Unset):
            files.append(("type", (None, str(self.type_.value).encode(), "text/plain")))

        if not isinstance(self.legal_person_name, Unset):
            files.append(("legalPersonName", (None, str(self.legal_person_name).encode(), "text/plain")))

        if not isinstance(self.legal_person_id_number, Unset):
            files.append(("legalPersonIdNumber", (None, str(self.legal_person_id_number).encode(), "text/plain")))

        if not isinstance(self.id_card_image, Unset):
            files.append(("idCardImage", self.id_card_image.to_tuple()))

        if not isinstance(self.social_credit_code, Unset):
            files.append(("socialCreditCode", (None, str(self.social_credit_code).encode(), "text/plain")))

        if not isinstance(self.third_party_company_name, Unset):
            files.append(("thirdPartyCompanyName", (None, str(self.third_party_company_name).encode(), "text/plain")))

        if not isinstance(self.business_license_image, Unset):
            files.append(("businessLicenseImage", self.business_license_image.to_tuple()))

        if not isinstance(self.icp_app_screenshot, Unset):
            files.append(("icpAppScreenshot", self.icp_app_screenshot.to_tuple()))

        if not isinstance(self.trademark_image, Unset):
            files.append(("trademarkImage", self.trademark_image.to_tuple()))

        if not isinstance(self.third_party_auth_image, Unset):
            files.append(("thirdPartyAuthImage", self.third_party_auth_image.to_tuple()))

        if not isinstance(self.other_image, Unset):
            files.append(("otherImage", self.other_image.to_tuple()))

        if not isinstance(self.remark, Unset):
            files.append(("remark", (None, str(self.remark).encode(), "text/plain")))

        if not isinstance(self.image0, Unset):
            files.append(("image0", self.image0.to_tuple()))

        if not isinstance(self.image1, Unset):
            files.append(("image1", self.image1.to_tuple()))

        if not isinstance(self.image2, Unset):
            files.append(("image2", self.image2.to_tuple()))

        if not isinstance(self.image3, Unset):
            files.append(("image3", self.image3.to_tuple()))

        return files

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        sign = d.pop("sign")

        _type_ = d.pop("type", UNSET)
        type_: SignType | Unset
        if isinstance(_type_, Unset):
            type_ = UNSET
        else:
            type_ = SignType(_type_)

        legal_person_name = d.pop("legalPersonName", UNSET)

        legal_person_id_number = d.pop("legalPersonIdNumber", UNSET)

        _id_card_image = d.pop("idCardImage", UNSET)
        id_card_image: File | Unset
        if isinstance(_id_card_image, Unset):
            id_card_image = UNSET
        else:
            id_card_image = File(payload=BytesIO(_id_card_image))

        social_credit_code = d.pop("socialCreditCode", UNSET)

        third_party_company_name = d.pop("thirdPartyCompanyName", UNSET)

        _business_license_image = d.pop("businessLicenseImage", UNSET)
        business_license_image: File | Unset
        if isinstance(_business_license_image, Unset):
            business_license_image = UNSET
        else:
            business_license_image = File(payload=BytesIO(_business_license_image))

        _icp_app_screenshot = d.pop("icpAppScreenshot", UNSET)
        icp_app_screenshot: File | Unset
        if isinstance(_icp_app_screenshot, Unset):
            icp_app_screenshot = UNSET
        else:
            icp_app_screenshot = File(payload=BytesIO(_icp_app_screenshot))

        _trademark_image = d.pop("trademarkImage", UNSET)
        trademark_image: File | Unset
        if isinstance(_trademark_image, Unset):
            trademark_image = UNSET
        else:
            trademark_image = File(payload=BytesIO(_trademark_image))

        _third_party_auth_image = d.pop("thirdPartyAuthImage", UNSET)
        third_party_auth_image: File | Unset
        if isinstance(_third_party_auth_image, Unset):
            third_party_auth_image = UNSET
        else:
            third_party_auth_image = File(payload=BytesIO(_third_party_auth_image))

        _other_image = d.pop("otherImage", UNSET)
        other_image: File | Unset
        if isinstance(_other_image, Unset):
            other_image = UNSET
        else:
            other_image = File(payload=BytesIO(_other_image))

        remark = d.pop("remark", UNSET)

        _image0 = d.pop("image0", UNSET)
        image0: File | Unset
        if isinstance(_image0, Unset):
            image0 = UNSET
        else:
            image0 = File(payload=BytesIO(_image0))

        _image1 = d.pop("image1", UNSET)
        image1: File | Unset
        if isinstance(_image1, Unset):
            image1 = UNSET
        else:
            image1 = File(payload=BytesIO(_image1))

        _image2 = d.pop("image2", UNSET)
        image2: File | Unset
        if isinstance(_image2, Unset):
            image2 = UNSET
        else:
            image2 = File(payload=BytesIO(_image2))

        _image3 = d.pop("image3", UNSET)
        image3: File | Unset
        if isinstance(_image3, Unset):
            image3 = UNSET
        else:
            image3 = File(payload=BytesIO(_image3))

        _parsed = cls(
            sign=sign,
            type_=type_,
            legal_person_name=legal_person_name,
            legal_person_id_number=legal_person_id_number,
            id_card_image=id_card_image,
            social_credit_code=social_credit_code,
            third_party_company_name=third_party_company_name,
            business_license_image=business_license_image,
            icp_app_screenshot=icp_app_screenshot,
            trademark_image=trademark_image,
            third_party_auth_image=third_party_auth_image,
            other_image=other_image,
            remark=remark,
            image0=image0,
            image1=image1,
            image2=image2,
            image3=image3,
        )

        return _parsed
