"""`jsms templates create`, `get`, `update`, `delete` and `preview`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import click

from ..confirm import yes_option
from ..connection import ConnectionOptions, connection_options, json_option
from ..exit_codes import ExitCode
from ..framework import Group
from ..language import gettext as _
from ..output import KeyValues, show, stderr
from ..parameters import pairs, param_option, text
from . import reviewed
from .reviewed import review_name, show_submitted

if TYPE_CHECKING:
    from jsmskit import TemplatePreview

TYPES: Final = {"verification": 1, "notice": 2, "marketing": 3}
"""The numbers of the service; a test compares them with the spec."""


@click.group(cls=Group)
def command() -> None:
    """Submit, show, change, delete and preview templates."""


def _text_options(function: Callable[..., None]) -> Callable[..., None]:
    for option in reversed(
        (
            click.argument("template", metavar="TEXT|@FILE|-", type=text),
            click.option(
                "--type",
                "kind",
                type=click.Choice(list(TYPES)),
                required=True,
                help="Purpose of the messages.",
            ),
            click.option(
                "--ttl",
                type=int,
                metavar="SECONDS",
                help="How long a code is valid; required for verification templates.",
            ),
            click.option("--remark", help="For the reviewers, at most 100 characters."),
        )
    ):
        function = option(function)
    return function


@command.command()
@_text_options
@connection_options
@json_option
def create(
    connection: ConnectionOptions,
    template: str,
    kind: str,
    ttl: int | None,
    remark: str | None,
    as_json: bool,
) -> None:
    """Submit a template, with variables as {{name}} and without a sign. Prints its id.

    It can be used after it was approved.
    """
    with connection.client() as client:
        receipt = client.templates.create(template, type=TYPES[kind], ttl=ttl, remark=remark)
    show_submitted("template", receipt.template_id, as_json)


@command.command()
@click.argument("template_id", type=int)
@connection_options
@json_option
def get(connection: ConnectionOptions, template_id: int, as_json: bool) -> None:
    """Show a template and the state of its review."""
    with connection.client() as client:
        found = client.templates.get(template_id)
    names = {number: name for name, number in TYPES.items()}
    data = {
        "template_id": found.template_id,
        "template": found.template,
        "type": names.get(found.type, str(int(found.type))),
        "status": review_name(found.status),
        "ttl": found.ttl,
        "remark": found.remark,
    }
    show(as_json, data, KeyValues(list(data.items()), translated=("type", "status")))


@command.command()
@click.argument("template_id", type=int)
@_text_options
@connection_options
@json_option
def update(
    connection: ConnectionOptions,
    template_id: int,
    template: str,
    kind: str,
    ttl: int | None,
    remark: str | None,
    as_json: bool,
) -> None:
    """Submit a rejected template again, with another text. Only rejected templates can be changed."""
    with connection.client() as client:
        receipt = client.templates.update(template_id, template, type=TYPES[kind], ttl=ttl, remark=remark)
    show_submitted("template", receipt.template_id, as_json)


@command.command()
@click.argument("template_id", type=int)
@yes_option
@connection_options
@json_option
def delete(connection: ConnectionOptions, template_id: int, yes: bool, as_json: bool) -> None:
    """Delete a template permanently."""
    reviewed.delete(
        connection,
        "template",
        template_id,
        lambda client: client.templates.delete(template_id),
        question=_("Delete template {id} permanently?"),
        what=_("This deletes a template permanently"),
        yes=yes,
        as_json=as_json,
    )


@command.command()
@click.argument("template", metavar="[TEXT|@FILE|-]", type=text, required=False)
@click.option("--id", "template_id", type=int, help="Read the text of this template from the service.")
@param_option
@click.option("--sign", default="", help="The sign without its brackets; it counts towards the length.")
@click.option(
    "--hint", default="", help="The text that the platform adds to marketing messages; it counts, too."
)
@connection_options
@json_option
def preview(
    connection: ConnectionOptions,
    template: str | None,
    template_id: int | None,
    params: tuple[str, ...],
    sign: str,
    hint: str,
    as_json: bool,
) -> None:
    """Fill in a template and count its billed units. Sends nothing; with TEXT it needs neither keys nor network.

    Exit code 10 if values are missing.
    """
    if (template is None) == (template_id is None):
        raise click.UsageError(_("Give either TEXT or --id NUMBER."))
    if template is None:
        assert template_id is not None  # one of the two, as asked above
        with connection.client() as client:
            template = client.templates.get(template_id).template
    filled = _filled(template, pairs(params), sign, hint)
    data = {
        "text": filled.text,
        "length": filled.length,
        "units": filled.units,
        "missing": list(filled.missing),
        "unknown": list(filled.unknown),
    }
    show(
        as_json, data, KeyValues([("text", filled.text), ("length", filled.length), ("units", filled.units)])
    )
    if not as_json:
        if filled.missing:
            stderr(
                _("Missing values: {names}. The service refuses that.").format(
                    names=", ".join(filled.missing)
                )
            )
        if filled.unknown:
            stderr(_("The template has no variable {names}.").format(names=", ".join(filled.unknown)))
    if filled.missing:
        raise click.exceptions.Exit(ExitCode.NEGATIVE)


def _filled(template: str, params: dict[str, str], sign: str, hint: str) -> TemplatePreview:
    from jsmskit import JsmsClient

    unused = "0" * 24  # nothing is sent, so any keys will do
    with JsmsClient(unused, unused) as client:
        return client.templates.preview(template, params, sign=sign, hint=hint)
