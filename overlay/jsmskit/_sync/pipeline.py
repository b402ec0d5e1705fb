# Made from overlay/jsmskit/_async/pipeline.py by tools/unasync.py. Do not edit: change that file and run the tool.
"""The one way that every call takes: keys, deadline, one or more tries, the verdict, a line in the log.

Knows the order of these steps. Every decision in it is made elsewhere, by pure functions. Must not know
arguments of operations, fields of answers, or HTTP libraries.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, TypeVar, final

from jsms_api.operations import Credential, Effect, OperationInfo

from .._answers import Answer, ContradictionError, ShapeError, read_answer
from .._drafts import Draft
from .._http.backends.sleep_threads import Sleep
from .._http.errors import TransportError, comes_from_signal_handler, foreign_error
from .._http.protocols import SyncTransport, TransportRequest
from .._journal import note, note_interrupted
from .._outcomes import (
    Sight,
    judge,
    sight_of_answer,
    sight_of_cut_answer,
    sight_of_failure,
)
from .._problems import Ending, missing_credential, problem
from .._retries import RetryBudget, RetryPolicy, delay_before_repeat
from .._settings import BATCH_DEADLINE, CALL_DEADLINE
from .._version import VERSION
from ..credentials import Credentials, KeyPair
from ..errors import JsmsError, Outcome

if TYPE_CHECKING:
    from .._observing import CallObserver, Watched

__all__ = ["Pipeline"]

R = TypeVar("R")

_FIXED_HEADERS: Final = {
    "Accept": "application/json",
    # Encoded answers are refused unread, so none is asked for.
    "Accept-Encoding": "identity",
    "User-Agent": f"jsmskit/{VERSION}",
}
_JSON: Final = "application/json"


@final
class Pipeline:
    """Runs drafts. One for each client; views of a client share everything but deadline and retry policy."""

    def __init__(
        self,
        *,
        base: str,
        credentials: Credentials,
        transport: Callable[[], SyncTransport],
        deadline: float | None,
        retry: RetryPolicy,
        clock: Callable[[], float],
        now: Callable[[], datetime],
        sleep: Sleep,
        rng: Callable[[], float],
        observer: CallObserver | None,
    ) -> None:
        self._base = base
        self._credentials = credentials
        self._transport = transport
        self.deadline = deadline
        self.retry = retry
        self._clock = clock
        self.now = now
        self._sleep = sleep
        self._rng = rng
        self._observer = observer
        self._budget = RetryBudget(retry.budget)
        self._headers: dict[tuple[Credential, str | None], Mapping[str, str]] = {}
        self._pulled: dict[str, float] = {}

    @property
    def base_url(self) -> str:
        """The address that requests go to."""
        return self._base

    @property
    def application(self) -> str:
        """A fingerprint of the application's key."""
        return self._credentials.app.fingerprint

    def view(self, *, deadline: float | None, retry: RetryPolicy) -> Pipeline:
        """The same pipeline with another deadline and policy: one pool, one budget, one memory of pulls."""
        seen = Pipeline.__new__(Pipeline)
        seen.__dict__.update(self.__dict__)
        seen.deadline = deadline
        seen.retry = retry
        return seen

    def run(self, draft: Draft[R], *, allow_duplicate: bool = False) -> R:
        """Make the call of a draft: its result, or one `JsmsError`."""
        if draft.settled is not None:
            return draft.settled
        info = draft.info
        pair = self._credentials.pair_for(info.credential)
        if pair is None:
            raise missing_credential(info)
        transport = self._transport()
        begun = self._clock()
        limit = self.deadline
        if limit is None:
            limit = BATCH_DEADLINE if draft.batch else CALL_DEADLINE
        last = begun + limit
        watched = None if self._observer is None else self._watch(self._observer, info)
        attempts = 0
        doubtful = False
        delay: float | None = None
        while True:
            attempts += 1
            try:
                if delay is not None:
                    self._sleep(delay)
                ending = self._attempt(transport, draft, pair, last, fresh=draft.batch or attempts > 1)
            except BaseException as interruption:
                seconds = self._clock() - begun
                note_interrupted(info, seconds=seconds, attempts=attempts)
                if watched is not None:
                    watched.interrupted(interruption, attempts=attempts, seconds=seconds)
                if info.effect is not Effect.NONE:
                    interruption.add_note(
                        f"jsmskit: {info.operation_id} was under way; it may have been carried out."
                    )
                raise
            if ending.sight is Sight.ACCEPTED:
                self._budget.give_back(self.retry.budget)
                seconds = self._clock() - begun
                note(info, ending, None, seconds=seconds, attempts=attempts)
                if watched is not None:
                    watched.ended_well(attempts=attempts, seconds=seconds, answer=ending.answer)
                result: R = ending.result
                return result
            verdict = judge(info.effect, ending.sight, strict=self.retry.strict)
            delay = delay_before_repeat(
                verdict,
                effect=info.effect,
                attempt=attempts,
                policy=self.retry,
                allow_duplicate=allow_duplicate,
                random=self._rng,
            )
            if (
                delay is None
                or self._clock() + delay >= last
                or not self._budget.spend(self.retry.repeat_cost)
            ):
                break
            doubtful = doubtful or (verdict.outcome is Outcome.UNKNOWN and info.effect is not Effect.NONE)
        failure: JsmsError = problem(info, ending, verdict, attempts=attempts, doubtful=doubtful)
        seconds = self._clock() - begun
        note(info, ending, failure.outcome, seconds=seconds, attempts=attempts)
        if watched is not None:
            watched.failed(failure, seconds=seconds)
        raise failure

    def _attempt(
        self, transport: SyncTransport, draft: Draft[R], pair: KeyPair, end: float, *, fresh: bool
    ) -> Ending:
        """One exchange. Whatever comes back or goes wrong, the ending is a value; only interruptions pass
        through.
        """
        left = end - self._clock()
        if left <= 0:
            return Ending(Sight.NO_TIME)
        request = TransportRequest(
            draft.info.method, self._base + draft.target, self._headers_for(draft, pair), draft.body
        )
        try:
            status, headers, body = transport.exchange(request, timeout=left, new_connection=fresh)
            answer = read_answer(status, headers, body, draft.skim)
            return _ending(draft, answer)
        except TransportError as error:
            failure = error
        except Exception as error:  # whatever a transport raises, the caller gets a JsmsError
            if comes_from_signal_handler(error):
                raise
            failure = foreign_error(error)
        if failure.status is None:
            return Ending(sight_of_failure(failure), None, failure.detail)
        cut = Answer(failure.status, readable=False)
        return Ending(sight_of_cut_answer(failure, failure.status), cut, failure.detail)

    def _watch(self, observer: CallObserver, info: OperationInfo) -> Watched:
        from .._observing import begin  # most clients have no observer, and do not pay for it

        return begin(observer, info, self._base)

    def _headers_for(self, draft: Draft[Any], pair: KeyPair) -> Mapping[str, str]:
        content_type = draft.content_type
        place = draft.info.credential, content_type
        known = self._headers.get(place)
        if known is not None:
            return known
        made = {**_FIXED_HEADERS, "Authorization": pair.authorization.reveal()}
        if content_type is not None:
            made["Content-Type"] = content_type
        if content_type in (None, _JSON):  # the others carry a boundary that is used once
            self._headers[place] = made
        return made

    def keep_interval(self, operation_id: str, seconds: float) -> None:
        """Wait until this many seconds have passed since the operation's last pull by this client."""
        last = self._pulled.get(operation_id)
        if last is not None:
            left = last + seconds - self._clock()
            if left > 0:
                self._sleep(left)

    def note_pull(self, operation_id: str) -> None:
        """Remember that a pull has just ended."""
        self._pulled[operation_id] = self._clock()


def _ending(draft: Draft[Any], answer: Answer) -> Ending:
    """What an answer means for this draft, with the result if there is one."""
    sight = sight_of_answer(answer.status, code=answer.code, readable=answer.readable)
    if sight is not Sight.ACCEPTED and not (sight is Sight.REFUSED and answer.code in draft.values):
        return Ending(sight, answer)
    sight, why = Sight.UNREADABLE, ""
    try:
        return Ending(Sight.ACCEPTED, answer, result=draft.read(answer))
    except ContradictionError as error:
        sight, why = Sight.ODD, str(error)
    except ShapeError as error:
        why = str(error)
    except Exception as error:  # noqa: BLE001  # generated readers raise KeyError, TypeError and others
        why = f"It has another shape than the contract says ({type(error).__name__})."
    return Ending(sight, answer, why)
