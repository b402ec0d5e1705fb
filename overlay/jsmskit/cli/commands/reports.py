"""`jsms reports` and `jsms replies`.

The service hands out each record once: a record that was pulled is written somewhere, or its loss is reported.
"""

from __future__ import annotations

import json
import os
import signal
import tempfile
import time
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TextIO

import click

from ..connection import ConnectionOptions, connection_options, json_option
from ..errors import CommandError
from ..exit_codes import ExitCode
from ..framework import Command
from ..language import gettext as _
from ..output import Table, show, stderr, stderr_if_tty, stdout_is_tty
from ..signals import ignore_signals
from ..terminal import escape_json

if TYPE_CHECKING:
    from jsmskit import JsmsClient
    from jsmskit.results.reports import DeliveryReport, Reply, ReplyPage, ReportPage

Record = dict[str, object]


@dataclass(frozen=True, slots=True)
class _Kind:
    """The differences between the two commands."""

    words: str
    columns: tuple[str, ...]
    fetch: Callable[[JsmsClient], ReportPage | ReplyPage]
    record: Callable[[Any], Record]


def _report(one: DeliveryReport) -> Record:
    return {
        "received_at": one.received_at.isoformat(),
        "phone": one.phone,
        "msg_id": one.msg_id,
        "status": int(one.status),
        "name": None if one.info is None else one.info.name,
        "delivered": one.delivered,
    }


def _reply(one: Reply) -> Record:
    return {"replied_at": one.replied_at.isoformat(), "phone": one.phone, "content": one.content}


_REPORTS: Final = _Kind(
    "reports", ("received_at", "phone", "msg_id", "status", "name"), lambda client: client.reports.fetch(), _report
)
_REPLIES: Final = _Kind("replies", ("replied_at", "phone", "content"), lambda client: client.replies.fetch(), _reply)


def _pull_options(function: Callable[..., None]) -> Callable[..., None]:
    for option in reversed(
        (
            click.option("--follow", is_flag=True, help="Keep pulling, every 5 seconds, until Ctrl-C."),
            click.option(
                "-o",
                "--output",
                type=click.Path(dir_okay=False),
                help="Append the records to this file as JSON lines (0600) instead of showing them.",
            ),
        )
    ):
        function = option(function)
    return function


@click.command(cls=Command)
@_pull_options
@connection_options
@json_option
def reports(connection: ConnectionOptions, follow: bool, output: str | None, as_json: bool) -> None:
    """Pull delivery reports: time, phone, msg_id, status, its name. Numbers are shown in full.

    The service returns each report ONCE, up to 500 in a pull, keeps them for 3 days, and has none while a callback
    is set up for them. Pulls must be 5 seconds apart. Keep what you read (-o FILE): the service no longer has it.
    """
    _pull(connection, _REPORTS, follow=follow, output=output, as_json=as_json)


@click.command(cls=Command)
@_pull_options
@connection_options
@json_option
def replies(connection: ConnectionOptions, follow: bool, output: str | None, as_json: bool) -> None:
    """Pull replies of recipients: time, phone, text. Numbers are shown in full.

    The service returns each reply ONCE, up to 500 in a pull, keeps them for 3 days, and has none while a callback
    is set up for them. Pulls must be 5 seconds apart. Keep what you read (-o FILE): the service no longer has it.
    """
    _pull(connection, _REPLIES, follow=follow, output=output, as_json=as_json)


def _pull(connection: ConnectionOptions, kind: _Kind, *, follow: bool, output: str | None, as_json: bool) -> None:
    with _opened(output) as file, connection.client() as client, _graceful_interrupt() as interrupt:
        count = 0
        while True:
            page = kind.fetch(client)
            records = [kind.record(one) for one in page]
            unreadable = list(page.unreadable)
            with _saving_on_failure(kind, records, unreadable):
                if file is not None:
                    _append(file, [*records, *({"unreadable": one} for one in unreadable)])
                elif as_json and not follow:
                    show(True, {kind.words: records, "unreadable": unreadable})
                else:
                    _show(kind, records, as_json=as_json)
                    _tell_unreadable(unreadable, as_json=as_json)
            count += len(records)
            if not follow or interrupt.wait(_interval()):
                break
    if file is not None:
        stderr_if_tty(_("{count} records were added to {file}.").format(count=count, file=output))
    elif not as_json and not count:
        stderr_if_tty(_("No records."))


