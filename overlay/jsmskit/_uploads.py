"""Pictures for the audit of a sign: read from wherever they are, judged before they are sent.

Knows what a caller may pass (a path, bytes, an open file) and what the service takes. Must not know the
form's parts. The file's own name stays here: it often names a person or a company, and nobody needs it.
"""

from __future__ import annotations

import io
import os
from typing import BinaryIO, Final, NamedTuple, TypeAlias, cast

from jsms_api import limits

from ._refusal import InputRefusedError

__all__ = ["Picture", "Upload", "read_picture"]

Upload: TypeAlias = str | os.PathLike[str] | bytes | BinaryIO
"""A picture: the path of its file, its bytes, or an open binary file."""

_MOST: Final = limits.SIGN_IMAGE_SIZE_BYTES
_KINDS: Final = ((b"\x89PNG\r\n\x1a\n", "png", "image/png"), (b"\xff\xd8\xff", "jpg", "image/jpeg"))
_REMEDY: Final = "Pass the path, the bytes or the open file of a PNG or JPG picture of at most 2 MB."


class Picture(NamedTuple):
    """A picture that may be sent."""

    content: bytes
    suffix: str
    media_type: str

    def __repr__(self) -> str:
        return f"Picture({len(self.content)} bytes)"

    def opened(self) -> BinaryIO:
        """The content as an open file."""
        return io.BytesIO(self.content)


def read_picture(upload: object, field: str) -> Picture:
    """Read a picture and judge size and format. Raises `InputRefusedError`; its text shows no path."""
    content = _content(upload, field)
    if len(content) > _MOST:
        rule = f"the picture has more than {_MOST} bytes."
        raise InputRefusedError(field, "maxLength", rule, "Make it smaller.")
    for mark, suffix, media_type in _KINDS:
        if content.startswith(mark):
            return Picture(content, suffix, media_type)
    raise InputRefusedError(field, "format", "it is no PNG or JPG picture.", _REMEDY)


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
        raise InputRefusedError(field, "invalid", f"the file cannot be read ({reason}).", _REMEDY)
    read = getattr(upload, "read", None)
    if not callable(read):
        rule = f"a picture is a path, bytes or an open file, not {type(upload).__name__}."
        raise InputRefusedError(field, "type", rule, _REMEDY)
    content = read(_MOST + 1)
    if not isinstance(content, bytes):
        raise InputRefusedError(field, "type", "the file is open as text, not as bytes.", _REMEDY)
    return content
