"""Mends the generator's templates by the exact replacements of `mends`.

The templates are not copied into this repository: they are read from the installed generator, so an upgrade
that moves a mended line stops the build and names the mend, instead of dropping it silently.
"""

from __future__ import annotations

from pathlib import Path

from tools.regeneration.mends import MENDS
from tools.regeneration.problem import Finding, RegenerationError


def write_mended_templates(installed: Path, folder: Path) -> int:
    """Write the mended templates into `folder` and return how many replacements were made.

    `installed` is the templates folder of the generator. Raises RegenerationError with every mend that does
    not fit.
    """
    texts: dict[str, str] = {}
    findings: list[Finding] = []
    for mend in MENDS:
        if mend.template not in texts:
            path = installed / mend.template
            texts[mend.template] = path.read_text(encoding="utf-8") if path.is_file() else ""
        found = texts[mend.template].count(mend.old)
        if found != mend.times:
            first = mend.old.strip().splitlines()[0]
            findings.append(
                Finding(
                    f"template {mend.template}",
                    f"the mend against {mend.reason!r} finds {first!r} {found} times instead of {mend.times}",
                    "adapt the mend in tools/regeneration/mends.py, or delete it if it is mended upstream",
                )
            )
        texts[mend.template] = texts[mend.template].replace(mend.old, mend.new)
    if findings:
        raise RegenerationError(findings)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    return sum(mend.times for mend in MENDS)
