"""`jsms templates create`, `get`, `update`, `delete` and `preview`.

Knows options and words. Must not know the rules for texts: it calls the client.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import click

from ..confirm import confirm, yes_option
from ..connection import ConnectionOptions, connection_options, json_option
from ..exit_codes import ExitCode
from ..framework import Group
from ..output import KeyValues, show, stderr, stderr_if_tty
from ..parameters import pairs, param_option, text

if TYPE_CHECKING:
    from jsmskit import TemplatePreview

__all__ = ["REVIEW", "TYPES", "command"]

TYPES: Final = {"verification": 1, "notice": 2, "marketing": 3}
"""The service's numbers; a test compares them with the spec."""
REVIEW: Final = {0: "in audit", 1: "approved", 2: "refused"}


@click.group(cls=Group)
def command() -> None:
    """Templates: hand in for the audit, look at, change after a refusal, delete, try out offline."""


def _paper_options(function: Callable[..., None]) -> Callable[..., None]:
    for option in reversed(
        (
            click.argument("template", metavar="TEXT|@FILE|-", type=text),
            click.option(
                "--type", "kind", type=click.Choice(list(TYPES)), required=True, help="What it is for."
            ),
            click.option(
                "--ttl",
                type=int,
                metavar="SECONDS",
                help="Life of a code; needed for verification templates.",
            ),
            click.option("--remark", help="For the auditors, at most 100 characters."),
        )
    ):
        function = option(function)
    return function


@command.command()
@_paper_options
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
    """Hand in a template with variables as {{name}}, without sign. Gives its number.

    It cannot be used before people have approved it.
    """
    with connection.client() as client:
        receipt = client.templates.create(template, type=TYPES[kind], ttl=ttl, remark=remark)
    _tell(receipt.template_id, as_json)


def _tell(template_id: int, as_json: bool) -> None:
    done = f"It is handed in: template_id {template_id}."
    show(as_json, {"template_id": template_id}, str(template_id), done=done)
    if not as_json:
        stderr_if_tty(f"It is in audit. To see how far: jsms templates get {template_id}")


@command.command()
@click.argument("template_id", type=int)
@connection_options
@json_option
def get(connection: ConnectionOptions, template_id: int, as_json: bool) -> None:
    """Look at a template and how far its audit has come."""
    with connection.client() as client:
        found = client.templates.get(template_id)
    names = {number: name for name, number in TYPES.items()}
    data = {
        "template_id": found.template_id,
        "template": found.template,
        "type": names.get(found.type, str(int(found.type))),
        "status": REVIEW.get(int(found.status), str(int(found.status))),
        "ttl": found.ttl,
        "remark": found.remark,
    }
    show(as_json, data, KeyValues(list(data.items())))


@command.command()
@click.argument("template_id", type=int)
@_paper_options
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
    """Hand in a refused template again, with another text. Only refused ones can be changed."""
    with connection.client() as client:
        receipt = client.templates.update(template_id, template, type=TYPES[kind], ttl=ttl, remark=remark)
    _tell(receipt.template_id, as_json)


@command.command()
@click.argument("template_id", type=int)
@yes_option
@connection_options
@json_option
def delete(connection: ConnectionOptions, template_id: int, yes: bool, as_json: bool) -> None:
    """Delete a template, for good."""
    with connection.client() as client:
        confirm(
            f"Delete template {template_id} for good?",
            yes=yes,
            free=connection.is_free,
            what="This deletes a template for good",
        )
        client.templates.delete(template_id)
    show(
        as_json,
        {"template_id": template_id, "deleted": True},
        f"deleted {template_id}",
        done="It is deleted.",
    )


@command.command()
@click.argument("template", metavar="[TEXT|@FILE|-]", type=text, required=False)
@click.option("--id", "template_id", type=int, help="Ask the service for the text of this template.")
@param_option
@click.option("--sign", default="", help="The sign without its brackets; it counts.")
@click.option("--hint", default="", help="What the platform adds to marketing messages; it counts too.")
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
    """Fill a template and count what it costs. Sends nothing; with TEXT it needs neither keys nor network.

    Exit code 10 if values are missing.
    """
    if (template is None) == (template_id is None):
        raise click.UsageError("Give either TEXT or --id NUMBER.")
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
            stderr(f"Values are missing: {', '.join(filled.missing)}. The service refuses that.")
        if filled.unknown:
            stderr(f"The template has no variable {', '.join(filled.unknown)}.")
    if filled.missing:
        raise click.exceptions.Exit(ExitCode.NEGATIVE)


def _filled(template: str, params: dict[str, str], sign: str, hint: str) -> TemplatePreview:
    from jsmskit import JsmsClient

    nobody = "0" * 24  # nothing is sent, so any pair will do
    with JsmsClient(nobody, nobody) as client:
        return client.templates.preview(template, params, sign=sign, hint=hint)
