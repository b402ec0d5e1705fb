"""`jsms messages send` and `batch`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from ..confirm import confirm, yes_option
from ..connection import ConnectionOptions, connection_options, json_option, redirect_data
from ..exit_codes import ExitCode
from ..framework import Group
from ..language import gettext as _
from ..output import Table, show, stderr, stderr_if_tty
from ..parameters import pairs, param_option
from ..recipient_files import FileOptions, batch_of, duplicates_option, file_options, skipped_data

if TYPE_CHECKING:
    from jsmskit.results.messages import BatchResult

Entry = dict[str, object]


@click.group(cls=Group)
def command() -> None:
    """Send template messages, to one recipient or a batch of up to 1000."""


_template_option = click.option(
    "--template", "template_id", type=int, required=True, help="Id of an approved template."
)
_sign_option = click.option("--sign", "sign_id", type=int, help="Id of the sign; default: the default sign.")


@command.command()
@click.argument("phone")
@_template_option
@param_option
@_sign_option
@yes_option
@connection_options
@json_option
def send(
    connection: ConnectionOptions,
    phone: str,
    template_id: int,
    params: tuple[str, ...],
    sign_id: int | None,
    yes: bool,
    as_json: bool,
) -> None:
    """Send one template message to PHONE. Prints its msg_id, which delivery reports carry."""
    from jsmskit._privacy import mask_phone

    from ..send_preview import one_message

    values = pairs(params)
    with connection.client() as client:
        confirm(
            _("Send it?"),
            yes=yes,
            free=connection.is_free,
            what=_("This sends a message that costs money"),
            tell=lambda: one_message(client, phone, template_id, values, sign_id),
        )
        receipt = client.messages.send(phone, template_id, values or None, sign_id=sign_id)
    done = _("Yes, accepted: msg_id {msg_id}.").format(msg_id=receipt.msg_id)
    show(as_json, {"msg_id": receipt.msg_id, **redirect_data(receipt)}, receipt.msg_id, done=done)
    if not as_json:
        stderr_if_tty(_("A message is on its way to {phone}.").format(phone=mask_phone(receipt.redirected_to or phone)))


@command.command(sends=True)
@file_options
@_template_option
@_sign_option
@click.option("--tag", help="A label of at most 10 characters that recipients do not see.")
@duplicates_option
@yes_option
@connection_options
@json_option
def batch(
    connection: ConnectionOptions,
    typed: FileOptions,
    template_id: int,
    sign_id: int | None,
    tag: str | None,
    allow_duplicates: bool,
    yes: bool,
    as_json: bool,
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
            yes=yes,
            question=_("Send to {} recipients?"),
            what=_("This sends {} messages that cost money"),
        ) as read,
    ):
        result = client.messages.send_batch(template_id, read.recipients, sign_id=sign_id, tag=tag)
    _tell(result, skipped_data(read.counts, read.first, read.ignored, read.trimmed), as_json)


def _tell(result: BatchResult, skipped: dict[str, Any], as_json: bool) -> None:
    entries = list(_entries(result))
    counts = {
        "accepted": len(result.accepted),
        "rejected": len(result.rejected),
        "unknown": len(result.unknown),
        "withheld": len(result.withheld),
    }
    said = _("{accepted} accepted, {rejected} rejected, {unknown} unknown").format(**counts)
    if result.withheld:
        said += _(", {withheld} withheld").format(**counts)
    columns = ("phone", "state", "msg_id", "code", "name")
    show(
        as_json,
        {**counts, **skipped, "doubts": list(result.warnings), "recipients": entries},
        Table(columns, [[entry.get(name) for name in columns] for entry in entries]),
        done=_("Yes: {counts}.").format(counts=said),
    )
    if not as_json:
        (stderr_if_tty if result.complete else stderr)(f"{said}.")
        for doubt in result.warnings:
            stderr(_("The response contradicts itself: {doubt}").format(doubt=doubt))
        if result.unknown:
            stderr(_("Unknown ones may have been sent: look at the delivery reports before you repeat them."))
    if not result.complete or skipped["set_aside"]:
        raise click.exceptions.Exit(ExitCode.UNKNOWN if result.unknown else ExitCode.PARTIAL)


def _entries(result: BatchResult) -> Iterator[Entry]:
    for taken in result.accepted:
        yield {"phone": taken.phone, "state": "accepted", "msg_id": taken.msg_id}
    for refused in result.rejected:
        yield {
            "phone": refused.phone,
            "state": "rejected",
            "msg_id": refused.msg_id,
            "code": refused.code,
            "name": None if refused.info is None else refused.info.name,
        }
    for phone in result.unknown:
        yield {"phone": phone, "state": "unknown"}
    for phone in result.withheld:
        yield {"phone": phone, "state": "withheld"}
