"""Bugs of `jsmskit.campaigns`: what the ledger believes, claims, keeps and forgets, and what a worker does."""

from __future__ import annotations

from experiments.planted_bugs import Bug

__all__ = ["BUGS"]

BUGS = (
    Bug(
        "worker silence ignored",
        "campaigns/ledger/recovery.py",
        "heard_at > now - silence and ",
        "",
        ("tests/campaigns/test_fences.py",),
        select="silent",
    ),
    Bug(
        "fence without attempt",
        "campaigns/ledger/settlement.py",
        "attempt=? AND owner=? AND state IN (?, ?)",
        "attempt>=? AND owner=? AND state IN (?, ?)",
        ("tests/campaigns/test_fences.py",),
        select="attempt_that_was",
    ),
    Bug(
        "fence without owner",
        "campaigns/ledger/settlement.py",
        "AND owner=? AND state IN (?, ?)",
        "AND ?<>'' AND state IN (?, ?)",
        ("tests/campaigns/test_fences.py",),
        select="attempt_that_was",
    ),
    Bug(
        "purge keeps rows set aside",
        "campaigns/ledger/retention.py",
        ', "set_aside")',
        ")",
        ("tests/campaigns/test_purge.py",),
        select="names_a_recipient",
    ),
    Bug(
        "purge keeps reports",
        "campaigns/ledger/retention.py",
        "        _forget_feedback(tx, number)\n",
        "",
        ("tests/campaigns/test_purge.py",),
        select="names_a_recipient",
    ),
    Bug(
        "purge leaves the log",
        "campaigns/ledger/database/sqlite.py",
        "self._bring_log_in(empty=True)",
        "pass",
        ("tests/campaigns/test_purge.py",),
        select="names_a_recipient",
    ),
    Bug(
        "chained lease without a clock",
        "campaigns/running/session.py",
        (
            "        if isinstance(step, ChunkLease):\n"
            "            self._note(step)\n"
            "        elif isinstance(step, Finished):\n"
            "            self.ended = step\n"
            "        self._report_decision"
        ),
        (
            "        if isinstance(step, Finished):\n"
            "            self.ended = step\n"
            "        self._report_decision"
        ),
        ("tests/campaigns/test_fences.py",),
        select="steady",
    ),
    Bug(
        "second name taken",
        "campaigns/ledger/database/ledger_file.py",
        "if links > 1:",
        "if links > 2:",
        ("tests/campaigns/test_one_file.py",),
        select="two_names",
    ),
    Bug(
        "file never says open",
        "campaigns/ledger/database/sqlite.py",
        "self._write_mark(token | OPEN)",
        "self._write_mark(token)",
        ("tests/campaigns/test_one_file.py",),
        select="taken_away_from",
    ),
    Bug(
        "missing log overlooked",
        "campaigns/ledger/database/ledger_file.py",
        "if mark & OPEN and not self.has_log():",
        "if mark < 0:",
        ("tests/campaigns/test_one_file.py",),
        select="taken_away_from",
    ),
    Bug(
        "foreign log taken",
        "campaigns/ledger/database/ledger_file.py",
        "seen != mark & _TOKEN",
        "seen < 0",
        ("tests/campaigns/test_one_file.py",),
        select="another_time",
    ),
    Bug(
        "lock goes by name",
        "campaigns/ledger/database/ledger_file.py",
        '_LOCKS_THE_FILE: Final = sys.platform == "linux"',
        "_LOCKS_THE_FILE = False",
        ("tests/campaigns/test_one_file.py",),
        select="another_process",
    ),
    Bug(
        "mark not looked at again",
        "campaigns/ledger/database/sqlite.py",
        "self._file.mark() == self._mark",
        "True",
        ("tests/campaigns/test_one_file.py",),
        select="brings_the_log_in",
    ),
    Bug(
        "dead owner goes back to pending",
        "campaigns/ledger/recovery.py",
        "(RecipientState.UNKNOWN, _DIED, now",
        "(RecipientState.PENDING, _DIED, now",
        ("tests/campaigns/test_ledger.py",),
        select="dead or unknown",
    ),
    Bug(
        "clock set back stands still",
        "campaigns/ledger/claims.py",
        "if since > now + _CLOCK_SKEW:",
        "if since < 0:",
        ("tests/campaigns/test_fences.py",),
        select="set_back",
    ),
    Bug(
        "retry after without bound",
        "campaigns/decisions.py",
        "min(error.retry_after, settings.longest_hold_seconds)",
        "error.retry_after",
        ("tests/campaigns/test_fences.py",),
        select="gateway or bound",
    ),
    Bug(
        "throttled without end",
        "campaigns/ledger/claims.py",
        "settings.rate / (1 << min(throttle_level, _MOST_THROTTLED))",
        "settings.rate / (1 << throttle_level)",
        ("tests/campaigns/test_fences.py",),
        select="slow_down",
    ),
    Bug(
        "address in capitals is a file",
        "campaigns/places.py",
        "re.IGNORECASE | re.DOTALL",
        "re.DOTALL",
        ("tests/campaigns/test_databases.py",),
        select="address",
    ),
    Bug(
        "broken run told as not sent",
        "campaigns/errors.py",
        "self.outcome = Outcome.UNKNOWN",
        "pass",
        ("tests/campaigns/test_around_a_request.py",),
        select="cannot_be_written",
    ),
    Bug(
        "page looked at at the end only",
        "campaigns/../cli/commands/campaign/run.py",
        "check_place(Path(page))",
        "pass",
        ("tests/campaigns/test_command.py",),
        select="page_that_cannot",
    ),
    Bug(
        "unknown goes again",
        "campaigns/decisions.py",
        "        return decide_unknown(lease, why)\n    checked_here",
        "        return decide_not_sent(why)\n    checked_here",
        ("tests/campaigns/test_running.py",),
        select="unknown or lost",
    ),
    Bug(
        "opt out overlooked at the claim",
        "campaigns/ledger/claims.py",
        "        numbers = {row[0] for row in gone}\n",
        "        numbers: set[str] = set()\n",
        ("tests/campaigns/test_ledger.py",),
        select="opt or unsubscribed or left",
    ),
    Bug(
        "canary ignored",
        "campaigns/ledger/claims.py",
        "    if settings.canary:\n",
        "    if settings.canary is None:\n",
        ("tests/campaigns/test_ledger.py",),
        select="canary",
    ),
    Bug(
        "migration forgets message ids",
        "campaigns/ledger/database/migrations.py",
        "msg_id or None,",
        "None,",
        ("tests/campaigns/test_migrations.py",),
        select="earlier_version",
    ),
    Bug(
        "missing table overlooked",
        "campaigns/ledger/database/sqlite.py",
        "if missing := set(TABLES) - tables:",
        "if missing := set(TABLES) - set(TABLES):",
        ("tests/campaigns/test_migrations.py",),
        select="tables",
    ),
)
