"""`jsms schedules create`, `batch`, `get`, `update` and `cancel`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from ..confirm import confirm, yes_option
from ..connection import ConnectionOptions, connection_options, json_option, redirect_data
from ..exit_codes import ExitCode
from ..framework import Group
from ..hints import repeat_target
from ..language import gettext as _
from ..output import KeyValues, Table, show, stderr, stderr_if_tty
from ..parameters import moment, pairs, param_option
from ..recipient_files import FileOptions, batch_of, duplicates_option, file_options, skipped_data

if TYPE_CHECKING:
    from jsmskit.results.messages import ScheduleBatchResult, ScheduleReceipt


@click.group(cls=Group)
def command() -> None:
    """Send messages at a later time: create, show, change and cancel them."""


def _task_options(function: Callable[..., None]) -> Callable[..., None]:
    """Add the options that `create`, `batch` and `update` share."""
    for option in reversed(
        (
            click.option(
                "--at",
                "send_at",
                type=moment,
                required=True,
                metavar="TIME",
                help="'2026-01-31 09:30' (UTC+8), 2026-01-31T01:30:00Z, or +2h.",
            ),
            click.option("--template", "template_id", type=int, required=True, help="Id of an approved template."),
            click.option("--sign", "sign_id", type=int, help="Id of the sign; default: the default sign."),
            yes_option,
        )
    ):
        function = option(function)
    return function


def _local(at: datetime) -> str:
    from jsmskit._validation.fields import SERVICE_TIMEZONE

    return f"{at.astimezone(SERVICE_TIMEZONE):%Y-%m-%d %H:%M:%S} (UTC+8)"


@command.command()
@click.argument("phone")
@param_option
@_task_options
@connection_options
@json_option
def create(
    connection: ConnectionOptions,
    phone: str,
    send_at: datetime,
    template_id: int,
    params: tuple[str, ...],
    sign_id: int | None,
    yes: bool,
    as_json: bool,
) -> None:
    """Schedule one template message to PHONE. Prints the schedule_id."""
    from ..send_preview import one_message

    values = pairs(params)
    with connection.client() as client:
        _make_sure_of_one(
            _("Schedule it?"),
            connection,
            yes,
            send_at,
            lambda: one_message(client, phone, template_id, values, sign_id),
        )
        receipt = client.schedules.create(phone, template_id, send_at, values or None, sign_id=sign_id)
    _tell_receipt(receipt, send_at, as_json)


def _make_sure_of_one(
    question: str, connection: ConnectionOptions, yes: bool, send_at: datetime, preview: Callable[[], list[str]]
) -> None:
    from ..send_preview import when

    confirm(
        question,
        yes=yes,
        free=connection.is_free,
        what=_("This schedules a message that will cost money"),
        tell=lambda: [when(_local(send_at)), *preview()],
    )


def _tell_receipt(receipt: ScheduleReceipt, send_at: datetime, as_json: bool) -> None:
    schedule_id = receipt.schedule_id
    done = _("It is scheduled: schedule_id {schedule_id}.").format(schedule_id=schedule_id)
    data = {"schedule_id": schedule_id, "send_at": send_at.isoformat(), **redirect_data(receipt)}
    show(as_json, data, schedule_id, done=done)
    if not as_json:
        stderr_if_tty(
            repeat_target(
                _("It will be sent at {time}. To cancel it: jsms schedules cancel {schedule_id}").format(
                    time=_local(send_at), schedule_id=schedule_id
                )
            )
        )


@command.command(sends=True)
@file_options
@_task_options
@click.option("--tag", help="A label of at most 10 characters that recipients do not see.")
@click.option("--update", "schedule_id", metavar="ID", help="Replace this scheduled batch instead of creating one.")
@duplicates_option
@connection_options
@json_option
def batch(
    connection: ConnectionOptions,
    typed: FileOptions,
    send_at: datetime,
    template_id: int,
    sign_id: int | None,
    tag: str | None,
    schedule_id: str | None,
    allow_duplicates: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Schedule one template to the recipients in FILE (- is standard input), at most 1000.

    FILE is read as by `jsms messages batch`. Prints the schedule_id; rejected recipients are on standard error,
    masked, and in full with --json. Exit code 9: some were rejected, withheld or skipped; 8: some are unknown.
    """
    if schedule_id is not None and tag is not None:
        raise click.UsageError(_("--tag cannot be changed: leave it out with --update."))
    with (
        connection.client() as client,
        batch_of(
            typed,
            connection,
            client,
            template_id=template_id,
            sign_id=sign_id,
            allow_duplicates=allow_duplicates,
            yes=yes,
            question=_("Schedule it for {} recipients?"),
            what=_("This schedules {} messages that will cost money"),
            at=_local(send_at),
        ) as read,
    ):
        if schedule_id is None:
            result = client.schedules.create_batch(template_id, read.recipients, send_at, sign_id=sign_id, tag=tag)
        else:
            result = client.schedules.update_batch(schedule_id, template_id, read.recipients, send_at, sign_id=sign_id)
    _tell_batch(result, skipped_data(read.counts, read.first, read.ignored, read.trimmed), send_at, as_json)


