"""Templates and signs: handed in, reviewed by hand or by the clock, changed, deleted."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from jsms_api import limits
from jsms_api.error_table import ErrorCode
from jsmskit.mock.model.records import ReviewStatus
from jsmskit.mock.service.reviews import TEMPLATES

from tests.mock.bench import OTHER_SIGN, PNG, Bench


def _status(bench: Bench, temp_id: int) -> int:
    return int(bench.get(f"/templates/{temp_id}").json["status"])


# Reviews by the clock.


def test_a_decision_by_hand_stands_when_the_clock_comes_by(bench: Bench) -> None:
    temp_id = bench.template()
    bench.dispatcher.review(TEMPLATES, bench.app_key, temp_id, approved=False)
    bench.clock.advance(2 * 3600)
    bench.put(f"/templates/{temp_id}", {"template": "您好2", "type": 2})
    bench.clock.advance(3600)
    assert _status(bench, temp_id) == ReviewStatus.IN_REVIEW
    bench.clock.advance(2 * 3600)
    assert _status(bench, temp_id) == ReviewStatus.APPROVED
    refused = bench.template()
    bench.dispatcher.review(TEMPLATES, bench.app_key, refused, approved=False)
    gone = bench.template()
    bench.delete(f"/templates/{gone}")
    bench.clock.advance(86_400)
    assert _status(bench, refused) == ReviewStatus.REFUSED
    assert bench.get(f"/templates/{gone}").code == ErrorCode.INVALID_TEMP_ID


# Signs.


def test_there_is_one_default_sign(bench: Bench) -> None:
    """A seed or a review that makes another one the default takes it off the first."""
    other = bench.state.signs.get(bench.app_key, OTHER_SIGN)
    assert other is not None
    bench.state.put_sign(replace(other, is_default=True))
    assert bench.get("/sign/37582").json["is_default"] == 0
    assert bench.notice().status == 200
    assert bench.messages()[0].text.startswith("【另一个】")
    assert bench.delete("/sign/37582").status == 200


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ({"remark": "字" * 101}, ErrorCode.INVALID_BODY),
        ({"idCardImage": b"GIF89a"}, ErrorCode.INVALID_IMAGE),
        ({"otherImage": PNG + bytes(limits.SIGN_IMAGE_SIZE_BYTES)}, ErrorCode.INVALID_IMAGE),
        ({"image0": bytes([1]) * (limits.SIGN_IMAGE_SIZE_BYTES + 1)}, ErrorCode.INVALID_IMAGE),
        ({"images": bytes([1]) * (limits.SIGN_IMAGE_SIZE_BYTES + 1)}, ErrorCode.INVALID_IMAGE),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_part_that_breaks_a_rule_is_refused(bench: Bench, parts: dict[str, Any], code: ErrorCode) -> None:
    """Texts 50007, pictures 50101."""
    assert bench.form("/sign", {"sign": "新签名", **parts}).code == code


@pytest.mark.parametrize(
    "parts",
    [
        {"type": "2", "remark": "字" * 100},
        {"idCardImage": b"\xff\xd8\xff\xe0jpeg"},
        {"otherImage": PNG + bytes(limits.SIGN_IMAGE_SIZE_BYTES - len(PNG))},
        {"image0": b"anything: the old forms named no format"},
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_part_at_the_edge_of_the_rules_is_taken(bench: Bench, parts: dict[str, Any]) -> None:
    """2 MB and not a byte more; old types while the mock is not strict."""
    assert bench.form("/sign", {"sign": "新签名", **parts}).status == 200


STRICT: dict[str, str | bytes] = {
    "sign": "新签名",
    "type": "1",
    "legalPersonName": "张三",
    "legalPersonIdNumber": "11010519000101000X",
    "socialCreditCode": "91440300MA00000000",
    "idCardImage": PNG,
    "businessLicenseImage": PNG,
}


@pytest.mark.parametrize("missing", [name for name in STRICT if name != "sign"])
def test_strict_signs_want_every_part_of_2025(bench: Bench, missing: str) -> None:
    """C15 to C17, C32: 50007 for a missing text, 50101 for a missing picture."""
    bench.change(strict_signs=True)
    parts = {name: value for name, value in STRICT.items() if name != missing}
    code = ErrorCode.INVALID_IMAGE if missing.endswith("Image") else ErrorCode.INVALID_BODY
    assert bench.form("/sign", parts).code == code
    assert bench.form("/sign", STRICT).status == 200


@pytest.mark.parametrize(
    ("kind", "paper"), [("3", "icpAppScreenshot"), ("6", "trademarkImage"), ("7", "thirdPartyAuthImage")]
)
def test_strict_signs_want_the_paper_of_their_type(bench: Bench, kind: str, paper: str) -> None:
    """Types 2, 4 and 5 are gone."""
    bench.change(strict_signs=True)
    for gone in ("2", "4", "5"):
        assert bench.form("/sign", {**STRICT, "type": gone}).rule == "sign.type-gone"
    assert bench.form("/sign", {**STRICT, "type": kind}).rule == "sign.picture-missing"
    assert bench.form("/sign", {**STRICT, "type": kind, paper: PNG}).status == 200
