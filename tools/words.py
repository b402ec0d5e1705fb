"""Find words that this project does not use: in pages, docstrings, comments, help and messages.

    python -m tools.words [FOLDER ...]     prints each hit as PLACE: word; exit 1 if there is one

The words are stilted, or have a plain counterpart; CONTRIBUTING.md says how we write. Without a folder, it also counts
the words of the pages for users in each language: too many of them are not read, either.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

_ENGLISH = re.compile(
    r"\b(?:"
    r"whoever|nobody|anew|reckon\w*|stands? for|shall|often wanted|let it stand|fact base"
    r"|(?:both|either|each|the other) colours?|colours of the client|must not know|by itself|the design"
    r")\b",
    re.IGNORECASE,
)
_CHINESE = re.compile(r"供人使用|检出目录|主要工作")
#: Each thing has one word in Chinese: 账本, 模拟器, 送达状态, 收件人, 余量, 防刷.
_OTHER_TERMS = re.compile("台账|模拟服务|[送发][达送]回执|接收者|余额|短信轰炸")
_CAMPAIGN = re.compile(r"(?<![\w`./#-])campaigns?(?![\w`./(,-])", re.IGNORECASE)
_CODE = re.compile(r"^```.*?^```$|`[^`\n]*`|\]\([^)]*\)", re.MULTILINE | re.DOTALL)

PLACES = (
    "README*.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "docs/**/*.md", "overlay/README.md",
    "overlay/jsmskit/**/*.py", "overlay/jsmskit/mock/**/words-*.js",
    "overlay/jsmskit/cli/locale/**/*.po", "spec/README.md", "spec/openapi.yaml",
    "tools/**/*.py", "experiments/**/*.py", "benchmarks/**/*.py",
)  # fmt: skip
MOST_WORDS = 25_000
_BLOCK = re.compile(r"^ *```.*?^ *```$", re.MULTILINE | re.DOTALL)
_HAN = re.compile("[\u4e00-\u9fff]")
#: This list itself.
_LEFT_OUT = {"tools/words.py"}


def hits(root: Path = ROOT, places: tuple[str, ...] = PLACES) -> Iterator[tuple[str, int, str]]:
    """Yield file, line and word of each hit."""
    for path in sorted({path for place in places for path in root.glob(place)}):
        name = str(path.relative_to(root))
        if name in _LEFT_OUT or "/_sync/" in name or "/.venv/" in name:
            continue
        text = path.read_text("utf-8")
        prose = _CODE.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text) if path.suffix == ".md" else text
        patterns = [_ENGLISH, _CHINESE] + ([_CAMPAIGN] if ".zh." in name else [])
        if path.suffix != ".py":
            patterns.append(_OTHER_TERMS)
        for pattern in patterns:
            for match in pattern.finditer(prose):
                yield name, prose.count("\n", 0, match.start()) + 1, match[0]


def pages_for_maintainers(root: Path) -> set[str]:
    """Return the names of the pages of the menu below "How it is built"."""
    menu = re.search(r"- How it is built:\n((?:      - .*\n)+)", (root / "mkdocs.yml").read_text("utf-8"))
    return set(re.findall(r"([\w-]+)\.md", menu[1])) if menu else set()


def count(*, chinese: bool, root: Path = ROOT) -> int:
    """Count the words of README and pages for users, without blocks of code; a Chinese character is one."""
    total = 0
    left_out = pages_for_maintainers(root)
    for path in (*root.glob("README*.md"), *root.glob("docs/**/*.md")):
        name = path.name.partition(".")[0]
        if path.name.endswith(".zh.md") == chinese and name not in left_out and "examples" not in path.parts:
            text = _BLOCK.sub("", path.read_text("utf-8"))
            total += len(_HAN.findall(text)) + len(_HAN.sub(" ", text).split())
    return total


def main(folders: list[str]) -> int:
    """Print the hits below the folders, or all of them and the words of pages; return the exit code."""
    found = [hit for hit in hits() if not folders or hit[0].startswith(tuple(folders))]
    print("\n".join(f"{name}:{line}: {word}" for name, line, word in found) or "no banned word")
    if folders:
        return 1 if found else 0
    english, chinese = count(chinese=False), count(chinese=True)
    print(f"pages for users: {english:,} words in English, {chinese:,} in Chinese, at most {MOST_WORDS:,} each")
    return 1 if found or max(english, chinese) > MOST_WORDS else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
