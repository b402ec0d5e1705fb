"""`jsms campaign run`, `resume` and `test`."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Generator, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ...calls_made import calls_made
from ...connection import ConnectionOptions, repeat_target, service_options
from ...errors import SENT_SO_FAR, CommandError, as_command_error, interruption
from ...exit_codes import ExitCode
from ...language import gettext as _
from ...language import is_chinese, translate_message
from ...output import show, stderr, wants_json, write
from ...parameters import confirm, is_interactive, yes_option
from .options import as_data, command, ledger_option, next_step, number_argument, opened, overview_lines, run_options

if TYPE_CHECKING:
    from jsmskit import JsmsClient
    from jsmskit.campaigns import Ledger, Progress, RunSettings, Target
    from jsmskit.campaigns.reporting import CampaignSummary

CONFIRM_ABOVE = 1000
"""From so many messages on, the number has to be typed."""


@command.command()
@number_argument
@run_options
@ledger_option
@service_options
def run(connection: ConnectionOptions, /, campaign_id: int, **options: Any) -> None:
    """Send a planned campaign. Exit code 9 if it does not come to its end."""
    _send(connection, campaign_id, resume=False, **options)


@command.command()
@number_argument
@click.option("--file", type=click.Path(dir_okay=False), help="Make sure that this is the list that was planned.")
@run_options
@ledger_option
@service_options
def resume(connection: ConnectionOptions, /, campaign_id: int, file: str | None, **options: Any) -> None:
    """Go on with a campaign that was stopped, paused, or broke off."""
    if file is not None:
        from jsmskit.campaigns.planning import check_source

        with opened(options["place"]) as ledger:
            check_source(ledger, campaign_id, file)
    _send(connection, campaign_id, resume=True, **options)


def _send(
    connection: ConnectionOptions,
    campaign_id: int,
    *,
    resume: bool,
    place: str,
    confirmed: int | None,
    no_balance_check: bool,
    no_canary: bool,
    engine: str,
    page: str | None,
    retarget: bool,
    **options: Any,
) -> None:
    from jsmskit.campaigns import CampaignRunner, CampaignState, Mode, RunSettings, Target
    from jsmskit.campaigns.reporting import check_place, summarize, write_page

    mode = Mode.SCHEDULE if options["schedule_canary_phone"] else Mode.DIRECT
    settings: RunSettings = RunSettings(mode=mode, canary=not no_canary, **options)
    with _told_how_to_go_on(campaign_id), opened(place) as ledger:
        before = summarize(ledger, campaign_id)
        if before.campaign.state is CampaignState.RUNNING and not wants_json():
            write(next_step(before))
        if page is not None:
            check_place(Path(page))
        with closing(_progress_view()) as view, connection.client() as client:
            runner = CampaignRunner(ledger, client, settings, tell=view.tell)
            balance = runner.check(campaign_id, check_balance=not no_balance_check, retarget=retarget)
            _ask(
                before.counts.pending,
                confirmed,
                free=connection.is_free,
                tell=lambda: what_is_sent(client, ledger, before, balance),
            )
            if engine != "embedded":
                target = Target(client.base_url, client.application)
                _hand_over(place, ledger, campaign_id, settings, target, resume=resume)
                return
            start = runner.resume if resume else runner.run
            result = start(campaign_id, check_balance=not no_balance_check)
            if page is not None:
                write_page(ledger, campaign_id, page, chinese=translate_message if is_chinese() else None)
            seen = as_data(summarize(ledger, campaign_id))
    seen |= {"seconds": round(result.seconds, 1), "became_unknown": list(result.lost_chunks)}
    said = overview_lines(seen)
    if result.lost_chunks:
        numbers = ", ".join(map(str, result.lost_chunks))
        said.insert(0, _("Chunks {numbers} of the run before are unknown.").format(numbers=numbers))
    done = repeat_target(
        _("Yes; the ledger says how far: jsms campaign status {campaign}").format(campaign=campaign_id)
    )
    show(seen, *said, done=done)
    if not result.finished:
        raise click.exceptions.Exit(ExitCode.PARTIAL)


@contextmanager
def _told_how_to_go_on(campaign_id: int) -> Generator[None]:
    """Say that the ledger knows how far it came, if this command has sent anything.

    The runner lets requests in flight come to their end, so it knows how they ended.
    """
    calls = calls_made()
    try:
        yield
    except KeyboardInterrupt as error:
        if not calls.may_have_sent:
            raise
        raise _interrupted(
            error, campaign_id, _("Yes, up to here; requests that were in flight are settled in the ledger.")
        ) from None
    except Exception as error:
        if not calls.may_have_sent:
            raise
        failure = as_command_error(error)
        raise CommandError(
            failure.what,
            sent=SENT_SO_FAR,
            remedy=f"{failure.remedy} "
            + _("How far it came: jsms campaign status {campaign}").format(campaign=campaign_id),
            code=ExitCode.PARTIAL,
            details=failure.details | {"outcome": "unknown", "campaign": campaign_id},
        ) from None


def _interrupted(error: KeyboardInterrupt, campaign_id: int, sent: str) -> CommandError:
    look = _("Look with: jsms campaign status {campaign}; go on with: jsms campaign resume {campaign}")
    return interruption(error, sent=sent, remedy=look.format(campaign=campaign_id))


def _hand_over(
    place: str, ledger: Ledger, campaign_id: int, settings: RunSettings, target: Target, *, resume: bool
) -> None:
    import asyncio

    from jsmskit.campaigns.distributed import enqueue_campaign

    try:
        jobs = asyncio.run(enqueue_campaign(place, ledger, campaign_id, settings, resume=resume, target=target))
    except KeyboardInterrupt as error:
        raise _interrupted(error, campaign_id, _("Unknown: workers may be sending it.")) from None
    show(
        {"campaign": campaign_id, "jobs": jobs},
        repeat_target(
            _(
                "{count} jobs are waiting for workers. Next, on each machine: jsms worker;"
                " and to look: jsms campaign status {campaign}"
            ).format(count=jobs, campaign=campaign_id)
        ),
        done=_("The campaign is handed over to the workers."),
    )


def what_is_sent(client: JsmsClient, ledger: Ledger, summary: CampaignSummary, balance: int | None) -> list[str]:
    """What stands above the question: everything by which a wrong campaign could be told from the right one."""
    from jsmskit._privacy import mask_phone

    from ...send_preview import named, template_text

    campaign, count = summary.campaign, summary.counts.pending
    name = _("{source} (campaign {campaign}, {name})").format(
        source=campaign.source, campaign=campaign.campaign_id, name=campaign.name
    )
    line = partial(named, width=9)
    lines = [line(_("List"), name)]
    text = template_text(client, campaign.template_id)
    first = ledger.queries.first_pending(campaign.campaign_id)
    if text is None or first is None:
        lines.append(line(_("Template"), str(campaign.template_id)))
    else:
        filled = client.templates.preview(text, json.loads(first[1] or "{}"))
        shown = _("{template}; the first message, to {phone}:").format(
            template=campaign.template_id, phone=mask_phone(first[0])
        )
        lines += [line(_("Template"), shown), f"          {filled.text}"]
    lines.append(line(_("To"), _("{count} recipients").format(count=count)))
    units = round(max(campaign.units, campaign.recipients) * count / max(campaign.recipients, 1))
    costs = _("about {units} units").format(units=units)
    if balance is not None:
        costs += _("; {balance} units are left").format(balance=balance)
    application = _("application {application}").format(application=client.application)
    return [*lines, line(_("Costs"), costs), line(_("Through"), client.base_url), line(_("As"), application)]


def _ask(messages: int, confirmed: int | None, *, free: bool, tell: Callable[[], Sequence[str]]) -> None:
    """Ask before few messages; before many, have their number typed, or given by a script. Not on a mock."""
    if confirmed is None and (messages <= CONFIRM_ABOVE or free):
        confirm(
            _("Send {count} messages?").format(count=messages),
            free=free or not messages,
            what=_("This sends {count} messages that cost money").format(count=messages),
            tell=tell,
        )
        return
    if confirmed is None and is_interactive():
        for line in tell():
            stderr(line)
        confirmed = click.prompt(
            _("This sends {count} messages, and they cost. Type their number to go on").format(count=messages),
            type=int,
            err=True,
        )
    if confirmed != messages:
        what = (
            _("{count} messages are to be sent, nothing was confirmed.")
            if confirmed is None
            else _("{count} messages are to be sent, {confirmed} was confirmed.")
        )
        raise CommandError(
            what.format(count=messages, confirmed=confirmed),
            remedy=_("Give --confirm {count} if you mean it.").format(count=messages),
            code=ExitCode.USAGE,
        )


@command.command()
@number_argument
@click.option("--to", "phone", required=True, metavar="PHONE", help="A number of your own.")
@click.option("--retarget", is_flag=True, help="Also through another address or application than planned for.")
@yes_option
@ledger_option
@service_options
def test(connection: ConnectionOptions, campaign_id: int, phone: str, retarget: bool, place: str) -> None:
    """Send the message of the first row to PHONE, your own. It is noted, and counts as no recipient's."""
    from jsmskit._privacy import mask_phone
    from jsmskit.campaigns import CampaignStateError, Target
    from jsmskit.campaigns.reporting import summarize
    from jsmskit.errors import JsmsError, Outcome
    from jsmskit.phones import normalize_phone

    number = normalize_phone(phone)
    shown = mask_phone(number)
    with opened(place) as ledger, connection.client() as client:
        summary = summarize(ledger, campaign_id)
        campaign = summary.campaign
        first = ledger.queries.first_pending(campaign_id)
        if first is None:
            raise CampaignStateError(
                _("campaign {campaign} has nothing left to send, so there is no message to try.").format(
                    campaign=campaign_id
                ),
                _("See where it stands: jsms campaign status {campaign}").format(campaign=campaign_id),
            )
        ledger.plans.bind_target(campaign_id, Target(client.base_url, client.application), retarget=retarget)
        confirm(
            _("Send this one message to {phone}?").format(phone=shown),
            free=connection.is_free,
            what=_("This sends a message that costs money"),
            tell=lambda: what_is_sent(client, ledger, summary, None),
        )
        values = json.loads(first[1] or "{}")
        try:
            receipt = client.messages.send(number, campaign.template_id, values or None, sign_id=campaign.sign_id)
        except JsmsError as error:
            if error.outcome is Outcome.UNKNOWN:
                ledger.plans.record(campaign_id, "test_unknown", f"the message of the first row to {shown}")
            raise
        ledger.plans.record(campaign_id, "tested", f"the message of the first row to {shown}: msg_id {receipt.msg_id}")
    shown = mask_phone(receipt.redirected_to or number)
    data = {"campaign": campaign_id, "phone": shown, "msg_id": receipt.msg_id}
    told = _("Sent to {phone}: msg_id {msg_id}. Next: jsms campaign run {campaign}").format(
        phone=shown, msg_id=receipt.msg_id, campaign=campaign_id
    )
    done = _("Yes, accepted: msg_id {msg_id}.").format(msg_id=receipt.msg_id)
    show(data, repeat_target(told), done=done)


