# Made from spec/openapi.yaml by scripts/regenerate. Do not edit: change the spec and make it again.
"""Contains some shared types for properties"""

from collections.abc import Callable, Mapping, MutableMapping
from typing import IO, Any, BinaryIO, Final, Generic, Literal, ParamSpec, TypeVar

from attrs import define, field, fields, frozen


class Unset:
    """The type of UNSET, which marks a property that is not sent"""

    __slots__ = ()

    def __bool__(self) -> Literal[False]:
        return False

    def __repr__(self) -> str:
        return "UNSET"

    def __reduce__(self) -> str:
        """Copy and pickle by name, so that there is only one"""
        return "UNSET"


UNSET: Final = Unset()


def describe(model: Any) -> str:
    """Return the repr of a model: the fields that are set; values may be secret or personal"""
    names = [item.name for item in fields(type(model)) if getattr(model, item.name) not in (UNSET, {})]
    return f"{type(model).__name__}({', '.join(name + '=...' for name in names)})"


# The types that `httpx.Client(files=)` can accept, copied from that library.
FileContent = IO[bytes] | bytes | str
FileTypes = (
    # (filename, file (or bytes), content_type)
    tuple[str | None, FileContent, str | None]
    # (filename, file (or bytes), content_type, headers)
    | tuple[str | None, FileContent, str | None, Mapping[str, str]]
)
RequestFiles = list[tuple[str, FileTypes]]


@define
class File:
    """Contains information for file uploads"""

    payload: BinaryIO
    file_name: str | None = None
    mime_type: str | None = None

    def to_tuple(self) -> FileTypes:
        """Return a tuple representation that httpx will accept for multipart/form-data"""
        if self.mime_type is not None and not self.mime_type.isprintable():
            raise ValueError("the mime type of a file must not hold control characters")
        return self.file_name, self.payload, self.mime_type


T = TypeVar("T")


@define
class Response(Generic[T]):
    """A response from an endpoint"""

    status_code: int
    content: bytes = field(repr=False)
    headers: MutableMapping[str, str] = field(repr=False)
    parsed: T | None


P = ParamSpec("P")


@frozen(eq=False)
class Operation(Generic[P, T]):
    """One operation: how to build its request and how to read its answer, without any way to send"""

    operation_id: str
    build: Callable[P, dict[str, Any]] = field(repr=False)
    """ Takes the path parameters and the body; returns method, url (below the base URL), and what of headers,
    json and files it needs """
    read: Callable[[int, Any], T] = field(repr=False)
    """ Takes the status and the decoded JSON (None for an empty body) of a success; returns the typed result.
    Raises KeyError, TypeError or ValueError if there is none to be had """


__all__ = ["UNSET", "File", "FileTypes", "Operation", "RequestFiles", "Response", "Unset", "describe"]
