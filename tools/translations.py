"""Hold each Chinese page of docs/ against its English counterpart.

    python -m tools.translations                    says which pages are behind; exit 1 if any is
    python -m tools.translations --accept NAME ...  the Chinese page NAME.zh.md says again what NAME.md says

A Chinese page carries a hash of the English text it was written for, in its front matter. Code blocks are the same on
both pages but for comments: they run once, from the English page.
"""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Iterator
from pathlib import Path

DOCS = Path(__file__).resolve().parents[1] / "docs"
#: Made by tools.code_pages from the spec, both at once.
GENERATED = {"error-codes", "delivery-statuses", "open-questions"}
_FRONT = re.compile(r"\A---\n(?P<front>.*?)^---\n", re.DOTALL | re.MULTILINE)
_MARK = re.compile(r"^counterpart: (?P<hash>[0-9a-f]{12})$", re.MULTILINE)
_FENCE = re.compile(r"^ *```(?P<info>[^`\n]+)\n(?P<body>.*?)^ *```$", re.DOTALL | re.MULTILINE)
_COMMENT = re.compile(r"(?:^|\s+)(?:#|--|//) .*$", re.MULTILINE)
#: Blocks that run, or that programs read. Pictures in text may be translated.
_RUN = ("python", "console", "sh", "csv", "yaml", "json", "toml")


def fingerprint(english: str) -> str:
    """Return the hash that a Chinese page carries."""
    return hashlib.sha256(english.encode()).hexdigest()[:12]


def blocks(text: str) -> list[tuple[str, str]]:
    """Return the code blocks of a page, without comments."""
    return [
        (match["info"].strip(), _COMMENT.sub("", match["body"]))
        for match in _FENCE.finditer(text)
        if match["info"].split()[0] in _RUN
    ]


def problems(docs: Path = DOCS) -> Iterator[str]:
    """Say which Chinese pages are behind, one line each."""
    for page in sorted(docs.rglob("*.zh.md")):
        name = page.name.removesuffix(".zh.md")
        if name in GENERATED:
            continue
        english = page.with_name(f"{name}.md").read_text("utf-8")
        chinese = page.read_text("utf-8")
        mark = _MARK.search(chinese)
        if mark is None or mark["hash"] != fingerprint(english):
            yield f"{page.relative_to(docs)}: {name}.md has changed; bring it up to date, then --accept {name}"
        theirs, ours = blocks(english), blocks(chinese)
        if theirs != ours:
            at = next((i for i, pair in enumerate(zip(theirs, ours, strict=False)) if pair[0] != pair[1]), -1)
            which = f"block {at + 1} differs" if at >= 0 else f"{len(ours)} blocks, {len(theirs)} there"
            yield f"{page.relative_to(docs)}: {which} from {name}.md; only comments may differ"


def accept(name: str, docs: Path = DOCS) -> None:
    """Write the present hash of the English page into the Chinese one."""
    page = docs / f"{name}.zh.md"
    text = page.read_text("utf-8")
    mark = f"counterpart: {fingerprint((docs / f'{name}.md').read_text('utf-8'))}"
    if _MARK.search(text):
        text = _MARK.sub(mark, text, count=1)
    elif _FRONT.match(text):
        text = text.replace("---\n", f"---\n{mark}\n", 1)
    else:
        text = f"---\n{mark}\n---\n\n{text}"
    page.write_text(text, "utf-8")


def main(arguments: list[str]) -> int:
    """Check, or accept; return the exit code."""
    if arguments[:1] == ["--accept"]:
        for name in arguments[1:]:
            accept(name)
        return 0
    found = list(problems())
    print("\n".join(found) if found else "every Chinese page is up to date")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
