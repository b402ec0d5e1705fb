# Made from spec/openapi.yaml by scripts/regenerate. Do not edit: change the spec and make it again.
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset
from ..types import describe as _describe

if TYPE_CHECKING:
    from ..models.template_parameters import TemplateParameters


T = TypeVar("T", bound="BatchRecipient")


@_attrs_define(repr=False)
class BatchRecipient:
    """One recipient of a batch. What is wrong with the value of one entry is reported for that entry inside the 200
    response and does not refuse the batch. That a missing `mobile` is reported in the same way is uncertain.

    """

    mobile: str
    """ Mobile number in mainland China, 11 digits without country prefix. Always text, never a number. Whether
    `+86` would be understood is not documented (C33). """
    temp_para: TemplateParameters | Unset = UNSET
    """ The values for the variables of a template: the name of the variable without its braces, and the text to put
    there. For the template `您的取件码是{{number}}` it is `{"number": "741627"}`. All values are text, numbers too. Names
    that the template does not know are presumably ignored (G22). """

    def __repr__(self) -> str:
        return _describe(self)

    def to_dict(self) -> dict[str, Any]:
        mobile = self.mobile

        temp_para: dict[str, Any] | Unset = UNSET
        if not isinstance(self.temp_para, Unset):
            temp_para = self.temp_para.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "mobile": mobile,
            }
        )
        if temp_para is not UNSET:
            field_dict["temp_para"] = temp_para

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.template_parameters import TemplateParameters  # noqa: PLC0415

        d = dict(src_dict)
        mobile = d.pop("mobile")

        _temp_para = d.pop("temp_para", UNSET)
        temp_para: TemplateParameters | Unset
        if isinstance(_temp_para, Unset):
            temp_para = UNSET
        else:
            temp_para = TemplateParameters.from_dict(_temp_para)

        _parsed = cls(
            mobile=mobile,
            temp_para=temp_para,
        )

        return _parsed
