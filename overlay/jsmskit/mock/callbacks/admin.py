"""Receivers and deliveries as `JsmsMock.callbacks` shows them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from ..model.random_ids import RandomIds
from ..model.records import CallbackType, Delivery
from ..state.state import State
from ..state.store.queries import InboxReader
from ..state.timers import TimerKind
from .sender import CallbackSender

#: Length of the text of an address check (callback page).
ECHO_LENGTH = 8


class CallbackAdmin:
    """Where callbacks go, and how they went.

    Args:
        state: where addresses and the log are.
        random_ids: draw the text of an echo check.
        sender: makes the check.
        key_of: fills in the application where none is named.
    """

    def __init__(
        self, state: State, random_ids: RandomIds, sender: CallbackSender, key_of: Callable[[str | None], str]
    ) -> None:
        self._state = state
        self._random_ids = random_ids
        self._sender = sender
        self._key_of = key_of
        self._reader = InboxReader(state.database)

    def addresses(self, app_key: str | None = None) -> dict[CallbackType, str | None]:
        """Return the receiver of every type; None: none, and reports and replies wait to be pulled.

        Args:
            app_key: whose; left out, as for `JsmsMock`.
        """
        with self._state.database.lock:
            known = self._state.callbacks.addresses(self._key_of(app_key))
            return {kind: known.get(kind) for kind in CallbackType}

    def set(
        self,
        url: str | None,
        types: Iterable[CallbackType | str] = tuple(CallbackType),
        *,
        app_key: str | None = None,
        check: bool = True,
    ) -> None:
        """Set the receiver of some types, after asking it for its echo; None takes it away.

        A receiver of reports or replies switches the pull call of the same name off for the application.

        Args:
            url: http or https, on this machine unless the mock was told otherwise; any port.
            types: SMS_REPORT, SMS_REPLY, SMS_TEMPLATE, SMS_SIGN; all of them unless told.
            app_key: whose; left out, as for `JsmsMock`.
            check: False leaves the echo check out, which the service never does.

        Raises:
            CallbackAddressError: the address cannot be, does not answer, or does not echo. Nothing is set.
        """
        self.set_each({CallbackType(kind): url for kind in types}, app_key=app_key, check=check)

    def set_each(
        self, urls: Mapping[CallbackType, str | None], *, app_key: str | None = None, check: bool = True
    ) -> None:
        """Set receivers by type; all or, when one of them does not pass, none. Else as `set`.

        Raises:
            CallbackAddressError: an address cannot be, does not answer, or does not echo. Nothing is set.
        """
        key = self._key_of(app_key)
        for url in dict.fromkeys(filter(None, urls.values())):
            self._sender.check_form(url)
            if check:
                with self._state.database.lock:
                    echo = self._random_ids.echo(ECHO_LENGTH)
                self._sender.check_address(url, echo)  # without a lock: the receiver may call the mock
        with self._state.database:
            for kind, receiver in urls.items():
                self._state.callbacks.set_address(key, kind, receiver)
            self._state.tell("callbacks", key)

    def deliveries(self, app_key: str | None = None, *, limit: int | None = None) -> list[Delivery]:
        """Return the delivery log, oldest first, every try of each.

        Args:
            app_key: only this application's; left out: of all.
            limit: the newest so many; left out: all that are kept.
        """
        with self._state.database.lock:
            return self._state.callbacks.log(app_key, limit=limit)

    def repeat(self, delivery_id: int, at: float) -> Delivery | None:
        """Let a callback be tried once more at an instant, whatever became of it; None if it is not there.

        It goes out when the mock settles. A try that is under way is left alone.
        """
        with self._state.database:
            delivery = self._state.callbacks.get(delivery_id)
            if delivery is not None and self._reader.repeat_delivery(delivery_id, at):
                self._state.timers.schedule(at, TimerKind.CALLBACK, str(delivery_id))
                self._state.tell("delivery", delivery_id)
        return delivery
