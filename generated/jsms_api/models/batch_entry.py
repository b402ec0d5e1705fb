# Made from spec/openapi.yaml by scripts/regenerate. Do not edit: change the spec and make it again.
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset
from ..types import describe as _describe

if TYPE_CHECKING:
    from ..models.template_parameters import TemplateParameters


T = TypeVar("T", bound="BatchEntry")


@_attrs_define(repr=False)
class BatchEntry:
    """What became of one entry of a batch. An accepted entry has `msg_id` and `mobile`; a refused one has `error_code` and
    `error_message` as well, and echoes its `temp_para`. `error_code` is what tells them apart.

    """

    msg_id: str
    """ Id of the message, text here (C1). The vendor's sample has one on the refused entry too, so it does not mean
    that anything was sent. """
    mobile: str
    """ The number of the entry, as it was sent. """
    error_code: str | Unset = UNSET
    """ Why the entry was refused; absent on accepted ones. The same codes as in the error envelope but written as
    text, such as `"50006"` (C3). New codes can appear. """
    error_message: str | Unset = UNSET
    """ The vendor's words for `error_code`, for people. Never compare them; they have changed before. """
    temp_para: TemplateParameters | Unset = UNSET
    """ The values for the variables of a template: the name of the variable without its braces, and the text to put
    there. For the template `您的取件码是{{number}}` it is `{"number": "741627"}`. All values are text, numbers too. Names
    that the template does not know are presumably ignored (G22). """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def __repr__(self) -> str:
        return _describe(self)

    def to_dict(self) -> dict[str, Any]:
        msg_id = self.msg_id

        mobile = self.mobile

        error_code = self.error_code

        error_message = self.error_message

        temp_para: dict[str, Any] | Unset = UNSET
        if not isinstance(self.temp_para, Unset):
            temp_para = self.temp_para.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "msg_id": msg_id,
                "mobile": mobile,
            }
        )
        if error_code is not UNSET:
            field_dict["error_code"] = error_code
        if error_message is not UNSET:
            field_dict["error_message"] = error_message
        if temp_para is not UNSET:
            field_dict["temp_para"] = temp_para

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.template_parameters import TemplateParameters  # noqa: PLC0415

        d = dict(src_dict)
        msg_id = d.pop("msg_id")

        mobile = d.pop("mobile")

        error_code = d.pop("error_code", UNSET)

        error_message = d.pop("error_message", UNSET)

        _temp_para = d.pop("temp_para", UNSET)
        temp_para: TemplateParameters | Unset
        if isinstance(_temp_para, Unset):
            temp_para = UNSET
        else:
            temp_para = TemplateParameters.from_dict(_temp_para)

        _parsed = cls(
            msg_id=msg_id,
            mobile=mobile,
            error_code=error_code,
            error_message=error_message,
            temp_para=temp_para,
        )

        _parsed.additional_properties = d
        return _parsed

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
