"""A batch that is decided about as a whole: the same answers, messages and balances as entry by entry."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from jsmskit.mock.operations.batches import Batch
from jsmskit.mock.records import AuditStatus, Balances, Template, TemplateType
from jsmskit.mock.seeds import APP_KEY
from jsmskit.mock.text import measure, measure_all, take_apart

from tests.mock.bench import Bench, Judge

#: Id and text, type by type: variables once, twice, none; percent signs, which stand for nothing here.
TEMPLATES = {
    101: ("您好{{a}}", TemplateType.NOTICE),
    102: ("{{a}}{{b}}{{a}}，100%{{b}}", TemplateType.NOTICE),
    103: ("全场%s折", TemplateType.MARKETING),
    104: ("{{b}}%%", TemplateType.MARKETING),
    105: ("两行\r\n{{a}}", TemplateType.VERIFICATION),
}
VALUES = st.sampled_from(
    ["", "x", "%s", "%", "一", "𠮷", "a\nb", "\r\n", "\\u3010", "【", "五" * 63, "长" * 480]
)
PHONES = st.sampled_from(
    [
        "13800138000",
        "13800138001",
        "13800138002",
        "138 0013 8003",
        "15400050006",
        "15400004011",
        "1380013",
        None,
    ]
)
ENTRIES = st.fixed_dictionaries(
    {},
    optional={
        "mobile": PHONES,
        "temp_para": st.dictionaries(st.sampled_from(["a", "b", "c"]), VALUES, max_size=3),
    },
)
BODIES = st.tuples(st.sampled_from(sorted(TEMPLATES)), st.lists(ENTRIES, min_size=1, max_size=4))
BALANCES = st.sampled_from([(1000, 1000, 1000), (2, 1000, 1000), (3, None, 2), (0, 2, None), (1, 1, 0)])
SWITCHES = st.sampled_from([{}, {"limits": False}, {"text_limit": 60}, {"unsubscribe_hint": " 退订回%s"}])


def stand(judge: Judge, balances: tuple[int | None, ...], switches: dict[str, Any]) -> Bench:
    bench = Bench(judge)
    for number, (text, kind) in TEMPLATES.items():
        bench.state.templates.put(Template(APP_KEY, number, text, kind, status=AuditStatus.APPROVED))
    general, industry, market = balances
    account = bench.state.accounts.application(APP_KEY)
    assert account is not None
    bench.state.accounts.put_application(
        type(account)(APP_KEY, account.master_secret, account.dev_key, Balances(general, 0, industry, market))
    )
    bench.change(**switches)
    return bench


@settings(max_examples=150, deadline=None)
@given(BALANCES, SWITCHES, st.lists(BODIES, min_size=1, max_size=3))
@example((1000, 1000, 1000), {}, [(102, [{"mobile": "13800138000", "temp_para": {"a": "%s", "b": "%"}}])])
@example((3, None, 2), {}, [(103, [{"mobile": "13800138000"}, {"mobile": "13800138001"}])])
def test_together_is_what_one_by_one_is(
    judge: Judge,
    balances: tuple[int | None, ...],
    switches: dict[str, Any],
    bodies: list[tuple[int, list[Any]]],
) -> None:
    """Byte by byte, whatever is in a batch, and whatever came before it."""
    quick, slow = stand(judge, balances, switches), stand(judge, balances, switches)
    for temp_id, entries in bodies:
        body = {"temp_id": temp_id, "recipients": entries}
        answer = quick.post("/messages/batch", body)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Batch, "_decide_together", lambda self, till: False)
            assert answer.reply == slow.post("/messages/batch", body).reply
    assert quick.messages() == slow.messages()
    assert quick.dump() == slow.dump()


def test_a_plain_batch_is_decided_about_as_a_whole(judge: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that the comparison above is known to compare two ways."""
    bench = stand(judge, (0, 2000, 0), {})
    monkeypatch.setattr(Batch, "_breach", None)
    entries = [
        {"mobile": f"139{number:08}", "temp_para": {"a": "您" * (number % 100)}} for number in range(1000)
    ]

    answer = bench.post("/messages/batch", {"temp_id": 101, "recipients": entries})

    assert answer.json["success_count"] == 1000
    assert {message.units for message in bench.messages()} == {1, 2}


@given(st.lists(st.text(st.sampled_from("ab\r\n一"), max_size=150), min_size=1, max_size=5))
def test_many_texts_are_measured_as_each_is(texts: list[str]) -> None:
    """The longest length, and each price."""
    measured = [measure(text) for text in texts]
    assert measure_all(texts) == (max(length for length, _ in measured), [units for _, units in measured])


@given(
    st.sampled_from(["", "【%】"]), st.lists(st.fixed_dictionaries({"a": VALUES, "b": VALUES}), min_size=1)
)
def test_many_are_filled_in_as_each_is(front: str, params: list[dict[str, str]]) -> None:
    """With what stands before and behind."""
    for text, _ in TEMPLATES.values():
        words = take_apart(text)
        assert words.fill_all(front, params, "%d") == [f"{front}{words.fill(one)}%d" for one in params]
