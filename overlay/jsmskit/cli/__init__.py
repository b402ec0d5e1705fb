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
        print(
            "jsms: the command line needs the library click.\n"
            "  was it sent?  No, nothing was sent.\n"
            "  what to do:   pip install click rich wcwidth",
            file=sys.stderr,
        )
        raise SystemExit(1) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    command.main(prog_name="jsms")
