"""Starts and checks: the only place with the order of what is asked, of the store and of the service."""

from __future__ import annotations

import time
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address
from typing import Literal, final

from jsms_api import limits
from jsms_api.models.voice_language import VoiceLanguage

from jsmskit import AsyncJsmsClient
from jsmskit.errors import JsmsError, Outcome
from jsmskit.results.codes import CodeReceipt, Verification

from .. import decisions as decide
from ..decisions import AsyncChallenge, CheckRequest, Reservation, StartRequest
from ..errors import TooManyRequestsError, VerificationStoreError
from ..events import VerificationEvent, VerificationObserver, tell
from ..policy import Policy
from ..results import Channel, Checked, CheckReason, Started, StartReason
from ..store import Reply, Step, VerificationStore
from ..subjects import read_address, read_code, read_number, require_name


@final
class AsyncPhoneVerification:
    """Proves that a user holds a phone: sends a code, and checks what the user types. For asyncio.

    A session belongs to an application, a purpose and a number. It is the only one of its kind: a new code ends the
    one before. A code is good once, for its purpose, for `Policy.code_ttl` seconds and `Policy.max_attempts` attempts.

    May be used by many tasks at once. It holds no connection of its own: close the client, and the store if it can be
    closed.

    Args:
        client: sends and verifies; it stays open.
        store: where sessions and limits are kept: `MemoryStore`, `RedisStore` or `DjangoCacheStore`.
        policy: how many codes may be asked for and tried.
        application: separates applications that share a store.
        template_id: an approved verification template; its `ttl` is `Policy.code_ttl`.
        sign_id: the sign in front of the text; the application's default sign if left out.
        voice_language: of calls; the service takes Chinese if left out.
        challenge: is asked before a text is paid for, whether the user has to solve a challenge first.
        observer: is told of every start and check (`jsmskit.telemetry.VerificationMetrics` counts them).
        clock: seconds since 1970; the store's own clock if left out, which is one clock for all machines.

    Raises:
        ConfigurationError: if `application` is no name.
    """

    def __init__(
        self,
        client: AsyncJsmsClient,
        *,
        store: VerificationStore,
        policy: Policy = Policy(),  # noqa: B008  # frozen
        application: str = "default",
        template_id: int = limits.READY_MADE_TEMPLATE,
        sign_id: int | None = None,
        voice_language: VoiceLanguage | int | None = None,
        challenge: AsyncChallenge | None = None,
        observer: VerificationObserver | None = None,
        clock: Callable[[], float] | None = None,
    ) -> None:
        self._client = client
        self._store = store
        self._policy = policy
        self._application = require_name("application", application)
        self._template_id = template_id
        self._sign_id = sign_id
        self._voice_language = voice_language
        self._challenge = challenge
        self._observer = observer
        self._clock = clock

    async def start(
        self,
        phone: str | int,
        *,
        purpose: str,
        ip: str | IPv4Address | IPv6Address | None = None,
        channel: Channel | Literal["text", "voice"] = Channel.TEXT,
        challenge_passed: bool = False,
    ) -> Started:
        """Send a code, unless a limit is reached. Costs one message.

        Answer every caller alike, whether or not you know the number: look the user up after the check.

        Args:
            phone: the number as the user typed it. What is no number is a value, not an error.
            purpose: what the code will open, such as `login`: a name in your program, not part of a request.
            ip: address of the user's request. Behind a proxy, take it from where your framework is told to trust it.
                Left out, there are no limits per address.
            channel: `text`, or `voice` for a call that reads the code out.
            challenge_passed: the user has solved the challenge that an earlier start asked for.

        Returns:
            True in a condition only if a code is on its way; else it has a `reason`. `advice` is for the user.

        Raises:
            TooManyRequestsError: if a limit is reached, with `retry_after` and `limit`. Nothing was sent.
            VerificationStoreError: if the store does not answer. Nothing was sent unless its `outcome` is unknown.
            ConfigurationError: if `purpose` or `channel` is none.
        """
        number, masked, address = read_number(phone), decide.mask_typed(phone), read_address(ip)
        del phone, ip  # a traceback with local variables must not show them
        name, way = require_name("purpose", purpose), decide.read_channel(channel)
        begun = time.perf_counter()
        outcome = "store_failed"
        try:
            refused = decide.refuse_start(number, masked, name, way, address, self._policy)
            if refused is not None or number is None:
                assert refused is not None
                result = refused
            else:
                hashes = self._store.peppers.hashes("number", number)
                request = StartRequest(self._application, name, way, number, masked, hashes, address, self._policy)
                result = await self._start(request, challenge_passed=challenge_passed)
            outcome = "sent" if result.reason is None else result.reason.value
        except TooManyRequestsError as error:
            outcome = error.limit.value
            raise
        finally:
            seconds = time.perf_counter() - begun
            event = VerificationEvent("start", self._application, name, way.value, outcome, seconds)
            tell(self._observer, event, masked)
        return result

    async def check(self, phone: str | int, code: str, *, purpose: str) -> Checked:
        """Check the code that the user typed.

        The attempt is counted before the service is asked, so that guesses made at once cannot exceed
        `Policy.max_attempts`.

        Args:
            phone: the number, in any spelling.
            code: what the user typed. Blanks and dashes are removed.
            purpose: what the code was asked for.

        Returns:
            True in a condition only if the code is right, for the first time; else it has a `reason`, and `advice` for
            the user.

        Raises:
            VerificationStoreError: if the store does not answer. Never take that for a right code.
            ConfigurationError: if `purpose` is none.
        """
        number, masked, typed = read_number(phone), decide.mask_typed(phone), read_code(code)
        del phone, code
        name = require_name("purpose", purpose)
        begun = time.perf_counter()
        outcome = "store_failed"
        try:
            if number is None or typed is None:
                reason = CheckReason.MISSING if typed is None else CheckReason.NOT_STARTED
                result = decide.check_result(masked, name, reason)
            else:
                hashes = self._store.peppers.hashes("number", number)
                most = self._policy.max_attempts
                result = await self._check(CheckRequest(self._application, name, masked, hashes, typed, most))
            outcome = "right" if result.reason is None else result.reason.value
        finally:
            seconds = time.perf_counter() - begun
            event = VerificationEvent("check", self._application, name, "", outcome, seconds)
            tell(self._observer, event, masked)
        return result

    async def _start(self, request: StartRequest, *, challenge_passed: bool) -> Started:
        step = request.reserve_step(self._store.peppers, self._now())
        reservation = Reservation(request, step, await self._store.run_async(step))
        refused = reservation.too_many_requests()
        if refused is not None:
            raise refused
        receipt: CodeReceipt | None = None
        error: JsmsError | None = None
        reason: StartReason | None = StartReason.CHALLENGE
        if challenge_passed or not await self._challenges(reservation):
            reservation.sound_alarms()
            try:
                sent = await self._send(request)
                error = sent.withheld
                receipt = sent if error is None else None
            except JsmsError as failed:
                error = failed
            reason = decide.reason_of(error)
        await self._settle(reservation, reason, receipt)
        return reservation.result(reason, error)

    async def _challenges(self, reservation: Reservation) -> bool:
        if self._challenge is None:
            return False
        try:
            return await self._challenge(reservation.context())
        except BaseException:
            await self._settle(reservation, StartReason.CHALLENGE, None)
            raise

    async def _send(self, request: StartRequest) -> CodeReceipt:
        codes = self._client.codes
        if request.channel is Channel.VOICE:
            return await codes.send_voice(
                request.number.reveal(), language=self._voice_language, ttl=self._policy.code_ttl
            )
        return await codes.send(request.number.reveal(), template_id=self._template_id, sign_id=self._sign_id)

    async def _settle(self, reservation: Reservation, reason: StartReason | None, receipt: CodeReceipt | None) -> None:
        step = reservation.settle_step(reason, receipt)
        await self._note(step, may_be_out=reason in (None, StartReason.UNKNOWN))

    async def _check(self, request: CheckRequest) -> Checked:
        step = request.attempt_step(self._now())
        reply = await self._store.run_async(step)
        if reply.ended is not None:
            return decide.check_result(request.masked, request.purpose, reply.ended)
        verification: Verification | None = None
        error: JsmsError | None = None
        try:
            verification = await self._client.codes.verify(reply.msg_id, request.code.reveal())
        except JsmsError as failed:
            error = failed
        reason = decide.verdict(verification)
        conclusion = decide.conclude_step(request, step, reply, reason, error)
        concluded = await self._note(conclusion, may_be_out=True)  # the code may be used up
        if reason is None and not concluded.accepted:
            # Another check was first, or a new code took the place of this one while the service was asked.
            reason = CheckReason.USED if concluded.current else CheckReason.EXPIRED
        left = request.max_attempts - reply.attempts + (1 if conclusion.undo else 0)
        shown = left if reason in (CheckReason.WRONG, CheckReason.UNAVAILABLE) else None
        return decide.check_result(request.masked, request.purpose, reason, attempts_left=shown, error=error)

    async def _note(self, step: Step[Reply], *, may_be_out: bool) -> Reply:
        """Carry out the step that comes after the service was asked."""
        failure: VerificationStoreError | None = None
        try:
            return await self._store.run_async(step)
        except VerificationStoreError as failed:
            failure = failed
        if may_be_out:
            failure.outcome = Outcome.UNKNOWN
        raise failure

    def _now(self) -> int | None:
        return None if self._clock is None else int(self._clock() * 1000)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(application={self._application!r})"
