"""`jsms completion`: the script that completes commands, options and codes in a shell."""

from __future__ import annotations

import click

from ..framework import Command
from ..output import Verbatim, show


@click.command(cls=Command)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print the completion script of SHELL.

    \b
    bash  eval "$(jsms completion bash)"          in ~/.bashrc (bash 4.4 or newer)
    zsh   eval "$(jsms completion zsh)"           in ~/.zshrc, behind compinit
    fish  jsms completion fish > ~/.config/fish/completions/jsms.fish
    """
    from click.shell_completion import get_completion_class

    from ..root import command as root

    kind = get_completion_class(shell)
    assert kind is not None  # click knows all three
    made = kind(root, {}, "jsms", "_JSMS_COMPLETE")
    # `source()` of bash would start a bash to ask its version; the user knows which it is.
    show(False, None, Verbatim((made.source_template % made.source_vars()).strip()))
