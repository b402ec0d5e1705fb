"""The command `jsms`.

Knows only how to find the command line's parts. The library never imports it; it needs the extra `cli`, and
says so when that is missing.
"""

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
        print(
            "jsms: the command line needs click.\n"
            "  was it sent?  No, nothing was sent.\n"
            "  what to do:   pip install 'jsmskit[cli]'",
            file=sys.stderr,
        )
        raise SystemExit(1) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    command.main(prog_name="jsms")