def _tell_batch(result: ScheduleBatchResult, skipped: dict[str, Any], send_at: datetime, as_json: bool) -> None:
    from jsmskit._privacy import mask_phone

    rejected: list[dict[str, Any]] = [
        {"phone": one.phone, "code": one.code, "name": None if one.info is None else one.info.name}
        for one in result.rejected
    ]
    data = {
        "schedule_id": result.schedule_id,
        "send_at": send_at.isoformat(),
        "accepted": len(result.accepted),
        **skipped,
        "rejected": rejected,
        "unknown": list(result.unknown),
        "withheld": list(result.withheld),
        "doubts": list(result.warnings),
    }
    done = _("It is scheduled: schedule_id {schedule_id}.").format(schedule_id=result.schedule_id)
    show(as_json, data, result.schedule_id, done=done)
    if not as_json:
        for one in rejected:
            told = f"{mask_phone(one['phone'])} {one['code']} {one['name'] or ''}".rstrip()
            stderr(_("rejected: {recipient}").format(recipient=told))
        for phone in result.unknown:
            stderr(_("unknown: {recipient}").format(recipient=mask_phone(phone)))
        for phone in result.withheld:
            stderr(_("withheld: {recipient}").format(recipient=mask_phone(phone)))
        stderr_if_tty(
            _("{count} messages will be sent at {time}.").format(count=len(result.accepted), time=_local(send_at))
        )
    if not result.complete or skipped["set_aside"]:
        raise click.exceptions.Exit(ExitCode.UNKNOWN if result.unknown else ExitCode.PARTIAL)


@command.command()
@click.argument("schedule_id")
@connection_options
@json_option
def get(connection: ConnectionOptions, schedule_id: str, as_json: bool) -> None:
    """Show a scheduled message: when, which template, to whom. Numbers are shown in full."""
    with connection.client() as client:
        task = client.schedules.get(schedule_id)
    data = {
        "schedule_id": task.schedule_id,
        "send_at": task.send_at.isoformat(),
        "template_id": task.template_id,
        "recipients": [
            {"phone": one.phone, "msg_id": one.msg_id, "params": dict(one.params)} for one in task.recipients
        ],
    }
    values = [" ".join(f"{name}={value}" for name, value in one.params.items()) for one in task.recipients]
    show(
        as_json,
        data,
        KeyValues(
            [("schedule_id", task.schedule_id), ("send_at", _local(task.send_at)), ("template_id", task.template_id)]
        ),
        Table(
            ("phone", "msg_id", "params"),
            [(one.phone, one.msg_id, said) for one, said in zip(task.recipients, values, strict=True)],
        ),
    )


@command.command()
@click.argument("schedule_id")
@click.argument("phone")
@param_option
@_task_options
@connection_options
@json_option
def update(
    connection: ConnectionOptions,
    schedule_id: str,
    phone: str,
    send_at: datetime,
    template_id: int,
    params: tuple[str, ...],
    sign_id: int | None,
    yes: bool,
    as_json: bool,
) -> None:
    """Replace a scheduled message to one recipient that has not been sent. Give all of it: what you leave out is
    gone. For a scheduled batch: `jsms schedules batch --update ID`.
    """
    from ..send_preview import one_message

    values = pairs(params)
    with connection.client() as client:
        _make_sure_of_one(
            _("Replace it?"), connection, yes, send_at, lambda: one_message(client, phone, template_id, values, sign_id)
        )
        receipt = client.schedules.update(schedule_id, phone, template_id, send_at, values or None, sign_id=sign_id)
    _tell_receipt(receipt, send_at, as_json)


@command.command()
@click.argument("schedule_id")
@connection_options
@json_option
def cancel(connection: ConnectionOptions, schedule_id: str, as_json: bool) -> None:
    """Cancel a scheduled message or batch. Nothing is sent, so there is no question."""
    with connection.client() as client:
        client.schedules.cancel(schedule_id)
    data = {"schedule_id": schedule_id, "cancelled": True}
    show(
        as_json,
        data,
        _("cancelled {schedule_id}").format(schedule_id=schedule_id),
        done=_("It is cancelled: nothing will be sent."),
    )
