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


T = TypeVar("T", bound="ScheduledRecipient")


@_attrs_define(repr=False)
class ScheduledRecipient:
    """One recipient of a scheduled task."""

    msg_id: str
    """ Id of the message, text here (C1), given before the message is sent. Delivery reports name it `msgId`. """
    mobile: str
    """ Number of the recipient. """
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
        if temp_para is not UNSET:
            field_dict["temp_para"] = temp_para

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.template_parameters import TemplateParameters  # noqa: PLC0415

        d = dict(src_dict)
        msg_id = d.pop("msg_id")

        mobile = d.pop("mobile")

        _temp_para = d.pop("temp_para", UNSET)
        temp_para: TemplateParameters | Unset
        if isinstance(_temp_para, Unset):
            temp_para = UNSET
        else:
            temp_para = TemplateParameters.from_dict(_temp_para)

        _parsed = cls(
            msg_id=msg_id,
            mobile=mobile,
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
