"""`jsms signs create`, `get`, `update` and `delete`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import click

from ..confirm import yes_option
from ..connection import ConnectionOptions, connection_options, json_option
from ..framework import Group
from ..language import gettext as _
from ..output import KeyValues, show
from ..parameters import text
from . import reviewed
from .reviewed import review_name, show_submitted

SIGN_TYPES: Final = {"company": 1, "app": 3, "brand": 6, "other": 7}
"""The numbers that the service still accepts; a test compares them with the spec."""


@click.group(cls=Group)
def command() -> None:
    """Submit, show, change and delete signs, the 【...】 in front of a message."""


_DOCUMENTS: Final = (
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
    click.option(
        "--third-party-company-name",
        metavar="NAME",
        help="The company, if the sign is of another one.",
    ),
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


def _document_options(function: Callable[..., None]) -> Callable[..., None]:
    for option in reversed(_DOCUMENTS):
        function = option(function)
    return function


@command.command()
@click.argument("sign")
@_document_options
@connection_options
@json_option
def create(
    connection: ConnectionOptions, /, sign: str, kind: str | None, as_json: bool, **documents: Any
) -> None:
    """Submit SIGN (2 to 8 characters, without brackets) with its documents. Prints its id.

    The newest page of the service requires type, name and id number of the legal representative, the identity card
    and the social credit code for every sign, and one more image that depends on the type.
    """
    with connection.client() as client:
        receipt = client.signs.create(sign, type=_number(kind), **documents)
    show_submitted("sign", receipt.sign_id, as_json)


@command.command()
@click.argument("sign_id", type=int)
@click.argument("sign")
@_document_options
@connection_options
@json_option
def update(
    connection: ConnectionOptions,
    /,
    sign_id: int,
    sign: str,
    kind: str | None,
    as_json: bool,
    **documents: Any,
) -> None:
    """Submit a rejected sign again, with all its documents. Only rejected signs can be changed."""
    with connection.client() as client:
        receipt = client.signs.update(sign_id, sign, type=_number(kind), **documents)
    show_submitted("sign", receipt.sign_id, as_json)


def _number(kind: str | None) -> int | None:
    return None if kind is None else SIGN_TYPES[kind]


@command.command()
@click.argument("sign_id", type=int)
@connection_options
@json_option
def get(connection: ConnectionOptions, sign_id: int, as_json: bool) -> None:
    """Show a sign and the state of its review."""
    with connection.client() as client:
        found = client.signs.get(sign_id)
    data = {
        "sign_id": found.sign_id,
        "sign": found.sign,
        "status": review_name(found.status),
        "is_default": found.is_default,
        "in_use": found.in_use,
    }
    words = {True: "yes", False: "no"}
    values = [(name, words[value] if isinstance(value, bool) else value) for name, value in data.items()]
    show(as_json, data, KeyValues(values, translated=("status", "is_default", "in_use")))


@command.command()
@click.argument("sign_id", type=int)
@yes_option
@connection_options
@json_option
def delete(connection: ConnectionOptions, sign_id: int, yes: bool, as_json: bool) -> None:
    """Delete a sign permanently. The default sign cannot be deleted."""
    reviewed.delete(
        connection,
        "sign",
        sign_id,
        lambda client: client.signs.delete(sign_id),
        question=_("Delete sign {id} permanently?"),
        what=_("This deletes a sign permanently"),
        yes=yes,
        as_json=as_json,
    )