_LINE_SECONDS = 5.0


def _progress_view() -> _Bar | _Lines:
    """What is told of each request, in the right way for where the output goes."""
    if sys.stderr.isatty() and not wants_json():
        with suppress(ModuleNotFoundError):  # without rich there are lines
            return _Bar()
    return _Lines()


class _Lines:
    """Plain lines, or JSON where it is asked for."""

    def __init__(self) -> None:
        self._as_json = wants_json()
        self._said_at = 0.0
        self._said: tuple[str, int] = ("", -1)

    def tell(self, progress: Progress) -> None:
        mark = (progress.note.partition(";")[0], 0 if progress.note else progress.pending)
        due = progress.now - self._said_at >= _LINE_SECONDS or not progress.pending
        if not due or mark == self._said:
            return
        self._said_at, self._said = progress.now, mark
        print(_as_json(progress) if self._as_json else _as_line(progress), file=sys.stderr, flush=True)

    def close(self) -> None:
        """Nothing to leave."""


def _as_json(progress: Progress) -> str:
    return json.dumps(
        {
            "progress": progress.campaign_id,
            "total": progress.total,
            "accepted": progress.accepted,
            "rejected": progress.rejected,
            "unknown": progress.unknown,
            "pending": progress.pending,
            "rate": round(progress.rate, 1),
            "seconds_left": None if progress.seconds_left is None else round(progress.seconds_left),
            "note": progress.note,
        }
    )


