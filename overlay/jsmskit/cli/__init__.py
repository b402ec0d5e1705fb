"""The command `jsms`, which needs the extra `cli`. The library never imports it."""

from __future__ import annotations

import sys

__all__ = ["main"]


def main() -> None:
    """Run the command line with the arguments of this process."""
    try:
        from .root import command
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "click":
            raise
        from .language import gettext as _
        from .language import in_language, preferred_language

        with in_language(preferred_language()):
            what = _("jsms: the command line needs the library click.")
            lines = (what, f"  {_('was it sent?')}  {_('No, nothing was sent.')}")
            print(*lines, f"  {_('what to do:')}   pip install click rich wcwidth", sep="\n", file=sys.stderr)
        raise SystemExit(1) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    command.main(prog_name="jsms")
