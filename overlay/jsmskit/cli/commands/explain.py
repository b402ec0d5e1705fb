"""`jsms explain`: what a return code or a delivery status means, and what to do.

Knows how a row of the tables is shown in two languages. Must not know any code: the rows come from the spec.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import click

from ... import spec
from ..connection import json_option
from ..errors import CommandError
from ..exit_codes import ExitCode
from ..framework import Command
from ..output import KeyValues, Table, show, stdout_is_tty

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem
    from jsms_api.error_table import ErrorInfo, ReportStatusInfo

__all__ = ["command", "uncertainties"]

_LANGUAGES: Final = ("en", "zh")
_MOST_NEAR: Final = 4
_HEADS: Final = {
    "en": {
        "what": "What",
        "remedy": "What to do",
        "message": "Words of the service",
        "other": "Also seen",
        "http": "HTTP status",
        "category": "Kind",
        "class": "Class in Python",
        "retry": "Again?",
        "operations": "Calls",
        "entries": "In entries of",
        "source": "Source",
        "doubts": "Doubts",
        "kind": "Kind",
    },
    "zh": {
        "what": "含义",
        "remedy": "处理办法",
        "message": "服务端原文",
        "other": "其他写法",
        "http": "HTTP 状态码",
        "category": "类别",
        "class": "Python 异常类",
        "retry": "能否重试",
        "operations": "可能出现的接口",
        "entries": "批量结果逐条出现",
        "source": "来源",
        "doubts": "存疑",
        "kind": "类别",
    },
}
_RETRY: Final = {
    "en": {
        "never": "no, the same call never succeeds",
        "after-wait": "yes, after a wait",
        "after-change": "yes, after something was changed",
    },
    "zh": {"never": "否，同样的请求不会成功", "after-wait": "是，等待之后", "after-change": "是，修正之后"},
}


def _complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    from click.shell_completion import CompletionItem
    from jsms_api.error_table import ERRORS, REPORT_STATUSES

    rows = [(code, row.title_en) for code, row in ERRORS.items()]
    rows += [(status, row.title_en) for status, row in REPORT_STATUSES.items()]
    return [CompletionItem(str(n), help=words) for n, words in rows if str(n).startswith(incomplete)]


@click.command(cls=Command)
@click.argument("what", metavar="CODE|NAME|STATUS", required=False, shell_complete=_complete)
@click.option(
    "--lang", type=click.Choice(_LANGUAGES), help="Language; that of the locale (LC_ALL, LANG) if left out."
)
@json_option
def command(what: str | None, lang: str | None, as_json: bool) -> None:
    """Explain a return code (50013), its name (INVALID_TEMP_ID), or a delivery status (4003).

    Without an argument all are listed. Sections: what, what to do, the words and HTTP status of the service,
    which calls can give it, whether to try again, where it is documented, and what is doubtful about it.
    """
    from jsms_api.error_table import ERRORS, REPORT_STATUSES

    language = lang or _of_the_locale()
    if what is None:
        _list(language, as_json)
        return
    wanted = what.strip().upper()
    row = next((one for one in ERRORS.values() if wanted in (str(one.code), one.name)), None)
    if row is not None:
        _show_code(row, language, as_json)
        return
    status = next((one for one in REPORT_STATUSES.values() if wanted in (str(one.status), one.name)), None)
    if status is None:
        raise _unknown(what)
    _show_status(status, language, as_json)


def _of_the_locale() -> str:
    found = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    return "zh" if found.lower().startswith("zh") else "en"


def _list(language: str, as_json: bool) -> None:
    from jsms_api.error_table import ERRORS, REPORT_STATUSES

    rows: list[tuple[int, str, str]] = [
        (one.code, one.name, one.title_zh if language == "zh" else one.title_en) for one in ERRORS.values()
    ]
    rows += [
        (one.status, one.name, one.title_zh if language == "zh" else one.title_en)
        for one in REPORT_STATUSES.values()
    ]
    columns = ("code", "name", "title")
    show(as_json, [dict(zip(columns, row, strict=True)) for row in rows], Table(columns, rows))


def _unknown(what: str) -> CommandError:
    from jsms_api.error_table import ERRORS, REPORT_STATUSES

    near = _near(what, [*ERRORS.values(), *REPORT_STATUSES.values()])
    return CommandError(
        f"{what} is no return code, name or delivery status that this version knows.",
        sent="No, this only reads a table.",
        remedy=f"Did you mean {near}?" if near else "jsms explain lists all that there are.",
        code=ExitCode.NEGATIVE,
    )


def _near(what: str, rows: Sequence[ErrorInfo | ReportStatusInfo]) -> str:
    """The rows that somebody may have meant: near in number or name, or with the word in their title."""
    from difflib import get_close_matches

    typed = what.strip().upper().replace("-", "_").replace(" ", "_")
    keys = {str(row[0]): row for row in rows} | {row.name: row for row in rows}
    found = [keys[key] for key in get_close_matches(typed, keys, n=3, cutoff=0.7)]
    if len(typed) > 2 and not typed.isdigit():
        told = what.strip().lower()
        found += [row for row in rows if typed in row.name]
        found += [row for row in rows if told in f"{row.title_en} {row.title_zh}".lower()]
    found = list(dict.fromkeys(found))[:_MOST_NEAR]
    return ", ".join(f"{row[0]} ({row.name})" for row in found)


def _show_code(row: ErrorInfo, language: str, as_json: bool) -> None:
    from jsmskit.errors import error_class

    known = uncertainties()
    calls, entries = _operations(row.code)
    kind = error_class(row.code).__name__
    if as_json:
        show(
            True,
            {
                "code": row.code,
                "name": row.name,
                "title": {"en": row.title_en, "zh": row.title_zh},
                "remedy": {"en": row.remedy_en, "zh": row.remedy_zh},
                "message": row.message,
                "other_messages": list(row.other_messages),
                "http_status": row.http_status,
                "category": row.category.value,
                "error_class": kind,
                "retry": row.retry.value,
                "operations": calls,
                "entries_of": entries,
                "source": list(row.source),
                "since": row.since,
                "doubts": [
                    {"id": one, "about": known[one][0], "reading": known[one][1]} for one in row.doubts
                ],
            },
        )
        return
    head, chinese = _HEADS[language], language == "zh"
    _show_sections(
        f"{row.code} {row.name}",
        [
            (head["what"], row.title_zh if chinese else row.title_en),
            (head["remedy"], row.remedy_zh if chinese else row.remedy_en),
            (head["message"], row.message),
            (head["other"], ", ".join(row.other_messages) or None),
            (head["http"], row.http_status),
            (head["category"], row.category.value),
            (head["class"], f"jsmskit.{kind}"),
            (head["retry"], _RETRY[language][row.retry.value]),
            (head["operations"], ", ".join(calls) or None),
            (head["entries"], ", ".join(entries) or None),
            (head["source"], f"{', '.join(row.source)} ({row.since})"),
            *((head["doubts"], f"{one}: {known[one][0]}; taken here: {known[one][1]}") for one in row.doubts),
        ],
    )


def _show_status(row: ReportStatusInfo, language: str, as_json: bool) -> None:
    if as_json:
        show(
            True,
            {
                "status": row.status,
                "name": row.name,
                "title": {"en": row.title_en, "zh": row.title_zh},
                "remedy": {"en": row.remedy_en, "zh": row.remedy_zh},
                "delivered": row.delivered,
                "voice": row.voice,
                "since": row.since,
            },
        )
        return
    head, chinese = _HEADS[language], language == "zh"
    kinds = {
        "en": ("delivery status", "delivery status of voice codes"),
        "zh": ("发送回执", "语音验证码回执"),
    }
    _show_sections(
        f"{row.status} {row.name}",
        [
            (head["what"], row.title_zh if chinese else row.title_en),
            (head["remedy"], row.remedy_zh if chinese else row.remedy_en),
            (head["kind"], kinds[language][row.voice]),
            (head["source"], row.since),
        ],
    )


@cache
def uncertainties() -> Mapping[str, tuple[str, str]]:
    """Return the open questions that codes refer to, by id: what the sources leave open, and the reading taken."""
    rows = spec.load(spec.Form.ERRORS)["open_questions"]
    return {row["id"]: (row["question"], row["chosen"]) for row in rows}


def _operations(code: int) -> tuple[list[str], list[str]]:
    """Which calls can give a code: in the answer, and in single entries of a batch."""
    from jsms_api.operations import OPERATIONS

    calls = [
        info.operation_id
        for info in OPERATIONS.values()
        if any(code in codes for codes in info.codes.values())
    ]
    return calls, [info.operation_id for info in OPERATIONS.values() if code in info.entry_codes]


def _show_sections(title: str, sections: Iterable[tuple[str, Any]]) -> None:
    """A head, and a paragraph for each section where a person looks; one line each where nobody does."""
    present = [(name, str(value)) for name, value in sections if value is not None]
    if not stdout_is_tty():
        show(False, None, title, KeyValues(present))
        return
    from ..output import paragraphs

    show(False, None, paragraphs(title, present))
