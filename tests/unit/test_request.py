"""Requests as bytes: nothing that is built may climb, break out of a form, or leave with a frame of ours."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsmskit import InvalidRequestError
from jsmskit._calls.request import PreparedRequest, RefusedRequest, encode_form, prepare, refusals_as_values
from jsmskit._calls.responses import no_content
from jsmskit.errors import Outcome
from werkzeug import Request

CLIMBING = [
    *("/schedule/../accounts", "/schedule/%2e%2e", "//evil.example", "/schedule/", "schedule/1", "/schedule/a b", ""),
    *("https://evil.example/", "/schedule/1?x=1", "/schedule/1#x", "/schedule/" + "a" * 65, "/schedule/1\n"),
]


@pytest.mark.parametrize("target", CLIMBING)
def test_an_address_that_climbs_or_leaves_is_refused(target: str) -> None:
    """Quoting does not help: libraries and servers take dot segments out. So only an alphabet is let through."""
    with pytest.raises(ValueError, match="path"):
        prepare("getSchedule", {"method": "get", "url": target}, no_content)


def test_a_request_shows_nothing_of_what_it_carries() -> None:
    made = prepare("sendCode", {"url": "/codes", "json": {"mobile": "13800138000"}}, no_content)
    assert made.body == b'{"mobile":"13800138000"}'
    assert "138" not in repr(made)


def test_what_the_checks_overlook_is_still_an_error_of_the_call() -> None:
    """A defect of ours must not come out as a bare ValueError, nor quote what it was about."""

    @refusals_as_values("sendCode")
    def careless(phone: str) -> PreparedRequest[None]:
        raise ValueError(f"cannot send {phone}")

    refused = careless("13800138000")
    assert isinstance(refused, RefusedRequest)
    error = refused.error
    assert isinstance(error, InvalidRequestError)
    assert (error.outcome, error.operation, error.__context__) == (Outcome.NOT_SENT, "sendCode", None)
    assert "138" not in str(error)


def parsed(content_type: str, body: bytes) -> list[bytes]:
    """What an independent parser sees: texts, then files."""
    with Request.from_values(method="POST", content_type=content_type, data=body) as request:
        return [*(text.encode() for text in request.form.values()), *(file.read() for file in request.files.values())]


@given(
    texts=st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=4),
    files=st.lists(st.binary(max_size=200), max_size=3),
)
def test_a_form_is_read_back_as_it_was_written(texts: list[str], files: list[bytes]) -> None:
    """Whatever the texts and images hold: line breaks, dashes, boundaries of others."""
    parts: list[tuple[str, object]] = [
        (f"text{n}", (None, text.encode(), "text/plain")) for n, text in enumerate(texts)
    ]
    parts += [(f"file{n}", (f"f{n}.png", io.BytesIO(content), "image/png")) for n, content in enumerate(files)]
    read = parsed(*encode_form(parts)) if parts else []
    assert read == [*(text.encode() for text in texts), *files]


def test_a_image_cannot_forge_a_field(monkeypatch: pytest.MonkeyPatch) -> None:
    """The boundary is drawn for each form, and drawn again if a part holds it."""
    drawn = iter(["taken", "free"])
    monkeypatch.setattr("secrets.token_hex", lambda size: next(drawn))
    forged = b'--taken\r\nContent-Disposition: form-data; name="sign"\r\n\r\nother\r\n--taken--'
    content_type, body = encode_form([("image0", ("a.png", forged, "image/png")), ("remark", (None, b"x", None))])
    assert content_type == "multipart/form-data; boundary=free"
    assert parsed(content_type, body) == [b"x", forged]


@pytest.mark.parametrize(
    "part",
    [
        ('a"b', (None, b"", None)),
        ("a\r\nb", (None, b"", None)),
        ("", (None, b"", None)),
        ("极", (None, b"", None)),
        ("a", ('x"; name="sign', b"", "image/png")),
        ("a", ("x\r\n.png", b"", "image/png")),
        ("a", ("x.png", b"", "image/png\r\nX-Evil: 1")),
        ("a", ("x.png", b"", "")),
        ("a", ("x.png", 5, "image/png")),
    ],
)
def test_a_part_cannot_break_out_of_its_header(part: tuple[str, tuple[object, ...]]) -> None:
    with pytest.raises(ValueError, match=r"form|media type|bytes"):
        encode_form([part])
