"""The ledger against a plain model, in every order of steps that Hypothesis can think of; SQLite and PostgreSQL.

The model is a dict of number to state, and the set of those whose request may have left. It knows nothing of
chunks being tables, transactions or databases.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable

import pytest
from campaign_postgres import PostgresServer
from campaign_scene import MARKETING, Clock
from campaign_service import numbers
from hypothesis import Phase
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from jsmskit.campaigns import CampaignState, ChunkState, RecipientState, RunSettings, open_ledger, plan
from jsmskit.campaigns.decisions import ChunkDecision, RecipientUpdate, decide_not_sent, decide_unknown
from jsmskit.campaigns.errors import CampaignStateError
from jsmskit.campaigns.ledger import Ledger, new_owner
from jsmskit.campaigns.models import ChunkLease, Finished

SETTINGS = RunSettings(concurrency=3, canary=False, unknown_in_a_row=10**9, unknown_share=1.0, split_calls=16)
STEPS = int(os.environ.get("JSMS_MODEL_STEPS", "30"))
EXAMPLES = int(os.environ.get("JSMS_MODEL_EXAMPLES", "12"))


class LedgerAgainstModel(RuleBasedStateMachine):
    """Every rule does something to the ledger and says in plain words what must be true after it."""

    place: str

    @staticmethod
    def empty() -> None:
        """Throw away what an example left where the folder is not the place."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(prefix="jsms-model-")
        self.clock = Clock()
        self.ledger: Ledger | None = None
        self.model: dict[str, str] = {}
        self.orders: list[ChunkLease] = []
        self.owner = new_owner()
        self.running = True
        self.opted_out: set[str] = set()
        self.reported: set[str] = set()
        self.closed: set[tuple[int, int]] = set()
        """Chunk and attempt about which their owner has nothing to say any more."""

    @initialize(size=st.integers(1, 160))
    def begin(self, size: int) -> None:
        place = self.place.format(folder=self.folder.name)
        self.ledger = open_ledger(place, clock=self.clock)
        people = numbers(size)
        number = plan(self.ledger, people, MARKETING, again=True).campaign_id
        self.number = number
        self.model = dict.fromkeys(people, "pending")
        self.ledger.start(number, self.owner, SETTINGS, resume=False, hold=False)

    def _of(self) -> Ledger:
        assert self.ledger is not None
        return self.ledger

    @rule()
    def claim(self) -> None:
        step = self._of().claim(self.number, self.owner, SETTINGS)
        in_flight = {one.phone for order in self.orders for one in order.members}
        if isinstance(step, ChunkLease):
            assert self.running
            phones = [one.phone for one in step.members]
            assert not in_flight & set(phones), "claimed twice"
            assert all(self.model[phone] == "pending" for phone in phones), "sent to somebody who is settled"
            assert not self.opted_out & set(phones), "sent to somebody who opted out"
            self.orders.append(step)
        elif isinstance(step, Finished) and step.state is CampaignState.FINISHED:
            waiting = {phone for phone, state in self.model.items() if state == "pending"} - self.opted_out
            assert not waiting, "finished with somebody pending"
            self.running = False
        # The claim itself takes those out who left since.
        listed = {one.phone for one in self._of().queries.recipients(self.number, RecipientState.SKIPPED)}
        assert listed <= self.opted_out
        for phone in listed:
            self.model[phone] = "skipped"

    def _settle(self, order: ChunkLease, verdict: ChunkDecision, states: dict[str, str]) -> None:
        written = self._of().settle(order, verdict, SETTINGS)
        key = (order.chunk, order.attempt)
        known = all(self.model[one.phone] == "unknown" for one in order.members)
        if key in self.closed:
            assert not written
            return
        if known and not verdict.answered:
            assert not written
            return
        assert written
        self.closed.add(key)
        self.model.update(states)
        self._learn()

    def _learn(self) -> None:
        """Take over what reports said: only of those who were reported, and whose request may have left."""
        for one in self._of().queries.recipients(self.number, RecipientState.DELIVERED, RecipientState.FAILED):
            assert one.phone in self.reported
            assert self.model[one.phone] in ("accepted", "unknown", "delivered", "failed")
            self.model[one.phone] = one.state.value

    def _take(self, place: int) -> ChunkLease:
        return self.orders.pop(place % len(self.orders))

    @precondition(lambda self: self.orders)
    @rule(place=st.integers(0, 9), rejected=st.integers(0, 5), forgotten=st.integers(0, 5), together=st.booleans())
    def answer(self, place: int, rejected: int, forgotten: int, together: bool) -> None:
        """Those who were taken stand in the verdict together, as a rule, or one by one (timed tasks)."""
        order = self._take(place)
        fates: list[RecipientUpdate] = []
        accepted: dict[int, str] = {}
        states: dict[str, str] = {}
        for index, one in enumerate(order.members):
            state = RecipientState.ACCEPTED
            if index < rejected:
                state = RecipientState.REJECTED
            elif index < rejected + forgotten:
                state = RecipientState.UNKNOWN
            msg_id = f"m{one.phone}"
            if together and state is RecipientState.ACCEPTED:
                accepted[one.position] = msg_id
            else:
                fates.append(RecipientUpdate(one.position, state, msg_id=msg_id))
            states[one.phone] = state.value
        verdict = ChunkDecision(ChunkState.ACCEPTED, updates=tuple(fates), accepted=accepted, answered=True)
        self._settle(order, verdict, states)
        for phone in self.reported & states.keys():
            assert self.model[phone] != "accepted", "a report that overtook the answer found nobody"

    @precondition(lambda self: self.orders)
    @rule(place=st.integers(0, 9))
    def silence(self, place: int) -> None:
        order = self._take(place)
        self._settle(order, decide_unknown(order, "?"), {one.phone: "unknown" for one in order.members})

    @precondition(lambda self: self.orders)
    @rule(place=st.integers(0, 9))
    def give_back(self, place: int) -> None:
        order = self._take(place)
        self._settle(order, decide_not_sent("no"), {one.phone: "pending" for one in order.members})

    @precondition(lambda self: self.orders)
    @rule(place=st.integers(0, 9), split=st.booleans())
    def refuse(self, place: int, split: bool) -> None:
        order = self._take(place)
        if split and len(order.members) > 1:
            before = self._of().queries.counts(self.number).in_states(RecipientState.REJECTED)
            states = {one.phone: "pending" for one in order.members}
            self._settle(order, ChunkDecision(ChunkState.REJECTED, 50007, "x", split=True, answered=True), states)
            if (
                self._of().queries.counts(self.number).in_states(RecipientState.REJECTED) > before
            ):  # the bound was reached
                self.model.update({one.phone: "rejected" for one in order.members})
            return
        back = tuple(one.position for one in order.members[:2])
        fates = tuple(RecipientUpdate(one.position, RecipientState.ACCEPTED) for one in order.members[2:])
        states = {one.phone: "pending" for one in order.members[:2]}
        states |= {one.phone: "accepted" for one in order.members[2:]}
        self._settle(order, ChunkDecision(ChunkState.ACCEPTED, updates=fates, requeue=back, answered=True), states)

    @rule()
    def die_and_resume(self) -> None:
        """The program is gone; a new owner starts. Late words of the old one may still come."""
        old = self.owner
        self.owner = new_owner()
        mine = [order for order in self.orders if order.owner == old]
        try:
            self._of().start(self.number, self.owner, SETTINGS, resume=True, hold=False)
            self.running = True
        except CampaignStateError:
            self.running = False
        for order in mine:
            if (order.chunk, order.attempt) not in self.closed:
                self.model.update({one.phone: "unknown" for one in order.members})

    @rule()
    def stop(self) -> None:
        if self._of().stop(self.number, "enough"):
            self.running = False

    @rule(sent=st.booleans())
    def resolve(self, sent: bool) -> None:
        unknown = {phone for phone, state in self.model.items() if state == "unknown"}
        assert self._of().resolve(self.number, sent=sent, reason="looked") == len(unknown)
        for phone in unknown:
            self.model[phone] = "accepted" if sent else "pending"
        for order in self.orders:
            if {one.phone for one in order.members} & unknown:
                self.closed.add((order.chunk, order.attempt))

    @rule(index=st.integers(0, 159), delivered=st.booleans())
    def report(self, index: int, delivered: bool) -> None:
        phone = numbers(1, index)[0]
        self._of().feedback.record_reports([(f"m{phone}", phone, 4001 if delivered else 4002, self.clock.now - 3600)])
        self.reported.add(phone)
        self._learn()

    @rule(index=st.integers(0, 159))
    def leave(self, index: int) -> None:
        phone = numbers(1, index)[0]
        self._of().feedback.opt_out([phone], "asked")
        self.opted_out.add(phone)

    @invariant()
    def ledger_and_model_agree(self) -> None:
        if self.ledger is not None:
            listed = {one.phone: one.state.value for one in self.ledger.queries.recipients(self.number)}
            assert listed == self.model

    def teardown(self) -> None:
        if self.ledger is not None:
            self.ledger.close()
        self.folder.cleanup()
        self.empty()


def _run(place: str, examples: int, empty: Callable[[], None] = lambda: None) -> None:
    fixed = {"place": place, "empty": staticmethod(empty)}
    machine = type("Machine", (LedgerAgainstModel,), fixed)
    run_state_machine_as_test(
        machine,
        settings=hypothesis_settings(
            max_examples=examples, stateful_step_count=STEPS, deadline=None, phases=[Phase.generate]
        ),
    )


def test_sqlite_against_the_model() -> None:
    """Nobody is claimed twice, nobody settled is sent to, and the states are the model's after every step."""
    _run("{folder}/model.db", EXAMPLES)


@pytest.mark.xdist_group("postgres")
def test_postgres_against_the_model(postgres: PostgresServer) -> None:
    postgres.empty()
    _run(postgres.url, EXAMPLES // 2, postgres.empty)
