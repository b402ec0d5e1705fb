"""Writes the pages of return codes and of delivery statuses, in English and Chinese, and checks that they are fresh.

    python -m tools.code_pages            write docs/error-codes.md, docs/delivery-statuses.md, and both in Chinese
    python -m tools.code_pages --check    write nothing; exit 1 if one is missing or differs

One heading for each number, so that a search for "50013" finds it. All that is said of a number comes from
the spec, through the generated tables.

Long, because the words of two languages stand in it.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from jsms_api.error_table import ERRORS, REPORT_STATUSES, ErrorCategory, ErrorInfo, ReportStatusInfo, RetryAdvice
from jsms_api.operations import OPERATIONS
from jsmskit import spec
from jsmskit._operations.codes import VERIFICATION_CODES
from jsmskit.cli.commands.reference import uncertainties
from jsmskit.cli.language import gettext, in_language
from jsmskit.errors import CATEGORY_ERRORS
from jsmskit.mock.model.magic_numbers import PREFIX

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"

#: The method of the client that makes each call.
METHODS: Final[Mapping[str, str]] = {
    "sendCode": "codes.send",
    "sendVoiceCode": "codes.send_voice",
    "verifyCode": "codes.verify",
    "sendMessage": "messages.send",
    "sendMessageBatch": "messages.send_batch",
    "createSchedule": "schedules.create",
    "createScheduleBatch": "schedules.create_batch",
    "updateSchedule": "schedules.update",
    "updateScheduleBatch": "schedules.update_batch",
    "getSchedule": "schedules.get",
    "deleteSchedule": "schedules.cancel",
    "createTemplate": "templates.create",
    "updateTemplate": "templates.update",
    "getTemplate": "templates.get",
    "deleteTemplate": "templates.delete",
    "createSign": "signs.create",
    "updateSign": "signs.update",
    "getSign": "signs.get",
    "deleteSign": "signs.delete",
    "getAppBalance": "accounts.app_balance",
    "getAccountBalance": "accounts.account_balance",
    "pullReports": "reports.fetch",
    "pullReplies": "replies.fetch",
}


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language."""

    ending: str
    lang: str
    errors_title: str
    errors_head: str
    statuses_title: str
    statuses_head: str
    categories: Mapping[ErrorCategory, str]
    retries: Mapping[RetryAdvice, str]
    number: str
    meaning: str
    name: str
    says: str
    raised: str
    value: str
    again: str
    calls: str
    entries: str
    all_calls: str
    provoke: str
    doubts: str
    questions_title: str
    questions_head: str
    observed: str
    question: str
    reading: str
    delivered: str
    not_delivered: str
    voice: str
    stop: str
    colon: str
    comma: str

    def title(self, info: ErrorInfo | ReportStatusInfo) -> str:
        """What a number means."""
        return info.title_en if self.lang == "en" else info.title_zh

    def remedy(self, info: ErrorInfo | ReportStatusInfo) -> str:
        """What to do about it."""
        return info.remedy_en if self.lang == "en" else info.remedy_zh


ENGLISH = Words(
    ending=".md",
    lang="en",
    errors_title="Return codes",
    errors_head="""\
Every return code that the service documents: what it means, what to do, which error the client raises, whether a retry
can succeed. Field names are those of the HTTP API; `error.remedy` speaks of arguments instead.

In Python the numbers have names, `jsmskit.ErrorCode.{example}`; `mock.fail_next(ErrorCode.{example})` makes the mock
return one, as does a phone number or id made of {prefix} and the code. An unknown code is an `APIError`. The page
[Understand errors](errors.md) says what to do in general.""",
    statuses_title="Delivery statuses",
    statuses_head="""\
What became of a message, as reports and callbacks tell it: `report.status`, `report.delivered`, `report.info`.

An accepted message is not a delivered one. Reports come by [callback](callbacks.md) or by `client.reports.fetch()`.""",
    categories={
        ErrorCategory.SUCCESS: "Success",
        ErrorCategory.AUTHENTICATION: "Credentials and access",
        ErrorCategory.INVALID_REQUEST: "The request",
        ErrorCategory.RECIPIENT: "Recipients",
        ErrorCategory.RATE_LIMIT: "Limits",
        ErrorCategory.BALANCE: "Balance",
        ErrorCategory.TEMPLATE: "Templates",
        ErrorCategory.SIGN: "Signs",
        ErrorCategory.CONTENT: "Content",
        ErrorCategory.SCHEDULE: "Schedules",
        ErrorCategory.VERIFICATION: "Checking a code",
        ErrorCategory.SERVER: "The service itself",
    },
    retries={
        RetryAdvice.NEVER: "no",
        RetryAdvice.AFTER_WAIT: "after a wait",
        RetryAdvice.AFTER_CHANGE: "after a change",
    },
    number="code",
    meaning="meaning",
    name="Name",
    says="The service also says",
    raised="In Python",
    value="`codes.verify` returns a `Verification` with a `reason`",
    again="retry",
    calls="Calls",
    entries="Entries of",
    all_calls="all",
    provoke="In the mock",
    doubts="Open questions",
    questions_title="Open questions",
    questions_head="""\
Where the vendor's pages contradict each other (C) or are silent (G), the contract has to choose a reading. This project
has tried none of them against the real service; a date tells when a user published a response that shows it. If you
know better, please report it.""",
    observed="observed on {date}",
    question="question",
    reading="read as",
    delivered="delivered",
    not_delivered="not delivered",
    voice="voice calls only",
    stop=".",
    colon=": ",
    comma=", ",
)

