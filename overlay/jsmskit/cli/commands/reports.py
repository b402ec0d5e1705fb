"""`jsms balance`, `jsms reports` and `jsms replies`.

The service hands out each report and reply once: what was pulled is written somewhere, or its loss is reported.
"""

from __future__ import annotations

import json
import os
import signal
import tempfile
import time
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import contextmanager, nullcontext, suppress
from typing import TYPE_CHECKING, Any, Final, TextIO

import click

from ..connection import ConnectionOptions, service_options
from ..errors import CommandError
from ..exit_codes import ExitCode
from ..framework import Command
from ..language import gettext as _
from ..output import (
    KeyValues,
    Table,
    escape_json,
    show,
    stderr,
    stderr_if_tty,
    stdout_is_tty,
    wants_json,
    write,
    write_json,
)
from ..parameters import options
from ..signals import ignore_signals

if TYPE_CHECKING:
    from jsmskit import DeliveryReport, Reply

Record = dict[str, object]

_KINDS: Final = ("general", "voice", "industry", "market")


@click.command(cls=Command)
@click.option("--account", is_flag=True, help="Show that of the account; needs JSMS_DEV_KEY and JSMS_DEV_SECRET.")
@service_options
def balance(connection: ConnectionOptions, account: bool) -> None:
    """Show how many messages are left: general ones, and those for one kind only.

    industry: codes and notices; market: marketing. A kind without a quota is left out, and null with --json.
    """
    with connection.client() as client:
        found = client.accounts.account_balance() if account else client.accounts.app_balance()
    data = {kind: getattr(found, kind) for kind in _KINDS}
    assigned = any(value is not None for value in data.values())
    show(data, KeyValues(list(data.items())) if assigned else _("No quota was ever assigned."))


_pull_options = options(
    click.option("--follow", is_flag=True, help="Keep pulling, every 5 seconds, until Ctrl-C."),
    click.option(
        "-o",
        "--output",
        type=click.Path(dir_okay=False),
        help="Append the records to this file as JSON lines (0600) instead of showing them.",
    ),
)


@click.command(cls=Command)
@_pull_options
@service_options
def reports(connection: ConnectionOptions, follow: bool, output: str | None) -> None:
    """Pull delivery reports: time, phone, msg_id, status, its name. Numbers are shown in full.

    The service returns each report ONCE, up to 500 in a pull, keeps them for 3 days, and has none while a callback
    is set up for them. Pulls must be 5 seconds apart. Keep what you read (-o FILE): the service no longer has it.
    """

    def record(one: DeliveryReport) -> Record:
        return {
            "received_at": one.received_at.isoformat(),
            "phone": one.phone,
            "msg_id": one.msg_id,
            "status": int(one.status),
            "name": None if one.info is None else one.info.name,
            "delivered": one.delivered,
        }

    _pull(connection, "reports", ("received_at", "phone", "msg_id", "status", "name"), record, follow, output)


@click.command(cls=Command)
@_pull_options
@service_options
def replies(connection: ConnectionOptions, follow: bool, output: str | None) -> None:
    """Pull replies of recipients: time, phone, text. Numbers are shown in full.

    The service returns each reply ONCE, up to 500 in a pull, keeps them for 3 days, and has none while a callback
    is set up for them. Pulls must be 5 seconds apart. Keep what you read (-o FILE): the service no longer has it.
    """

    def record(one: Reply) -> Record:
        return {"replied_at": one.replied_at.isoformat(), "phone": one.phone, "content": one.content}

    _pull(connection, "replies", ("replied_at", "phone", "content"), record, follow, output)


def _pull(
    connection: ConnectionOptions,
    kind: str,
    columns: tuple[str, ...],
    record: Callable[[Any], Record],
    follow: bool,
    output: str | None,
) -> None:
    from jsms_api import limits

    count = 0
    is_idle = False
    with _opened(output) if output else nullcontext() as file, connection.client() as client:
        try:
            while True:
                with _finishing_what_is_in_flight() as pressed:
                    is_idle = False
                    page = (client.reports if kind == "reports" else client.replies).fetch()
                    records = [record(one) for one in page]
                    unreadable: list[Record] = [{"unreadable": one} for one in page.unreadable]
                    with _saving_on_failure(kind, [*records, *unreadable]):
                        if file is not None:
                            _append(file, [*records, *unreadable])
                        elif wants_json() and not follow:
                            write_json({kind: records, "unreadable": list(page.unreadable)})
                        else:
                            _show(columns, records, unreadable)
                    count += len(records)
                    is_idle = True
                if not follow or pressed:
                    break
                time.sleep(limits.PULL_INTERVAL_SECONDS)
        except KeyboardInterrupt:
            if not is_idle:
                raise
    if file is not None:
        stderr_if_tty(_("{count} records were added to {file}.").format(count=count, file=output))
    elif not count:
        stderr_if_tty(_("No records."))


def _show(columns: tuple[str, ...], records: Sequence[Record], unreadable: Sequence[Record]) -> None:
    if wants_json():  # of a stream each record is a document
        for one in (*records, *unreadable):
            write_json(one)
        return
    if records or not stdout_is_tty():
        write(Table(columns, [[record[name] for name in columns] for record in records]))
    for one in unreadable:
        shown = json.dumps(one["unreadable"], ensure_ascii=False)
        stderr(_("A record cannot be read; as received: {record}").format(record=shown))


def _opened(output: str) -> TextIO:
    """Open the file before anything is pulled: what cannot be kept is not read."""
    return os.fdopen(os.open(output, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a", encoding="utf-8")


def _append(file: TextIO, records: Iterable[Record]) -> None:
    file.writelines(escape_json(json.dumps(record, ensure_ascii=False)) + "\n" for record in records)
    file.flush()
    os.fsync(file.fileno())


@contextmanager
def _saving_on_failure(kind: str, records: Sequence[Record]) -> Generator[None]:
    """Save what was pulled and could not be written where it belongs: the service no longer has it."""
    try:
        yield
    except (CommandError, OSError) as error:
        if not records:
            raise
        why = error.what if isinstance(error, CommandError) else f"{error.strerror}."
        raise _save_to_temp_file(kind, records, why) from None
    except KeyboardInterrupt:
        with ignore_signals():
            raise _save_to_temp_file(kind, records, _("interrupted while the records were written.")) from None


def _save_to_temp_file(kind: str, records: Sequence[Record], why: str) -> CommandError:
    try:
        descriptor, place = tempfile.mkstemp(prefix=f"jsms-{kind}-", suffix=".jsonl")  # 0600
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            _append(file, records)
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


@contextmanager
def _finishing_what_is_in_flight() -> Generator[list[int]]:
    """Let a pull finish at the first Ctrl-C, since its records would be lost; the second one aborts it.

    Yields a list that is empty until Ctrl-C is pressed.
    """
    pressed: list[int] = []
    text = _("Waiting for the records in flight; press Ctrl-C again to give them up.")

    def note(number: int, frame: object) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        pressed.append(number)
        with suppress(OSError):  # not through a stream, which may be in use just now
            os.write(2, f"\n{text}\n".encode())

    try:
        before = signal.signal(signal.SIGINT, note)
    except ValueError:  # not the main thread, which alone is told
        yield pressed
        return
    try:
        yield pressed
    finally:
        signal.signal(signal.SIGINT, before)
