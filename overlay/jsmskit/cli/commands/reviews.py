"""`jsms templates` and `jsms signs`: `create`, `get`, `update`, `delete`, and `preview` of a template."""

from __future__ import annotations

from typing import Any, Final

import click

from ..connection import ConnectionOptions, repeat_target, service_options
from ..exit_codes import ExitCode
from ..framework import Group
from ..language import gettext as _
from ..language import mark
from ..output import KeyValues, show, stderr, stderr_if_tty, wants_json
from ..parameters import confirm, options, param_option, text, yes_option

#: The numbers of the service; a test compares them with the spec. Of signs only those that it still accepts.
TEMPLATE_TYPES: Final = {"verification": 1, "notice": 2, "marketing": 3}
SIGN_TYPES: Final = {"company": 1, "app": 3, "brand": 6, "other": 7}
_REVIEW: Final = {0: mark("in review"), 1: mark("approved"), 2: mark("rejected")}


def _review_name(status: int) -> str:
    """Return the state of a review in words, or its number if this version does not know it."""
    return _REVIEW.get(int(status), str(int(status)))


def _show_submitted(kind: str, number: int) -> None:
    """Print the id of a template or sign that was submitted. `kind`: `template` or `sign`."""
    done = _("It is submitted: {kind}_id {id}.").format(kind=kind, id=number)
    show({f"{kind}_id": number}, str(number), done=done)
    told = _("It is in review. To see the result: jsms {kind}s get {id}")
    stderr_if_tty(repeat_target(told.format(kind=kind, id=number)))


def _delete(connection: ConnectionOptions, kind: str, number: int, question: str, what: str) -> None:
    """Ask, delete a template or sign, and say so."""
    with connection.client() as client:
        confirm(question.format(id=number), free=connection.is_free, what=what)
        (client.templates if kind == "template" else client.signs).delete(number)
    told = _("deleted {id}").format(id=number)
    show({f"{kind}_id": number, "deleted": True}, told, done=_("It is deleted."))


@click.group("templates", cls=Group)
def templates() -> None:
    """Submit, show, change, delete and preview templates."""


#: What a template is made of, named as the client names it, but for its kind.
_text_options = options(
    click.argument("template", metavar="TEXT|@FILE|-", type=text),
    click.option(
        "--type", "kind", type=click.Choice(list(TEMPLATE_TYPES)), required=True, help="Purpose of the messages."
    ),
    click.option(
        "--ttl", type=int, metavar="SECONDS", help="How long a code is valid; required for verification templates."
    ),
    click.option("--remark", help="For the reviewers, at most 100 characters."),
)


@templates.command("create")
@_text_options
@service_options
def create_template(connection: ConnectionOptions, /, kind: str, **given: Any) -> None:
    """Submit a template, with variables as {{name}} and without a sign. Prints its id.

    It can be used after it was approved.
    """
    with connection.client() as client:
        receipt = client.templates.create(**given, type=TEMPLATE_TYPES[kind])
    _show_submitted("template", receipt.template_id)


@templates.command("get")
@click.argument("template_id", type=int)
@service_options
def get_template(connection: ConnectionOptions, template_id: int) -> None:
    """Show a template and the state of its review."""
    with connection.client() as client:
        found = client.templates.get(template_id)
    names = {number: name for name, number in TEMPLATE_TYPES.items()}
    data = {
        "template_id": found.template_id,
        "template": found.template,
        "type": names.get(found.type, str(int(found.type))),
        "status": _review_name(found.status),
        "ttl": found.ttl,
        "remark": found.remark,
    }
    show(data, KeyValues(list(data.items()), translated=("type", "status")))


@templates.command("update")
@click.argument("template_id", type=int)
@_text_options
@service_options
def update_template(connection: ConnectionOptions, /, template_id: int, kind: str, **given: Any) -> None:
    """Submit a rejected template again, with another text. Only rejected templates can be changed."""
    with connection.client() as client:
        receipt = client.templates.update(template_id, **given, type=TEMPLATE_TYPES[kind])
    _show_submitted("template", receipt.template_id)


@templates.command("delete")
@click.argument("template_id", type=int)
@yes_option
@service_options
def delete_template(connection: ConnectionOptions, template_id: int) -> None:
    """Delete a template permanently."""
    what = _("This deletes a template permanently")
    _delete(connection, "template", template_id, _("Delete template {id} permanently?"), what)


