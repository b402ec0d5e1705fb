"""A field for mobile numbers, and the two forms of the login."""

from __future__ import annotations

from typing import Any

from django import forms
from jsmskit.phones import is_mobile_phone, normalize_phone
from jsmskit.verification import Advice, AdviceKind

from .verification import words


class PhoneField(forms.CharField):
    """A mobile number of mainland China in any spelling; its value is eleven plain digits."""

    widget = forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"})

    def clean(self, value: Any) -> str:
        """Return the number as the service wants it."""
        typed: str = super().clean(value)
        if not is_mobile_phone(typed):
            raise forms.ValidationError(words(Advice(AdviceKind.CORRECT_NUMBER)), code="invalid")
        return normalize_phone(typed)


class PhoneForm(forms.Form):
    """Where to send the code."""

    phone = PhoneField(max_length=64)


class CodeForm(PhoneForm):
    """The number again, and the code."""

    code = forms.CharField(
        max_length=64,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )
