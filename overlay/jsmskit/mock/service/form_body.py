"""Reading the multipart form of a sign, also as the official SDKs write it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from ..model.rule_catalog import Confidence, declare

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

_INFERRED = Confidence.INFERRED

HEADERS: Final = declare(
    "tolerance.form-headers",
    "The form is read also with a blank before the boundary parameter, an unquoted boundary, part names "
    "without quotes, and media types on text parts.",
    _INFERRED,
    "the SDKs for Java and .NET",
)
EMPTY_PARTS: Final = declare("tolerance.empty-parts", "Empty parts count as not sent.", _INFERRED, "the PHP SDK")
PICTURE_NAMES: Final = declare(
    "tolerance.picture-names",
    "Pictures are taken under all names ever used: those of 2025-09, image0 to image3, images.",
    _INFERRED,
    "the pages of all years, the Java SDK, a Symfony bundle; C15",
)

#: Under this name the Java SDK sends every picture.
JAVA_PICTURES: Final = "images"


class NotAFormError(ValueError):
    """The body is no form; says why."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a form.

    Attributes:
        name: of the field.
        has_file_name: it was sent as a file.
        content: the bytes.
    """

    name: str
    has_file_name: bool
    content: bytes

    def text(self) -> str:
        """Read the part as text in UTF-8.

        Raises:
            NotAFormError: it is something else.
        """
        try:
            return self.content.decode()
        except UnicodeDecodeError as error:
            raise NotAFormError(f"{self.name} is not UTF-8") from error


def read_parts(content_type: str, body: bytes) -> list[Part]:
    """Take a form apart, in memory, empty parts left out.

    Raises:
        NotAFormError: no boundary, broken, or cut off before its end.
    """
    boundary = parse_options_header(content_type)[1].get(b"boundary")
    if not boundary:
        raise NotAFormError("no boundary")
    collector = _Collector()
    try:
        parser = MultipartParser(boundary, collector.callbacks())
        parser.write(body)
        parser.finalize()
    except FormParserError as error:
        raise NotAFormError(str(error)) from error
    if not collector.ended:
        raise NotAFormError("cut off before the end")
    return [part for part in collector.parts if part.content]


class _Collector:
    """Gathers what the parser finds."""

    def __init__(self) -> None:
        self.parts: list[Part] = []
        self.ended = False
        self._data = bytearray()
        self._field = bytearray()
        self._value = bytearray()
        self._headers: dict[bytes, bytes] = {}

    def callbacks(self) -> MultipartCallbacks:
        return {
            "on_part_begin": self._begin,
            "on_part_data": lambda data, start, end: self._data.extend(data[start:end]),
            "on_part_end": self._end,
            "on_header_field": lambda data, start, end: self._field.extend(data[start:end]),
            "on_header_value": lambda data, start, end: self._value.extend(data[start:end]),
            "on_header_end": self._header,
            "on_end": self._all,
        }

    def _begin(self) -> None:
        self._data, self._headers = bytearray(), {}

    def _header(self) -> None:
        self._headers[bytes(self._field).strip().lower()] = bytes(self._value)
        self._field, self._value = bytearray(), bytearray()

    def _end(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        name = options.get(b"name")
        if name is None:
            raise NotAFormError("a part without a name")
        self.parts.append(Part(name.decode("utf-8", "replace"), b"filename" in options, bytes(self._data)))

    def _all(self) -> None:
        self.ended = True
