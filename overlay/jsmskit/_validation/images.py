"""Images for the review of a sign: read from a path, bytes or an open file, and validated before they are sent.

The file's own name is never sent: it often names a person or a company.
"""

from __future__ import annotations

import io
import os
from dataclasses import dataclass
from typing import BinaryIO, Final, TypeAlias, cast

from jsms_api import limits

from .invalid_argument import InvalidArgument

Upload: TypeAlias = str | os.PathLike[str] | bytes | BinaryIO
"""An image: the path of its file, its bytes, or an open binary file."""

_MOST: Final = limits.SIGN_IMAGE_SIZE_BYTES
_KINDS: Final = ((b"\x89PNG\r\n\x1a\n", "png", "image/png"), (b"\xff\xd8\xff", "jpg", "image/jpeg"))
_REMEDY: Final = "Pass the path, the bytes or the open file of a PNG or JPG image of at most 2 MB."


@dataclass(frozen=True, slots=True, repr=False)
class Image:
    """An image that may be sent."""

    content: bytes
    suffix: str
    media_type: str

    def __repr__(self) -> str:
        return f"Image({len(self.content)} bytes)"

    def open(self) -> BinaryIO:
        """Return the content as an open file."""
        return io.BytesIO(self.content)


def load_image(upload: object, field: str) -> Image:
    """Read an image and validate size and format. Raises `InvalidArgument`; its text shows no path."""
    content = _content(upload, field)
    if len(content) > _MOST:
        rule = f"the image has more than {_MOST} bytes."
        raise InvalidArgument(field, "maxLength", rule, "Make it smaller.")
    for mark, suffix, media_type in _KINDS:
        if content.startswith(mark):
            return Image(content, suffix, media_type)
    raise InvalidArgument(field, "format", "it is no PNG or JPG image.", _REMEDY)


def _content(upload: object, field: str) -> bytes:
    # One byte more than allowed is enough to know that it is too large.
    if isinstance(upload, bytes):
        return upload
    if isinstance(upload, (str, os.PathLike)):
        try:
            with open(os.fspath(cast("str", upload)), "rb") as opened:
                return opened.read(_MOST + 1)
        except (OSError, ValueError) as error:
            reason = type(error).__name__
        raise InvalidArgument(field, "invalid", f"the file cannot be read ({reason}).", _REMEDY)
    read = getattr(upload, "read", None)
    if not callable(read):
        rule = f"an image is a path, bytes or an open file, not {type(upload).__name__}."
        raise InvalidArgument(field, "type", rule, _REMEDY)
    content = read(_MOST + 1)
    if not isinstance(content, bytes):
        raise InvalidArgument(field, "type", "the file is open as text, not as bytes.", _REMEDY)
    return content
