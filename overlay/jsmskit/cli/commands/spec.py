"""`jsms spec`: the description of the service in every format, for other tools and languages."""

from __future__ import annotations

from typing import Final

import click

from ..framework import Command
from ..language import gettext as _
from ..output import Verbatim, show, stderr_if_tty

FORMATS: Final = {
    "json": "3.1",
    "yaml": "yaml",
    "3.1": "3.1",
    "3.0": "3.0",
    "strict": "strict",
    "errors": "errors",
    "fixtures": "fixtures",
}
"""The choices, and the form of `jsmskit.spec` of each; a test compares them."""


@click.command(cls=Command)
@click.option(
    "--format",
    "form",
    type=click.Choice(list(FORMATS)),
    default="json",
    show_default=True,
    help="json, 3.1: OpenAPI 3.1 as JSON; yaml: the same as YAML; 3.0: OpenAPI 3.0.3; strict: with closed"
    " lists of codes, for fuzzers only; errors: codes and statuses; fixtures: the examples.",
)
@click.option("-o", "--output", type=click.Path(dir_okay=False), help="Write it to this file.")
@click.option("--path", "want_path", is_flag=True, help="Print the path of the file instead.")
def command(form: str, output: str | None, want_path: bool) -> None:
    """Print the OpenAPI description of the service."""
    from jsmskit import spec

    if want_path:
        with spec.path(FORMATS[form]) as path:
            show(False, None, str(path))
        return
    text = spec.read_text(FORMATS[form]).rstrip("\n")
    if output is None:
        show(False, None, Verbatim(text))
        return
    with open(output, "w", encoding="utf-8") as file:
        file.write(text + "\n")
    stderr_if_tty(_("Written: {file}").format(file=output))
