"""`jsms signs create`, `get`, `update` and `delete`.

Knows options and words. Must not know the rules for signs and papers: it calls the client.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import click

from ..confirm import confirm, yes_option
from ..connection import ConnectionOptions, connection_options, json_option
from ..framework import Group
from ..output import KeyValues, show, stderr_if_tty
from ..parameters import text
from .templates import REVIEW

__all__ = ["SIGN_TYPES", "command"]

SIGN_TYPES: Final = {"company": 1, "app": 3, "brand": 6, "other": 7}
"""The service's numbers that it still takes; a test compares them with the spec."""


@click.group(cls=Group)
def command() -> None:
    """Signs, the 【...】 in front of a message: hand in, look at, change after a refusal, delete."""


_PAPERS: Final = (
    click.option("--type", "kind", type=click.Choice(list(SIGN_TYPES)), help="What the name is of."),
    click.option("--remark", help="Use case, at most 100 characters."),
    click.option("--legal-person-name", metavar="NAME", help="Of the legal representative."),
    click.option(
        "--legal-person-id-number",
        type=text,
        metavar="@FILE|-|NUMBER",
        help="18 characters. With @FILE it stands in no list of processes.",
    ),
    click.option("--social-credit-code", metavar="CODE", help="18 characters."),
    click.option("--third-party-company-name", metavar="NAME", help="If the sign is of another company."),
    *(
        click.option(f"--{name}", type=click.Path(dir_okay=False), metavar="FILE", help=words)
        for name, words in (
            ("id-card-image", "Identity card of the legal representative; PNG or JPG, at most 2 MB."),
            ("business-license-image", "Wanted for type company."),
            ("icp-app-screenshot", "Wanted for type app."),
            ("trademark-image", "Wanted for type brand."),
            ("third-party-auth-image", "Wanted for type other."),
            ("other-image", "Any other proof."),
        )
    ),
)


def _paper_options(function: Callable[..., None]) -> Callable[..., None]:
    for option in reversed(_PAPERS):
        function = option(function)
    return function


@command.command()
@click.argument("sign")
@_paper_options
@connection_options
@json_option
def create(
    connection: ConnectionOptions, /, sign: str, kind: str | None, as_json: bool, **papers: Any
) -> None:
    """Hand in SIGN (2 to 8 characters, without brackets) with its papers. Gives its number.

    The newest page of the service wants type, name and number of the legal person, the identity card and the
    social credit code for every sign, and one more picture by type.
    """
    with connection.client() as client:
        receipt = client.signs.create(sign, type=_number(kind), **papers)
    _tell(receipt.sign_id, as_json)


@command.command()
@click.argument("sign_id", type=int)
@click.argument("sign")
@_paper_options
@connection_options
@json_option
def update(
    connection: ConnectionOptions, /, sign_id: int, sign: str, kind: str | None, as_json: bool, **papers: Any
) -> None:
    """Hand in a refused sign again, with all its papers. Only refused ones can be changed."""
    with connection.client() as client:
        receipt = client.signs.update(sign_id, sign, type=_number(kind), **papers)
    _tell(receipt.sign_id, as_json)


def _number(kind: str | None) -> int | None:
    return None if kind is None else SIGN_TYPES[kind]


def _tell(sign_id: int, as_json: bool) -> None:
    show(as_json, {"sign_id": sign_id}, str(sign_id), done=f"It is handed in: sign_id {sign_id}.")
    if not as_json:
        stderr_if_tty(f"It is in audit. To see how far: jsms signs get {sign_id}")


@command.command()
@click.argument("sign_id", type=int)
@connection_options
@json_option
def get(connection: ConnectionOptions, sign_id: int, as_json: bool) -> None:
    """Look at a sign and how far its audit has come."""
    with connection.client() as client:
        found = client.signs.get(sign_id)
    data = {
        "sign_id": found.sign_id,
        "sign": found.sign,
        "status": REVIEW.get(int(found.status), str(int(found.status))),
        "is_default": found.is_default,
        "in_use": found.in_use,
    }
    words = {True: "yes", False: "no"}
    show(as_json, data, KeyValues([(k, words[v] if isinstance(v, bool) else v) for k, v in data.items()]))


@command.command()
@click.argument("sign_id", type=int)
@yes_option
@connection_options
@json_option
def delete(connection: ConnectionOptions, sign_id: int, yes: bool, as_json: bool) -> None:
    """Delete a sign, for good. The default sign cannot be deleted."""
    with connection.client() as client:
        confirm(
            f"Delete sign {sign_id} for good?",
            yes=yes,
            free=connection.is_free,
            what="This deletes a sign for good",
        )
        client.signs.delete(sign_id)
    show(as_json, {"sign_id": sign_id, "deleted": True}, f"deleted {sign_id}", done="It is deleted.")