@templates.command("preview")
@click.argument("template", metavar="[TEXT|@FILE|-]", type=text, required=False)
@click.option("--id", "template_id", type=int, help="Read the text of this template from the service.")
@param_option
@click.option("--sign", default="", help="The sign without its brackets; it counts towards the length.")
@click.option("--hint", default="", help="The text that the platform adds to marketing messages; it counts, too.")
@service_options
def preview_template(
    connection: ConnectionOptions,
    template: str | None,
    template_id: int | None,
    params: dict[str, str],
    sign: str,
    hint: str,
) -> None:
    """Fill in a template and count its billed units. Sends nothing; with TEXT it needs neither keys nor network.

    Exit code 10 if values are missing.
    """
    from jsmskit import JsmsClient

    if (template is None) == (template_id is None):
        raise click.UsageError(_("Give either TEXT or --id NUMBER."))
    if template is None:
        assert template_id is not None  # one of the two, as asked above
        with connection.client() as client:
            template = client.templates.get(template_id).template
    unused = "0" * 24  # nothing is sent, so any keys will do
    with JsmsClient(unused, unused) as offline:
        filled = offline.templates.preview(template, params, sign=sign, hint=hint)
    data = {
        "text": filled.text,
        "length": filled.length,
        "units": filled.units,
        "missing": list(filled.missing),
        "unknown": list(filled.unknown),
    }
    show(data, KeyValues([("text", filled.text), ("length", filled.length), ("units", filled.units)]))
    if not wants_json():
        if filled.missing:
            stderr(_("Missing values: {names}. The service refuses that.").format(names=", ".join(filled.missing)))
        if filled.unknown:
            stderr(_("The template has no variable {names}.").format(names=", ".join(filled.unknown)))
    if filled.missing:
        raise click.exceptions.Exit(ExitCode.NEGATIVE)


@click.group("signs", cls=Group)
def signs() -> None:
    """Submit, show, change and delete signs, the 【...】 in front of a message."""


_document_options = options(
    click.option("--type", "kind", type=click.Choice(list(SIGN_TYPES)), help="What the sign names."),
    click.option("--remark", help="Use case, at most 100 characters."),
    click.option("--legal-person-name", metavar="NAME", help="Name of the legal representative."),
    click.option(
        "--legal-person-id-number",
        type=text,
        metavar="@FILE|-|NUMBER",
        help="18 characters. @FILE keeps it out of the list of processes.",
    ),
    click.option("--social-credit-code", metavar="CODE", help="18 characters."),
    click.option("--third-party-company-name", metavar="NAME", help="The company, if the sign is of another one."),
    *(
        click.option(f"--{name}", type=click.Path(dir_okay=False), metavar="FILE", help=words)
        for name, words in (
            ("id-card-image", "Identity card of the legal representative; PNG or JPG, at most 2 MB."),
            ("business-license-image", "Required for type company."),
            ("icp-app-screenshot", "Required for type app."),
            ("trademark-image", "Required for type brand."),
            ("third-party-auth-image", "Required for type other."),
            ("other-image", "Any other proof."),
        )
    ),
)


@signs.command("create")
@click.argument("sign")
@_document_options
@service_options
def create_sign(connection: ConnectionOptions, /, sign: str, kind: str | None, **documents: Any) -> None:
    """Submit SIGN (2 to 8 characters, without brackets) with its documents. Prints its id.

    The newest page of the service requires type, name and id number of the legal representative, the identity card
    and the social credit code for every sign, and one more image that depends on the type.
    """
    with connection.client() as client:
        receipt = client.signs.create(sign, type=_sign_number(kind), **documents)
    _show_submitted("sign", receipt.sign_id)


@signs.command("update")
@click.argument("sign_id", type=int)
@click.argument("sign")
@_document_options
@service_options
def update_sign(connection: ConnectionOptions, /, sign_id: int, sign: str, kind: str | None, **documents: Any) -> None:
    """Submit a rejected sign again, with all its documents. Only rejected signs can be changed."""
    with connection.client() as client:
        receipt = client.signs.update(sign_id, sign, type=_sign_number(kind), **documents)
    _show_submitted("sign", receipt.sign_id)


def _sign_number(kind: str | None) -> int | None:
    return None if kind is None else SIGN_TYPES[kind]


@signs.command("get")
@click.argument("sign_id", type=int)
@service_options
def get_sign(connection: ConnectionOptions, sign_id: int) -> None:
    """Show a sign and the state of its review."""
    with connection.client() as client:
        found = client.signs.get(sign_id)
    data = {
        "sign_id": found.sign_id,
        "sign": found.sign,
        "status": _review_name(found.status),
        "is_default": found.is_default,
        "in_use": found.in_use,
    }
    words = {True: "yes", False: "no"}
    values = [(name, words[value] if isinstance(value, bool) else value) for name, value in data.items()]
    show(data, KeyValues(values, translated=("status", "is_default", "in_use")))


@signs.command("delete")
@click.argument("sign_id", type=int)
@yes_option
@service_options
def delete_sign(connection: ConnectionOptions, sign_id: int) -> None:
    """Delete a sign permanently. The default sign cannot be deleted."""
    _delete(connection, "sign", sign_id, _("Delete sign {id} permanently?"), _("This deletes a sign permanently"))
