# Made from spec/openapi.yaml by scripts/regenerate. Do not edit: change the spec and make it again.
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset
from ..types import describe as _describe

if TYPE_CHECKING:
    from ..models.template_parameters import TemplateParameters


T = TypeVar("T", bound="ScheduleRequest")


@_attrs_define(repr=False)
class ScheduleRequest:
    """One message and the moment at which it goes out. Also the body of a change, which replaces all of it."""

    send_time: str
    """ When to send, `yyyy-MM-dd HH:mm:ss`, 24 hours, no zone and no fraction. It has to lie in the future. Read as
    China Standard Time, UTC+8; the documentation does not name the zone (G7). This is not the RFC 3339 form: a `T`
    or an offset is refused. """
    mobile: str
    """ Number of the recipient, a mobile phone of mainland China: 11 digits, without country prefix. The alphabet
    is a careful reading of many sources; the documentation gives only samples (C33). """
    temp_id: int
    """ Id of an approved template of this application. `1` is the ready-made verification template. """
    temp_para: TemplateParameters | Unset = UNSET
    """ The values for the variables of a template: the name of the variable without its braces, and the text to put
    there. For the template `您的取件码是{{number}}` it is `{"number": "741627"}`. All values are text, numbers too. Names
    that the template does not know are presumably ignored (G22). """
    sign_id: int | Unset = UNSET
    """ Sign to put before the text. Left out, the application's default sign is used. Which code an unknown sign
    gives in a sending call is not documented; 50102 is inferred (G2). """

    def __repr__(self) -> str:
        return _describe(self)

    def to_dict(self) -> dict[str, Any]:
        send_time = self.send_time

        mobile = self.mobile

        temp_id = self.temp_id

        temp_para: dict[str, Any] | Unset = UNSET
        if not isinstance(self.temp_para, Unset):
            temp_para = self.temp_para.to_dict()

        sign_id = self.sign_id

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "send_time": send_time,
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
        send_time = d.pop("send_time")

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
            send_time=send_time,
            mobile=mobile,
            temp_id=temp_id,
            temp_para=temp_para,
            sign_id=sign_id,
        )

        return _parsed
