"""What arrived on the phones: listing it, and waiting for the next message or code."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial

from ..model.clock import wait_for, wait_for_blocking
from ..model.records import Message
from .state import State

#: Real seconds that a wait lasts unless told otherwise. Only a test that fails waits so long.
WAIT_SECONDS = 5.0


class NoMessageError(TimeoutError):
    """No message came in time. The text says for which number, how long, and what was there."""


class Inbox:
    """The phones of all recipients.

    Args:
        state: where messages are.

    Attributes:
        run_due: does what is due by now, so that timed messages are there when one looks.
    """

    def __init__(self, state: State, run_due: Callable[[], object]) -> None:
        self._state = state
        self.run_due = run_due
        self._handed_out: dict[tuple[str | None, str | None], int] = {}

    def forget(self) -> None:
        """Forget what was handed out: the state it belonged to is gone."""
        self._handed_out.clear()

    def messages(
        self, phone: str | None = None, *, app_key: str | None = None, after: int | None = None
    ) -> list[Message]:
        """List what arrived, oldest first.

        Args:
            phone: only this number; a prefix +86 or 86 is taken off.
            app_key: only this application's.
            after: only what arrived after the message with this `id`.
        """
        self.run_due()
        with self._state.database.lock:
            return self._state.messages.find(without_country_code(phone), app_key, after)

    def set_deleted(self, message_ids: Collection[int], *, deleted: bool) -> list[int]:
        """Take messages out of the inbox, or put them back; return the ids of those that changed.

        The service goes on knowing them.
        """
        with self._state.database:
            changed = self._state.messages.set_deleted(message_ids, deleted=deleted)
            self._state.tell("deleted" if deleted else "restored", *changed)
        return changed

    def take(
        self, phone: str | None = None, *, app_key: str | None = None, after: int | None = None, code: bool = False
    ) -> Message | None:
        """Return the next message, or None.

        Without `after` every message is handed out once per filter: messages in order of arrival; of codes
        the newest, and older ones never (who asks for a code wants the one that was just sent).
        """
        key = (without_country_code(phone), app_key)
        self.run_due()
        with self._state.database.lock:
            since = self._handed_out.get(key, 0) if after is None else after
            found = self._state.messages.find(*key, since)
            if code:
                found = [message for message in found if message.code is not None]
            if not found:
                return None
            message = found[-1] if code else found[0]
            if after is None:
                self._handed_out[key] = message.id
            return message

    def wait(
        self,
        phone: str | None = None,
        *,
        app_key: str | None = None,
        after: int | None = None,
        code: bool = False,
        seconds: float = WAIT_SECONDS,
    ) -> Message:
        """Wait for what `take` gives, by blocking this thread.

        Raises:
            NoMessageError: nothing came within so many real seconds.
        """
        take = partial(self.take, phone, app_key=app_key, after=after, code=code)
        found = wait_for_blocking(self._state.changes, take, seconds)
        return found if found is not None else self._nothing(phone, app_key, seconds, code=code)

    async def wait_async(
        self,
        phone: str | None = None,
        *,
        app_key: str | None = None,
        after: int | None = None,
        code: bool = False,
        seconds: float = WAIT_SECONDS,
    ) -> Message:
        """Wait for what `take` gives, without blocking the event loop.

        Raises:
            NoMessageError: nothing came within so many real seconds.
        """
        take = partial(self.take, phone, app_key=app_key, after=after, code=code)
        found = await wait_for(self._state.changes, take, seconds)
        return found if found is not None else self._nothing(phone, app_key, seconds, code=code)

    def _nothing(self, phone: str | None, app_key: str | None, seconds: float, *, code: bool) -> Message:
        there = len(self.messages(phone, app_key=app_key))
        wanted = "code" if code else "message"
        whom = "any number" if phone is None else phone
        before = f"{there} had come before" if there else "none has ever come"
        raise NoMessageError(f"no new {wanted} for {whom} came within {seconds:g} s; {before}")


def without_country_code(phone: str | None) -> str | None:
    """Take the country's prefix off a number, as the service does (C33)."""
    if phone is None:
        return None
    digits = phone.removeprefix("+")
    return digits[2:] if len(digits) == 13 and digits.startswith("86") else digits