CHINESE = Words(
    ending=".zh.md",
    lang="zh-Hans",
    errors_title="返回码",
    errors_head="""\
服务文档中的全部返回码：含义、如何处理、客户端抛出的错误、重试能否成功。
字段名是 HTTP 接口的名称；`error.remedy_zh` 用的是 Python 参数名。

在 Python 中每个数字都有名称，例如 `jsmskit.ErrorCode.{example}`；`mock.fail_next(ErrorCode.{example})` 让模拟器返回它，
由 {prefix} 加返回码组成的号码或 ID 也可以。未知的返回码抛出 `APIError`。如何处理错误见[错误处理](errors.md)。""",
    statuses_title="送达状态",
    statuses_head="""\
短信的最终结果，见于拉取的记录和回调：`report.status`、`report.delivered`、`report.info`。

提交成功不等于送达。送达状态可通过回调接收，也可用 `client.reports.fetch()` 拉取。""",
    categories={
        ErrorCategory.SUCCESS: "成功",
        ErrorCategory.AUTHENTICATION: "密钥与权限",
        ErrorCategory.INVALID_REQUEST: "请求",
        ErrorCategory.RECIPIENT: "接收号码",
        ErrorCategory.RATE_LIMIT: "频率限制",
        ErrorCategory.BALANCE: "余量",
        ErrorCategory.TEMPLATE: "模板",
        ErrorCategory.SIGN: "签名",
        ErrorCategory.CONTENT: "内容",
        ErrorCategory.SCHEDULE: "定时任务",
        ErrorCategory.VERIFICATION: "验证码校验",
        ErrorCategory.SERVER: "服务自身",
    },
    retries={RetryAdvice.NEVER: "不能", RetryAdvice.AFTER_WAIT: "等待之后", RetryAdvice.AFTER_CHANGE: "修改之后"},
    number="代码",
    meaning="含义",
    name="名称",
    says="服务也返回",
    raised="在 Python 中",
    value="`codes.verify` 返回带有 `reason` 的 `Verification`",
    again="重试",
    calls="接口",
    entries="批量条目",
    all_calls="全部",
    provoke="模拟器",
    doubts="存疑",
    questions_title="存疑的问题",
    questions_head="""\
官方页面互相矛盾（C）或没有说明（G）之处，规范只能选定一种理解。本项目没有在真实服务上验证过；标有日期的，已有用户公开过
相应的真实响应。如果你知道答案，欢迎告诉我们。""",
    observed="{date} 观察到",
    question="问题",
    reading="理解为",
    delivered="已送达",
    not_delivered="未送达",
    voice="仅语音",
    stop="。",
    colon="：",
    comma="，",
)


def pages() -> dict[Path, str]:
    """Write all pages."""
    made = {}
    for words in (ENGLISH, CHINESE):
        made[DOCS / f"error-codes{words.ending}"] = _page(words, words.errors_title, _errors(words))
        made[DOCS / f"open-questions{words.ending}"] = _page(words, words.questions_title, _questions(words))
        made[DOCS / f"delivery-statuses{words.ending}"] = _page(words, words.statuses_title, _statuses(words))
    return made


def _page(words: Words, title: str, lines: Iterator[str]) -> str:
    body = "\n".join(lines)
    head = f"<!-- Made by tools/code_pages.py from the tables of the spec. Do not edit. -->\n\n# {title}\n\n"
    if words.lang == "en":
        return f"{head}{body}\n"
    # What is read aloud, broken into lines and found by language goes by this attribute.
    return f'{head}<div lang="{words.lang}" markdown>\n\n{body}\n\n</div>\n'