def _as_line(progress: Progress) -> str:
    seconds = progress.seconds_left
    told = _(
        "{accepted} accepted, {rejected} rejected, {unknown} unknown, {pending} to go; {rate:.0f}/s, {time} left"
    ).format(
        accepted=progress.accepted,
        rejected=progress.rejected,
        unknown=progress.unknown,
        pending=progress.pending,
        rate=progress.rate,
        time="-" if seconds is None else timedelta(seconds=round(seconds)),
    )
    if not progress.note:
        return told
    return _("{told}; waiting: {reason}").format(told=told, reason=translate_message(progress.note))


class _Bar:
    """A bar, where a person looks."""

    def __init__(self) -> None:
        from rich.console import Console  # only where a person looks
        from rich.progress import BarColumn, TextColumn
        from rich.progress import Progress as RichProgress

        self._bar = RichProgress(
            BarColumn(),
            TextColumn("{task.percentage:>5.1f} %"),
            TextColumn("{task.fields[told]}", markup=False),
            console=Console(stderr=True),
        )
        self._task: Any = None

    def tell(self, progress: Progress) -> None:
        if self._task is None:
            self._task = self._bar.add_task("", total=progress.total, told="")
            self._bar.start()
        self._bar.update(self._task, completed=progress.total - progress.pending, told=_as_line(progress))

    def close(self) -> None:
        self._bar.stop()
