"""`jsms codes send`, `voice` and `verify`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

import click

from ..confirm import confirm, is_interactive, yes_option
from ..connection import ConnectionOptions, connection_options, json_option, redirect_data
from ..exit_codes import ExitCode
from ..framework import Group
from ..hints import repeat_target
from ..language import gettext as _
from ..language import is_chinese
from ..output import show, stderr, stderr_if_tty

if TYPE_CHECKING:
    from jsmskit.results.codes import CodeReceipt

_LANGUAGES: Final = ("chinese", "english", "mixed")
_READY_MADE: Final = 1  # as `limits.READY_MADE_TEMPLATE`, which would cost an import for --help; a test compares


@click.group(cls=Group, aliases={"send-voice": "voice"})
def command() -> None:
    """Send and verify verification codes, by text or voice."""


@command.command()
@click.argument("phone")
@click.option(
    "--template",
    "template_id",
    type=int,
    default=_READY_MADE,
    show_default=True,
    help="Id of an approved verification template; every application has template 1.",
)
@click.option("--sign", "sign_id", type=int, help="Id of the sign; default: the default sign.")
@yes_option
@connection_options
@json_option
def send(
    connection: ConnectionOptions, phone: str, template_id: int, sign_id: int | None, yes: bool, as_json: bool
) -> None:
    """Send a code to PHONE, which the service generates.

    Prints the msg_id for `jsms codes verify`. Costs one message.
    """
    with connection.client() as client:

        def lines() -> list[str]:
            from ..send_preview import one_message

            return one_message(client, phone, template_id, {}, sign_id, code=True)

        what = _("This sends a message that costs money")
        confirm(_("Send it?"), yes=yes, free=connection.is_free, what=what, tell=lines)
        receipt = client.codes.send(phone, template_id=template_id, sign_id=sign_id)
    _tell(receipt, phone, as_json)


@command.command()
@click.argument("phone")
@click.option("--code", help="4 to 8 digits to read out; default: the service generates it.")
@click.option("--language", type=click.Choice(_LANGUAGES), help="Default: chinese.")
@click.option("--ttl", type=int, metavar="SECONDS", help="How long the code is valid; default: 60.")
@yes_option
@connection_options
@json_option
def voice(
    connection: ConnectionOptions,
    phone: str,
    code: str | None,
    language: str | None,
    ttl: int | None,
    yes: bool,
    as_json: bool,
) -> None:
    """Call PHONE and read out a code. Costs one voice message."""
    spoken = None if language is None else _LANGUAGES.index(language)
    with connection.client() as client:

        def lines() -> list[str]:
            from ..send_preview import one_call

            return one_call(phone, language)

        what = _("This makes a phone call that costs money")
        confirm(_("Make the call?"), yes=yes, free=connection.is_free, what=what, tell=lines)
        receipt = client.codes.send_voice(phone, code=code, language=spoken, ttl=ttl)
    _tell(receipt, phone, as_json)


def _tell(receipt: CodeReceipt, phone: str, as_json: bool) -> None:
    from jsmskit._privacy import mask_phone

    done = _("Yes, accepted: msg_id {msg_id}.").format(msg_id=receipt.msg_id)
    show(as_json, {"msg_id": receipt.msg_id, **redirect_data(receipt)}, receipt.msg_id, done=done)
    if not as_json:
        stderr_if_tty(
            repeat_target(
                _("A code is on its way to {phone}. Next: jsms codes verify {msg_id}").format(
                    phone=mask_phone(receipt.redirected_to or phone), msg_id=receipt.msg_id
                )
            )
        )


@command.command()
@click.argument("msg_id")
@click.argument("code", required=False)
@connection_options
@json_option
def verify(connection: ConnectionOptions, msg_id: str, code: str | None, as_json: bool) -> None:
    """Check the CODE that the user entered for the message MSG_ID.

    Prints `ok`, or the reason and exit code 10. Without CODE (or with -) it is read from standard input, which keeps
    it out of the list of processes.
    """
    if code is None or code == "-":
        typed = str(click.prompt(_("Code"), err=True)) if is_interactive() else sys.stdin.readline().strip()
    else:
        typed = code
    with connection.client() as client:
        verdict = client.codes.verify(msg_id, typed)
    reason = None if verdict.reason is None else verdict.reason.value
    show(
        as_json,
        {"ok": verdict.ok, "reason": reason, "code": verdict.error_code},
        "ok" if verdict.ok else str(reason),
        done=_("The code was right, and is used up.") if verdict.ok else "",
    )
    if verdict.ok:
        return
    if verdict.info is not None and not as_json:
        from jsmskit.errors import Surface, remedy_in

        info = verdict.info
        language = "zh" if is_chinese() else "en"
        title = f"{info.title_zh}。" if is_chinese() else f"{info.title_en}. "
        stderr(title + remedy_in(Surface.SHELL, info, language))
    raise click.exceptions.Exit(ExitCode.NEGATIVE)