def _errors(words: Words) -> Iterator[str]:
    yield words.errors_head.format(
        example=next(info.name for info in ERRORS.values() if info.http_status != 200), prefix=PREFIX
    )
    for category in ErrorCategory:
        yield ""
        yield f"## {words.categories[category]}"
        for info in ERRORS.values():
            if info.category is category:
                yield ""
                yield from _error(words, info)


def _error(words: Words, info: ErrorInfo) -> Iterator[str]:
    yield f"### {info.code} {info.message}{words.colon}{words.title(info)} {{ #{info.code} }}"
    yield ""
    yield words.remedy(info)
    yield ""
    facts = [f"`{info.name}`", f"HTTP {info.http_status}"]
    if info.category is not ErrorCategory.SUCCESS:
        error = CATEGORY_ERRORS[info.category].__name__
        is_value = info.code in VERIFICATION_CODES
        facts.append(words.value if is_value else f"[`{error}`](reference/errors.md#jsmskit.{error})")
        facts.append(f"{words.again}{words.colon}{words.retries[info.retry]}")
    yield f"- {words.comma.join(facts)}"
    if info.other_messages:
        yield f"- {words.says}{words.colon}{' / '.join(f'`{message}`' for message in info.other_messages)}"
    if calls := [name for name, operation in OPERATIONS.items() if info.code in _codes_of(name)]:
        yield f"- {words.calls}{words.colon}{_calls(words, calls)}"
    if entries := [name for name, operation in OPERATIONS.items() if info.code in operation.entry_codes]:
        yield f"- {words.entries}{words.colon}{_calls(words, entries)}"
    if info.doubts:
        yield f"- {words.doubts}{words.colon}{', '.join(map(link_to_question, info.doubts))}"


def link_to_question(name: str) -> str:
    """Return a link to the place that explains an open question."""
    return f"[{name}](open-questions.md#{name})"


def _questions(words: Words) -> Iterator[str]:
    rows = spec.load(spec.Form.ERRORS)["open_questions"]
    dates = {row["id"]: row["observed"]["date"] for row in rows if "observed" in row}
    yield words.questions_head
    yield ""
    yield f"| | {words.question} | {words.reading} |"
    yield "| --- | --- | --- |"
    with in_language("zh" if words.lang != "en" else "en"):
        for name, texts in uncertainties().items():
            question, reading = (gettext(text).replace("|", "\\|") for text in texts)
            if name in dates:
                reading += f" ({words.observed.format(date=dates[name])})"
            yield f'| <a id="{name}"></a>{name} | {question} | {reading} |'


def _codes_of(operation: str) -> set[int]:
    return {code for codes in OPERATIONS[operation].codes.values() for code in codes}


def _calls(words: Words, operations: list[str]) -> str:
    if len(operations) == len(OPERATIONS):
        return words.all_calls
    return ", ".join(f"`{METHODS[name]}`" for name in operations)


def _statuses(words: Words) -> Iterator[str]:
    yield words.statuses_head
    yield ""
    yield f"| {words.number} | {words.meaning} | |"
    yield "| --- | --- | --- |"
    for info in REPORT_STATUSES.values():
        yield f"| [{info.status}](#{info.status}) | {words.title(info)} | {_fate(words, info)} |"
    for info in REPORT_STATUSES.values():
        yield ""
        yield f"## {info.status} {words.title(info)} {{ #{info.status} }}"
        yield ""
        yield f"**{_fate(words, info)}{words.stop}** {words.remedy(info)}"
        yield ""
        yield f"- {words.name}{words.colon}`{info.name}`"
        yield f"- {words.provoke}{words.colon}`{PREFIX}0{info.status}`"


def _fate(words: Words, info: ReportStatusInfo) -> str:
    fate = words.delivered if info.delivered else words.not_delivered
    return f"{fate} ({words.voice})" if info.voice else fate


def main(arguments: list[str] | None = None) -> int:
    """Write or check; gives the exit code."""
    parser = argparse.ArgumentParser(description="The pages of return codes and delivery statuses.")
    parser.add_argument("--check", action="store_true", help="write nothing; fail if a page is stale")
    check: bool = parser.parse_args(arguments).check
    if set(METHODS) != set(OPERATIONS):
        print(f"code_pages: METHODS lacks or has too many: {sorted(set(METHODS) ^ set(OPERATIONS))}")
        return 1
    stale = [
        path
        for path, wanted in pages().items()
        if (path.read_text(encoding="utf-8") if path.exists() else None) != wanted
    ]
    for path in stale:
        if check:
            print(f"{path.relative_to(ROOT)} is stale or missing: run python -m tools.code_pages")
        else:
            path.write_text(pages()[path], encoding="utf-8")
            print(f"wrote {path.relative_to(ROOT)}")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
