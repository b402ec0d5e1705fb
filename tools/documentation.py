"""Build the documentation site strictly, in English and Chinese, and judge what came out.

    python -m tools.documentation      writes site/ and site/zh/; exit 1 if anything is wrong

The Chinese site has every page of the English one, so that the switch in the header always leads to the same page:
`docs/NAME.zh.md` where that exists, else the English text, marked as English.

Zensical warns of pages and anchors that do not exist; in strict mode that fails. What it cannot see is judged
in the built pages: that every link, picture, script and anchor is there (those of the reference and of raw
HTML, too), and that a reader's browser fetches nothing from anybody else's server.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import yaml
from markdown.extensions.toc import slugify

ROOT = Path(__file__).resolve().parents[1]
SITE = ROOT / "site"

#: What the browser fetches automatically; a link (`a`) is followed by a person only.
_FETCHED = {"src", "srcset", "poster", "data"}
#: Links in the head that fetch nothing.
_SILENT_LINKS = {"alternate", "canonical", "next", "prev"}
#: Zensical colours its output even in a pipe.
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_BREAK = re.compile("(?<=[\u3001-\u9fff\uff01-\uff1f])\\n *(?=[\u3001-\u9fff\uff01-\uff1f])")
_QUESTION = re.compile(r"\buncertainty ([CG][0-9]+)\b")
_HEADING = re.compile(r"^##+ (?P<title>.+)$", re.MULTILINE)
_FENCE = re.compile(r"(^ *```.*?^ *```$)", re.MULTILINE | re.DOTALL)
_CSS_ADDRESS = re.compile(r"""(?:url\(|@import)\s*['"]?([^'")\s;]+)""")


class Page(HTMLParser):
    """What one page of HTML points at, and what can be pointed at in it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.links: list[str] = []
        self.fetched: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take up one tag."""
        given = {name: value for name, value in attrs if value}
        self.anchors.update(given[name] for name in ("id", "name") if name in given)
        if "href" in given:
            is_fetched = tag == "link" and given.get("rel") not in _SILENT_LINKS
            (self.fetched if is_fetched else self.links).append(given["href"])
        for name in _FETCHED & given.keys():
            parts = given[name].split(",") if name == "srcset" else [given[name]]
            self.fetched += [part.split()[0] for part in parts]
        self.fetched += _CSS_ADDRESS.findall(given.get("style", ""))


def problems(site: Path) -> Iterator[str]:
    """Say what is wrong with a built site, one line for each."""
    files = {path: path.relative_to(site) for path in sorted(site.rglob("*")) if path.is_file()}
    pages = {path: Page(path.read_text(encoding="utf-8")) for path in files if path.suffix == ".html"}
    fetched = {path: page.fetched for path, page in pages.items()}
    fetched |= {path: _CSS_ADDRESS.findall(path.read_text(encoding="utf-8")) for path in files if path.suffix == ".css"}
    for path, addresses in fetched.items():
        for address in addresses:
            if urlsplit(address).netloc:
                yield f"{files[path]}: fetches {address} from elsewhere"
    for path, page in pages.items():
        # The page for addresses that do not exist is shown anywhere, so its links cannot be judged.
        for address in (*page.links, *page.fetched) if path.name != "404.html" else ():
            parts = urlsplit(address)
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if target.is_dir():
                target /= "index.html"
            if target not in files:
                yield f"{files[path]}: leads to {address}, which is not there"
            elif (anchor := unquote(parts.fragment)) and target in pages and anchor not in pages[target].anchors:
                yield f"{files[path]}: leads to {address}, and there is no such place on that page"


def _build(config: Path) -> str:
    """Build one language; return what is wrong, or nothing."""
    built = subprocess.run(
        [str(Path(sys.executable).with_name("zensical")), "build", "--clean", "--strict", "-f", config.name],
        cwd=ROOT,
        env={**os.environ, "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    if built.returncode == 0:
        return ""
    said, _, trace = (built.stdout + built.stderr).partition("Traceback")
    return "\n".join([_COLOUR.sub("", said), (trace.strip().splitlines() or [""])[-1]])


def translated(menu: list[Any], titles: dict[str, str]) -> list[Any]:
    """Return the menu with Chinese titles; names of languages and products stay."""
    entries = [next(iter(entry.items())) for entry in menu]
    return [
        {titles.get(title, title): translated(page, titles) if isinstance(page, list) else page}
        for title, page in entries
    ]


def with_anchors(chinese: str, english: str) -> str:
    """Give the headings of a Chinese page the anchors of their English counterparts, so that links fit both."""
    headings = iter([match["title"] for match in _HEADING.finditer(_FENCE.sub("", english))])
    parts = _FENCE.split(chinese)  # every second one is a block

    def anchored(match: re.Match[str]) -> str:
        title = next(headings, "")
        if "{ #" in match[0] or "{ #" in title or not title:
            return match[0]
        return f"{match[0]} {{ #{slugify(title.replace('`', ''), '-')} }}"

    return "".join(part if i % 2 else _HEADING.sub(anchored, part) for i, part in enumerate(parts))


def without_breaks(chinese: str) -> str:
    """Join the lines of Chinese paragraphs: a browser would show a space for each break."""
    parts = _FENCE.split(chinese)  # every second one is a block
    return "".join(part if i % 2 else _BREAK.sub("", part) for i, part in enumerate(parts))


def stage_chinese(docs: Path, staged: Path) -> set[str]:
    """Copy the pages, each in Chinese where it has a counterpart; return the names of those that have."""
    shutil.rmtree(staged, ignore_errors=True)
    shutil.copytree(docs, staged)
    chinese = set()
    for page in staged.rglob("*.zh.md"):
        text = page.read_text("utf-8").replace(".zh.md", ".md")
        counterpart = page.with_name(page.name.replace(".zh.md", ".md"))
        counterpart.write_text(with_anchors(without_breaks(text), counterpart.read_text("utf-8")), "utf-8")
        page.unlink()
        chinese.add(str(counterpart.relative_to(staged).with_suffix(".html")))
    return chinese


def build_chinese() -> str:
    """Build site/zh/; return what is wrong, or nothing."""
    differs = yaml.safe_load((ROOT / "mkdocs.zh.yml").read_text("utf-8"))
    config = yaml.safe_load((ROOT / "mkdocs.yml").read_text("utf-8"))
    staged, written = ROOT / "build" / "docs-zh", ROOT / ".mkdocs.zh.yml"
    chinese = stage_chinese(ROOT / "docs", staged)
    config |= {name: differs[name] for name in ("site_description", "copyright")}
    config |= {"docs_dir": str(staged.relative_to(ROOT)), "site_dir": "site/zh"}
    config["theme"]["language"] = differs["language"]
    config["nav"] = translated(config["nav"], differs["menu"])
    for alternate in config["extra"]["alternate"]:
        alternate["site"] = "../" if alternate["lang"] == "en" else ""
        alternate["link"] = alternate["site"] + "index.html"
    written.write_text(yaml.safe_dump(config, allow_unicode=True, sort_keys=False), "utf-8")
    try:
        problem = _build(written)
    finally:
        written.unlink()
    for page in (SITE / "zh").rglob("*.html"):
        if str(page.relative_to(SITE / "zh")) not in chinese:
            text = page.read_text("utf-8")
            marked = text.replace('<article class="', '<article lang="en" class="', 1)
            page.write_text(marked, "utf-8")
    return problem


def link_questions(site: Path) -> None:
    """Let the numbers of open questions in docstrings lead to their explanation."""
    for page in site.rglob("reference/*.html"):
        text = page.read_text("utf-8")
        linked = _QUESTION.sub(r'uncertainty <a href="../open-questions.html#\1">\1</a>', text)
        page.write_text(linked, "utf-8")


def main() -> int:
    """Build and judge; return the exit code."""
    if problem := _build(ROOT / "mkdocs.yml") or build_chinese():
        print(problem)
        return 1
    link_questions(SITE)
    found = list(problems(SITE.resolve()))
    print("\n".join(found) if found else f"{len(list(SITE.rglob('*.html')))} pages in {SITE.name}/")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
