"""`jsms live-check`: compare the contract with the real service, on an account of one's own."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from ..connection import ConnectionOptions, service_options
from ..errors import CommandError
from ..exit_codes import ExitCode
from ..framework import Command
from ..language import gettext as _
from ..language import mark
from ..output import Table, Verbatim, show, stderr, wants_json
from ..parameters import confirm, is_interactive, yes_option

if TYPE_CHECKING:
    from jsmskit.live_check.run import LiveCheck, Result

_TEXTS: Final = 3
_FILE: Final = click.Path(path_type=Path, dir_okay=False)
_COLUMNS: Final = ("state", "probe", "found", "questions")


@click.command(cls=Command)
@click.argument("phone", required=False)
@click.option("--free", is_flag=True, help="Send nothing at all.")
@click.option("--dry-run", is_flag=True, help="Show the plan; ask the service nothing.")
@click.option("--report", type=_FILE, default="live-check.json", show_default=True, help="Where the report goes.")
@click.option("--apply", type=_FILE, help="Print a report as a patch for the spec of the checkout in this folder.")
@yes_option
@service_options
def command(
    connection: ConnectionOptions, phone: str | None, free: bool, dry_run: bool, report: Path, apply: Path | None
) -> None:
    """Ask the real service what its documentation leaves open.

    PHONE is your own number: nothing is sent to another. The command says what it will do and what that costs, and
    asks before it begins. What it makes (schedules far in the future, templates, a sign) it deletes at once. It stops
    at the first surprise that could cost money. The report holds nothing private: attach it to an issue.
    """
    if apply is not None:
        _propose(apply)
        return
    from jsmskit import normalize_phone
    from jsmskit.live_check.run import LiveCheck

    if phone is None:
        raise click.UsageError(_("Give your own number as PHONE."))
    number, texts = normalize_phone(phone), 0 if free else _TEXTS
    for line in _announce(number, texts):
        stderr(line)
    if dry_run:
        _show_plan(texts)
        return
    with connection.client() as client:
        what = _("This makes and deletes schedules and templates on your account")
        confirm(_("Begin?"), free=connection.is_free, what=what)
        check = LiveCheck(client, number, texts, _ask_code)
        check.run()
        for path in check.left:
            stderr(_("Could not be deleted, do it by hand: {path}").format(path=path))
    _tell(check, report)


def _announce(phone: str, texts: int) -> list[str]:
    from jsmskit._privacy import mask_phone
    from jsmskit.live_check.probes import PROBES

    cost = (
        _("It sends at most {count} texts, all to {phone}, and nothing to another number.")
        if texts
        else _("It sends nothing and costs nothing. Refused requests carry the number {phone}.")
    )
    return [
        _("This asks the service up to {count} questions.").format(count=len(PROBES)),
        cost.format(count=texts, phone=mask_phone(phone)),
        _("It makes schedules, templates and a sign, and deletes each at once."),
        _("It stops at the first surprise that could cost money. --dry-run lists the questions."),
    ]


def _show_plan(texts: int) -> None:
    from jsmskit.live_check.probes import PROBES

    rows = [
        (_(probe.name), f"{probe.method} {probe.path}", " ".join(probe.doubts), str(probe.costs))
        for probe in PROBES
        if probe.costs <= texts
    ]
    columns = ("probe", "request", "questions", "texts")
    show([dict(zip(columns, row, strict=True)) for row in rows], Table(columns, rows))


def _ask_code() -> str:
    question = _("The code that has arrived (empty: go on without it)")
    if is_interactive():
        try:
            return str(click.prompt(question, default="", show_default=False, err=True))
        except click.Abort:
            raise KeyboardInterrupt from None
    stderr(question)
    return sys.stdin.readline()


def _tell(check: LiveCheck, place: Path) -> None:
    report = check.report()
    sent = _("Texts sent, or perhaps sent: {count}.").format(count=check.sent)
    try:
        place.write_text(json.dumps(report, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        what = _("the report could not be written: {why}.").format(why=error.strerror)
        raise CommandError(what, sent=sent, remedy=_("Name another place with --report.")) from None
    show(report, Table(_COLUMNS, [_row(one) for one in check.results]), done=sent)
    other = sum(bool(one.deviations) for one in check.results)
    asked = sum(one.found is not None for one in check.results)
    if not wants_json():
        told = _("{asked} asked, {other} other than the contract says. {sent} The report is in {place}.")
        stderr(told.format(asked=asked, other=other, sent=sent, place=place))
    if check.surprise:
        last = next((one.probe.name for one in reversed(check.results) if one.found), "no credentials")
        raise CommandError(
            _("stopped at a surprise: {what}, at the probe {probe!r}.").format(what=_(check.surprise), probe=_(last)),
            sent=sent,
            remedy=_("Look at your schedules and your balance in the console before you run it again."),
            code=ExitCode.INTERRUPTED if check.surprise == "interrupted" else ExitCode.UNKNOWN,
        )
    if other:
        raise click.exceptions.Exit(ExitCode.NEGATIVE)


def _row(result: Result) -> tuple[str, str, str, str]:
    if result.found is None:
        return _("not asked"), _(result.probe.name), "", " ".join(result.probe.doubts)
    state = _("OTHER") if result.deviations else _("agrees")
    found = "; ".join(fact.describe(found, _) for fact, found in result.deviations or result.findings)
    if result.deviations:
        expected = " / ".join(fact.describe(one, _) for fact, _found in result.deviations for one in fact.taken)
        found = _("{found} (expected {expected})").format(found=found, expected=expected)
    decided = dict.fromkeys(doubt for fact, one in result.findings if fact.decides(one) for doubt in fact.doubts)
    return state, _(result.probe.name), found, " ".join(decided)


def _propose(place: Path) -> None:
    from jsmskit.live_check.proposal import ReportError, observations, patch

    spec = Path("spec/openapi.yaml")
    remedy = _("Run it in a checkout of the project, with a report of this version.")
    try:
        report: dict[str, Any] = json.loads(place.read_text("utf-8"))
        proposal = patch(report, spec.read_text("utf-8"))
        observed = observations(report)
    except OSError as error:
        raise CommandError(f"{error.filename}: {error.strerror}", remedy=remedy, code=ExitCode.USAGE) from None
    except (ReportError, ValueError, AttributeError, TypeError, KeyError) as error:
        reason = str(error) if isinstance(error, ReportError) else _("it is no report of jsms live-check")
        raise CommandError(f"{place}: {reason}", remedy=remedy, code=ExitCode.USAGE) from None
    show({"observed": observed, "patch": proposal}, Verbatim(proposal.removesuffix("\n")))


#: For the catalogue.
_SURPRISES: Final = (
    mark("interrupted"),
    mark("no response"),
    mark("a redirect"),
    mark("an unexpected success"),
    mark("no usable id"),
    mark("an answer that leaves open what was done"),
    mark("something that was made could not be deleted"),
)
