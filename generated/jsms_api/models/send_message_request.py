# Made from spec/openapi.yaml by scripts/regenerate. Do not edit: change the spec and make it again.
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset
from ..types import describe as _describe

if TYPE_CHECKING:
    from ..models.template_parameters import TemplateParameters


T = TypeVar("T", bound="SendMessageRequest")


@_attrs_define(repr=False)
class SendMessageRequest:
    """Body of `sendMessage`. Unlike the batch call it has no `tag` (C22)."""

    mobile: str
    """ Mobile number in mainland China, 11 digits without country prefix. An empty one counts as missing. Whether
    `+86` would be understood is not documented (C33). """
    temp_id: int
    """ Id of an approved template. Its type decides the limits of frequency and which balance pays. """
    temp_para: TemplateParameters | Unset = UNSET
    """ The values for the variables of a template: the name of the variable without its braces, and the text to put
    there. For the template `您的取件码是{{number}}` it is `{"number": "741627"}`. All values are text, numbers too. Names
    that the template does not know are presumably ignored (G22). """
    sign_id: int | Unset = UNSET
    """ Id of the sign (the 【...】 in front of the text) to use. Left out, the default sign of the application is
    used. Which code an unknown id gives on a sending call is not documented; 50102 is assumed (G2). """

    def __repr__(self) -> str:
        return _describe(self)

    def to_dict(self) -> dict[str, Any]:
        mobile = self.mobile

        temp_id = self.temp_id

        temp_para: dict[str, Any] | Unset = UNSET
        if not isinstance(self.temp_para, Unset):
            temp_para = self.temp_para.to_dict()

        sign_id = self.sign_id

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "mobile": mobile,
                "temp_id": temp_id,
            }
        )
        if temp_para is not UNSET:
            field_dict["temp_para"] = temp_para
        if sign_id is not UNSET:
            field_dict["sign_id"] = sign_id

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.template_parameters import TemplateParameters  # noqa: PLC0415

        d = dict(src_dict)
        mobile = d.pop("mobile")

        temp_id = d.pop("temp_id")

        _temp_para = d.pop("temp_para", UNSET)
        temp_para: TemplateParameters | Unset
        if isinstance(_temp_para, Unset):
            temp_para = UNSET
        else:
            temp_para = TemplateParameters.from_dict(_temp_para)

        sign_id = d.pop("sign_id", UNSET)

        _parsed = cls(
            mobile=mobile,
            temp_id=temp_id,
            temp_para=temp_para,
            sign_id=sign_id,
        )

        return _parsed
