"""`jsms codes`, `jsms messages` and `jsms schedules`: what reaches phones, now or later."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import click

from ..connection import ConnectionOptions, repeat_target, service_options
from ..exit_codes import ExitCode
from ..framework import Group
from ..language import gettext as _
from ..language import is_chinese
from ..output import KeyValues, Table, show, stderr, stderr_if_tty, wants_json
from ..parameters import confirm, is_interactive, moment, options, param_option, yes_option
from ..recipient_files import FileOptions, batch_of, duplicates_option, file_options, skipped_data

if TYPE_CHECKING:
    from jsmskit import BatchResult, CodeReceipt, JsmsClient, MessageReceipt, ScheduleBatchResult, ScheduleReceipt

_LANGUAGES: Final = ("chinese", "english", "mixed")
_READY_MADE: Final = 1  # as `limits.READY_MADE_TEMPLATE`, which would cost an import for --help; a test compares

_template_option = click.option(
    "--template", "template_id", type=int, required=True, help="Id of an approved template."
)
_sign_option = click.option("--sign", "sign_id", type=int, help="Id of the sign; default: the default sign.")
_tag_option = click.option("--tag", help="A label of at most 10 characters that recipients do not see.")


#: What every command has that schedules something.
_task_options = options(
    click.option(
        "--at",
        "send_at",
        type=moment,
        required=True,
        metavar="TIME",
        help="'2026-01-31 09:30' (UTC+8), 2026-01-31T01:30:00Z, or +2h.",
    ),
    _template_option,
    _sign_option,
    yes_option,
)


def _redirected(receipt: CodeReceipt | MessageReceipt | ScheduleReceipt) -> dict[str, str]:
    """The number that a message was redirected to, for programs; nothing if it was not."""
    return {} if receipt.redirected_to is None else {"redirected_to": receipt.redirected_to}


def _show_sent(receipt: CodeReceipt | MessageReceipt, phone: str, told: str) -> None:
    """Print the msg_id. told: what a person at a terminal reads, with places for `phone` and `msg_id`."""
    from jsmskit._privacy import mask_phone

    msg_id = receipt.msg_id
    done = _("Yes, accepted: msg_id {msg_id}.").format(msg_id=msg_id)
    show({"msg_id": msg_id, **_redirected(receipt)}, msg_id, done=done)
    shown = mask_phone(receipt.redirected_to or phone)
    stderr_if_tty(repeat_target(told.format(phone=shown, msg_id=msg_id)))


def _ask(
    connection: ConnectionOptions, client: JsmsClient, question: str, what: str, *message: Any, **more: Any
) -> None:
    """Ask before one message is sent; message, more: as for `one_message`."""
    from ..send_preview import one_message

    confirm(question, free=connection.is_free, what=what, tell=lambda: one_message(client, *message, **more))


def _end_batch(result: BatchResult | ScheduleBatchResult, skipped: dict[str, Any]) -> None:
    if not result.complete or skipped["set_aside"]:
        raise click.exceptions.Exit(ExitCode.UNKNOWN if result.unknown else ExitCode.PARTIAL)


@click.group("codes", cls=Group, aliases={"send-voice": "voice"})
def codes() -> None:
    """Send and verify verification codes, by text or voice."""


@codes.command("send")
@click.argument("phone")
@click.option(
    "--template",
    "template_id",
    type=int,
    default=_READY_MADE,
    show_default=True,
    help="Id of an approved verification template; every application has template 1.",
)
@_sign_option
@yes_option
@service_options
def send_code(connection: ConnectionOptions, phone: str, template_id: int, sign_id: int | None) -> None:
    """Send a code to PHONE, which the service generates.

    Prints the msg_id for `jsms codes verify`. Costs one message.
    """
    with connection.client() as client:
        what = _("This sends a message that costs money")
        _ask(connection, client, _("Send it?"), what, phone, template_id, {}, sign_id, code=True)
        receipt = client.codes.send(phone, template_id=template_id, sign_id=sign_id)
    _show_sent(receipt, phone, _("A code is on its way to {phone}. Next: jsms codes verify {msg_id}"))


@codes.command()
@click.argument("phone")
@click.option("--code", help="4 to 8 digits to read out; default: the service generates it.")
@click.option("--language", type=click.Choice(_LANGUAGES), help="Default: chinese.")
@click.option("--ttl", type=int, metavar="SECONDS", help="How long the code is valid; default: 60.")
@yes_option
@service_options
def voice(connection: ConnectionOptions, phone: str, code: str | None, language: str | None, ttl: int | None) -> None:
    """Call PHONE and read out a code. Costs one voice message."""
    from ..send_preview import one_call

    spoken = None if language is None else _LANGUAGES.index(language)
    with connection.client() as client:
        what = _("This makes a phone call that costs money")
        confirm(_("Make the call?"), free=connection.is_free, what=what, tell=lambda: one_call(phone, language))
        receipt = client.codes.send_voice(phone, code=code, language=spoken, ttl=ttl)
    _show_sent(receipt, phone, _("A code is on its way to {phone}. Next: jsms codes verify {msg_id}"))


@codes.command()
@click.argument("msg_id")
@click.argument("code", required=False)
@service_options
def verify(connection: ConnectionOptions, msg_id: str, code: str | None) -> None:
    """Check the CODE that the user entered for the message MSG_ID.

    Prints `ok`, or the reason and exit code 10. Without CODE (or with -) it is read from standard input, which keeps
    it out of the list of processes.
    """
    if code is None or code == "-":
        typed: str = click.prompt(_("Code"), err=True) if is_interactive() else sys.stdin.readline().strip()
    else:
        typed = code
    with connection.client() as client:
        verdict = client.codes.verify(msg_id, typed)
    reason = None if verdict.reason is None else verdict.reason.value
    show(
        {"ok": verdict.ok, "reason": reason, "code": verdict.error_code},
        "ok" if verdict.ok else str(reason),
        done=_("The code was right, and is used up.") if verdict.ok else "",
    )
    if verdict.ok:
        return
    if verdict.info is not None and not wants_json():
        from jsmskit.errors import Surface, remedy_in

        info = verdict.info
        title = f"{info.title_zh}。" if is_chinese() else f"{info.title_en}. "
        stderr(title + remedy_in(Surface.SHELL, info, "zh" if is_chinese() else "en"))
    raise click.exceptions.Exit(ExitCode.NEGATIVE)


@click.group("messages", cls=Group)
def messages() -> None:
    """Send template messages, to one recipient or a batch of up to 1000."""


@messages.command("send")
@click.argument("phone")
@_template_option
@param_option
@_sign_option
@yes_option
@service_options
def send_message(
    connection: ConnectionOptions, phone: str, template_id: int, params: dict[str, str], sign_id: int | None
) -> None:
    """Send one template message to PHONE. Prints its msg_id, which delivery reports carry."""
    with connection.client() as client:
        what = _("This sends a message that costs money")
        _ask(connection, client, _("Send it?"), what, phone, template_id, params, sign_id)
        receipt = client.messages.send(phone, template_id, params or None, sign_id=sign_id)
    _show_sent(receipt, phone, _("A message is on its way to {phone}."))


@messages.command("batch")
@file_options
@_template_option
@_sign_option
@_tag_option
@duplicates_option
@yes_option
@service_options
def send_batch(
    connection: ConnectionOptions,
    typed: FileOptions,
    template_id: int,
    sign_id: int | None,
    tag: str | None,
    allow_duplicates: bool,
) -> None:
    """Send one template to the recipients in FILE (- is standard input), at most 1000, in one request.

    FILE is a workbook, CSV, JSON lines ({"phone": ..., "params": {...}}), or plain numbers, one on each line; see
    `jsms help files`. Rows that cannot be sent are skipped. For more recipients, or to survive a crash:
    `jsms campaign`.

    Prints a line for each recipient: phone, state (accepted, rejected, unknown, withheld), msg_id, code, its name. Exit
    code 9: some were refused, withheld or skipped; 8: some are unknown.
    """
    with (
        connection.client() as client,
        batch_of(
            typed,
            connection,
            client,
            template_id=template_id,
            sign_id=sign_id,
            allow_duplicates=allow_duplicates,
            question=_("Send to {} recipients?"),
            what=_("This sends {} messages that cost money"),
        ) as read,
    ):
        result = client.messages.send_batch(template_id, read.recipients, sign_id=sign_id, tag=tag)
    skipped = skipped_data(read)
    entries = list(_entries(result))
    counts = {name: len(getattr(result, name)) for name in ("accepted", "rejected", "unknown", "withheld")}
    said = _("{accepted} accepted, {rejected} rejected, {unknown} unknown").format(**counts)
    if result.withheld:
        said += _(", {withheld} withheld").format(**counts)
    columns = ("phone", "state", "msg_id", "code", "name")
    show(
        {**counts, **skipped, "doubts": list(result.warnings), "recipients": entries},
        Table(columns, [[entry.get(name) for name in columns] for entry in entries]),
        done=_("Yes: {counts}.").format(counts=said),
    )
    if not wants_json():
        (stderr_if_tty if result.complete else stderr)(said + ("。" if is_chinese() else "."))
        for doubt in result.warnings:
            stderr(_("The response contradicts itself: {doubt}").format(doubt=doubt))
        if result.unknown:
            stderr(_("Unknown ones may have been sent: look at the delivery reports before you repeat them."))
    _end_batch(result, skipped)


def _entries(result: BatchResult) -> Iterator[dict[str, object]]:
    for taken in result.accepted:
        yield {"phone": taken.phone, "state": "accepted", "msg_id": taken.msg_id}
    for one in result.rejected:
        name = None if one.info is None else one.info.name
        yield {"phone": one.phone, "state": "rejected", "msg_id": one.msg_id, "code": one.code, "name": name}
    for phone in result.unknown:
        yield {"phone": phone, "state": "unknown"}
    for phone in result.withheld:
        yield {"phone": phone, "state": "withheld"}


@click.group("schedules", cls=Group)
def schedules() -> None:
    """Send messages at a later time: create, show, change and cancel them."""


def _local(at: datetime) -> str:
    from jsmskit._validation.fields import SERVICE_TIMEZONE

    return f"{at.astimezone(SERVICE_TIMEZONE):%Y-%m-%d %H:%M:%S} (UTC+8)"


@schedules.command("create")
@click.argument("phone")
@param_option
@_task_options
@service_options
def create_schedule(connection: ConnectionOptions, /, **message: Any) -> None:
    """Schedule one template message to PHONE. Prints the schedule_id."""
    _schedule_one(connection, None, **message)


@schedules.command("update")
@click.argument("schedule_id")
@click.argument("phone")
@param_option
@_task_options
@service_options
def update_schedule(connection: ConnectionOptions, /, schedule_id: str, **message: Any) -> None:
    """Replace a scheduled message to one recipient that has not been sent. Give all of it: what you leave out is
    gone. For a scheduled batch: `jsms schedules batch --update ID`.
    """
    _schedule_one(connection, schedule_id, **message)


def _schedule_one(
    connection: ConnectionOptions,
    replaced: str | None,
    *,
    phone: str,
    send_at: datetime,
    template_id: int,
    params: dict[str, str],
    sign_id: int | None,
) -> None:
    with connection.client() as client:
        question = _("Schedule it?") if replaced is None else _("Replace it?")
        what = _("This schedules a message that will cost money")
        _ask(connection, client, question, what, phone, template_id, params, sign_id, at=_local(send_at))
        message = (phone, template_id, send_at, params or None)
        if replaced is None:
            receipt = client.schedules.create(*message, sign_id=sign_id)
        else:
            receipt = client.schedules.update(replaced, *message, sign_id=sign_id)
    told = _("It will be sent at {time}. To cancel it: jsms schedules cancel {schedule_id}")
    _show_scheduled(receipt.schedule_id, send_at, _redirected(receipt))
    stderr_if_tty(repeat_target(told.format(time=_local(send_at), schedule_id=receipt.schedule_id)))


def _show_scheduled(schedule_id: str, send_at: datetime, more: dict[str, Any]) -> None:
    done = _("It is scheduled: schedule_id {schedule_id}.").format(schedule_id=schedule_id)
    show({"schedule_id": schedule_id, "send_at": send_at.isoformat(), **more}, schedule_id, done=done)


@schedules.command("batch")
@file_options
@_task_options
@_tag_option
@click.option("--update", "schedule_id", metavar="ID", help="Replace this scheduled batch instead of creating one.")
@duplicates_option
@service_options
def schedule_batch(
    connection: ConnectionOptions,
    typed: FileOptions,
    send_at: datetime,
    template_id: int,
    sign_id: int | None,
    tag: str | None,
    schedule_id: str | None,
    allow_duplicates: bool,
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
            question=_("Schedule it for {} recipients?"),
            what=_("This schedules {} messages that will cost money"),
            at=_local(send_at),
        ) as read,
    ):
        if schedule_id is None:
            result = client.schedules.create_batch(template_id, read.recipients, send_at, sign_id=sign_id, tag=tag)
        else:
            result = client.schedules.update_batch(schedule_id, template_id, read.recipients, send_at, sign_id=sign_id)
    from jsmskit._privacy import mask_phone

    skipped = skipped_data(read)
    rejected = [
        {"phone": one.phone, "code": one.code, "name": None if one.info is None else one.info.name}
        for one in result.rejected
    ]
    data = {
        "accepted": len(result.accepted),
        **skipped,
        "rejected": rejected,
        "unknown": list(result.unknown),
        "withheld": list(result.withheld),
        "doubts": list(result.warnings),
    }
    _show_scheduled(result.schedule_id, send_at, data)
    if not wants_json():
        for one in rejected:
            told = f"{mask_phone(str(one['phone']))} {one['code']} {one['name'] or ''}".rstrip()
            stderr(_("rejected: {recipient}").format(recipient=told))
        for phone in result.unknown:
            stderr(_("unknown: {recipient}").format(recipient=mask_phone(phone)))
        for phone in result.withheld:
            stderr(_("withheld: {recipient}").format(recipient=mask_phone(phone)))
    count = len(result.accepted)
    stderr_if_tty(_("{count} messages will be sent at {time}.").format(count=count, time=_local(send_at)))
    _end_batch(result, skipped)


@schedules.command("get")
@click.argument("schedule_id")
@service_options
def get_schedule(connection: ConnectionOptions, schedule_id: str) -> None:
    """Show a scheduled message: when, which template, to whom. Numbers are shown in full."""
    with connection.client() as client:
        task = client.schedules.get(schedule_id)
    recipients = [{"phone": one.phone, "msg_id": one.msg_id, "params": dict(one.params)} for one in task.recipients]
    facts = {"schedule_id": task.schedule_id, "send_at": task.send_at.isoformat(), "template_id": task.template_id}
    values = [" ".join(f"{name}={value}" for name, value in one.params.items()) for one in task.recipients]
    rows = [(one.phone, one.msg_id, said) for one, said in zip(task.recipients, values, strict=True)]
    show(
        {**facts, "recipients": recipients},
        KeyValues(list({**facts, "send_at": _local(task.send_at)}.items())),
        Table(("phone", "msg_id", "params"), rows),
    )


@schedules.command("cancel")
@click.argument("schedule_id")
@service_options
def cancel_schedule(connection: ConnectionOptions, schedule_id: str) -> None:
    """Cancel a scheduled message or batch. Nothing is sent, so there is no question."""
    with connection.client() as client:
        client.schedules.cancel(schedule_id)
    told = _("cancelled {schedule_id}").format(schedule_id=schedule_id)
    show({"schedule_id": schedule_id, "cancelled": True}, told, done=_("It is cancelled: nothing will be sent."))
