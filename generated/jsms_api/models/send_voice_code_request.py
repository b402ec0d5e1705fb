# Made from spec/openapi.yaml by scripts/regenerate. Do not edit: change the spec and make it again.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..models.voice_language import VoiceLanguage
from ..types import UNSET, Unset
from ..types import describe as _describe

T = TypeVar("T", bound="SendVoiceCodeRequest")


@_attrs_define(repr=False)
class SendVoiceCodeRequest:
    """Body of `sendVoiceCode`. No template and no sign are involved."""

    mobile: str
    """ Mobile number in mainland China to call, 11 digits without country prefix. An empty one counts as missing.
    Whether `+86` would be understood is not documented (C33). """
    code: str | Unset = UNSET
    """ The code to read out, 4 to 8 digits. Text, not a number: a number would lose leading zeros. Left out, the
    service makes one. Wrong length gives 50038, anything but digits 50039. """
    voice_lang: VoiceLanguage | Unset = UNSET
    """ The language in which a voice code is read out: 0 Chinese, 1 English, 2 a mix of both. Anything else is
    refused with 50040. When it is left out, 0 is assumed; no page says so (G11). """
    ttl: int | Unset = UNSET
    """ Life of the code in seconds. Left out, the service uses 60. The voice page names no bounds; the ones here
    are those of templates (more than 0, at most 86400, one day), which share the code 50041. """

    def __repr__(self) -> str:
        return _describe(self)

    def to_dict(self) -> dict[str, Any]:
        mobile = self.mobile

        code = self.code

        voice_lang: int | Unset = UNSET
        if not isinstance(self.voice_lang, Unset):
            voice_lang = self.voice_lang.value

        ttl = self.ttl

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "mobile": mobile,
            }
        )
        if code is not UNSET:
            field_dict["code"] = code
        if voice_lang is not UNSET:
            field_dict["voice_lang"] = voice_lang
        if ttl is not UNSET:
            field_dict["ttl"] = ttl

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        mobile = d.pop("mobile")

        code = d.pop("code", UNSET)

        _voice_lang = d.pop("voice_lang", UNSET)
        voice_lang: VoiceLanguage | Unset
        if isinstance(_voice_lang, Unset):
            voice_lang = UNSET
        else:
            voice_lang = VoiceLanguage(_voice_lang)

        ttl = d.pop("ttl", UNSET)

        _parsed = cls(
            mobile=mobile,
            code=code,
            voice_lang=voice_lang,
            ttl=ttl,
        )

        return _parsed
