"""The recipients of a chunk as a sequence, and the decision on a response in any order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from jsmskit.campaigns import RunSettings
from jsmskit.campaigns.decisions import judge_answer
from jsmskit.campaigns.values import Member, Members, Order
from jsmskit.results import AcceptedMessage, BatchResult

PEOPLE = [f"1380013800{place}" for place in range(6)]


@given(
    st.lists(st.sampled_from(PEOPLE), unique=True, max_size=6),
    st.lists(st.sampled_from(["1", "2-a"]), min_size=6, max_size=6),
    st.booleans(),
)
def test_an_answer_in_the_order_of_the_question_is_judged_as_in_any_other(
    accepted: list[str], ids: list[str], sort: bool
) -> None:
    """Everybody has the msg_id that stands beside the number, and who is not mentioned is unknown."""
    told = sorted(accepted) if sort else accepted
    members = Members([3 * place for place in range(6)], PEOPLE)
    order = Order(1, 1, 1, "me", 2, False, 0.0, 7, None, None, members)
    by_phone = dict(zip(told, ids, strict=False))
    result = BatchResult(tuple(AcceptedMessage(*pair) for pair in by_phone.items()), ())
    verdict = judge_answer(order, result, RunSettings())
    assert dict(verdict.taken) == {3 * PEOPLE.index(phone): msg_id for phone, msg_id in by_phone.items()}
    unknown = [fate.position for fate in verdict.fates]
    assert unknown == [3 * place for place, phone in enumerate(PEOPLE) if phone not in by_phone]


def test_members_are_a_sequence_of_people() -> None:
    """Made of columns or of people, whole or in part, they show the same, and nothing of it in their `repr`."""
    people = [Member(0, PEOPLE[0], '{"a":"b"}', 1), Member(4, PEOPLE[1], None, 0)]
    made = Members.of(people)
    assert (list(made), made[-1], made[1:], len(made)) == (people, people[1], (people[1],), 2)
    assert list(Members([0, 4], PEOPLE[:2])) == [one._replace(values=None, tries=0) for one in people]
    assert repr(made) == "<2 members>"
    assert [one.params for one in made] == [{"a": "b"}, {}]