def _interval() -> float:
    from jsms_api import limits

    return float(limits.PULL_INTERVAL_SECONDS)


def _show(kind: _Kind, records: Sequence[Record], *, as_json: bool) -> None:
    if as_json:  # of a stream each record is a document
        for record in records:
            show(True, record)
    elif records or not stdout_is_tty():
        show(False, None, Table(kind.columns, [[record[name] for name in kind.columns] for record in records]))


def _tell_unreadable(unreadable: Sequence[object], *, as_json: bool) -> None:
    for one in unreadable:
        if as_json:
            show(True, {"unreadable": one})
        else:
            record = json.dumps(one, ensure_ascii=False)
            stderr(_("A record cannot be read; as received: {record}").format(record=record))


@contextmanager
def _opened(output: str | None) -> Generator[TextIO | None]:
    """Open the file before anything is pulled: what cannot be kept is not read."""
    if output is None:
        yield None
        return
    descriptor = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "a", encoding="utf-8") as file:
        yield file


def _append(file: TextIO, records: Iterable[Record]) -> None:
    file.writelines(escape_json(json.dumps(record, ensure_ascii=False)) + "\n" for record in records)
    file.flush()
    os.fsync(file.fileno())


@contextmanager
def _saving_on_failure(kind: _Kind, records: Sequence[Record], unreadable: Sequence[object]) -> Generator[None]:
    """Save what was pulled and could not be written where it belongs: the service no longer has it."""
    try:
        yield
    except (CommandError, OSError) as error:
        if not records and not unreadable:
            raise
        why = error.what if isinstance(error, CommandError) else f"{error.strerror}."
        raise _save_to_temp_file(kind, records, unreadable, why) from None
    except KeyboardInterrupt:
        with ignore_signals():
            raise _save_to_temp_file(
                kind, records, unreadable, _("interrupted while the records were written.")
            ) from None


def _save_to_temp_file(kind: _Kind, records: Sequence[Record], unreadable: Sequence[object], why: str) -> CommandError:
    try:
        descriptor, place = tempfile.mkstemp(prefix=f"jsms-{kind.words}-", suffix=".jsonl")  # 0600
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            _append(file, [*records, *({"unreadable": one} for one in unreadable)])
    except OSError:
        return CommandError(
            why,
            sent=_("No; but {count} records that the service has returned are lost.").format(count=len(records)),
            remedy=_("Look in the console for what is missing."),
            code=ExitCode.RESULT_LOST,
        )
    return CommandError(
        why,
        sent=_("No; but the service has returned {count} records, and will not again.").format(count=len(records)),
        remedy=_("They are kept in {file}.").format(file=place),
        code=ExitCode.RESULT_LOST,
        details={"kept_in": place},
    )


class _StopPullingError(Exception):
    """Ctrl-C while nothing was in flight."""


class _GracefulInterrupt:
    """Lets the pull in flight finish at the first Ctrl-C, since its records would be lost; the second one aborts it."""

    def __init__(self) -> None:
        self._asked = False
        self._waiting = False
        text = _("Waiting for the records in flight; press Ctrl-C again to give them up.")
        self._message = f"\n{text}\n".encode()

    def on_signal(self, number: int, frame: object) -> None:
        """Handle the first Ctrl-C."""
        signal.signal(signal.SIGINT, signal.default_int_handler)
        self._asked = True
        if self._waiting:
            raise _StopPullingError
        with suppress(OSError):  # not through a stream, which may be in use just now
            os.write(2, self._message)

    def wait(self, seconds: float) -> bool:
        """Wait; return true if Ctrl-C was pressed."""
        try:
            self._waiting = True
            if not self._asked:
                time.sleep(seconds)
        except _StopPullingError:
            return True
        finally:
            self._waiting = False
        return self._asked


@contextmanager
def _graceful_interrupt() -> Generator[_GracefulInterrupt]:
    interrupt = _GracefulInterrupt()
    try:
        before = signal.signal(signal.SIGINT, interrupt.on_signal)
    except ValueError:  # not the main thread, which alone is told
        yield interrupt
        return
    try:
        yield interrupt
    finally:
        signal.signal(signal.SIGINT, before)
