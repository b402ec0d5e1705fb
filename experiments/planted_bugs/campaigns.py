"""Bugs of `jsmskit.campaigns`: what the ledger believes, claims, keeps and forgets, and what a worker does."""

from experiments.planted_bugs import in_file

BUGS = (
    *in_file(
        "campaigns/ledger/recovery.py",
        "campaigns/test_fences.py campaigns/test_ledger.py",
        ("worker silence ignored", "heard_at > tx.now - silence and ", ""),
        (
            "dead owner goes back to pending",
            "(RecipientState.UNKNOWN, _DIED, tx.now",
            "(RecipientState.PENDING, _DIED, tx.now",
        ),
        select="silent or dead or unknown",
    ),
    *in_file(
        "campaigns/ledger/settlement.py",
        "campaigns/test_fences.py",
        (
            "fence without attempt",
            "attempt=? AND owner=? AND state IN (?, ?)",
            "attempt>=? AND owner=? AND state IN (?, ?)",
        ),
        ("fence without owner", "AND owner=? AND state IN (?, ?)", "AND ?<>'' AND state IN (?, ?)"),
        select="attempt_that_was",
    ),
    *in_file(
        "campaigns/ledger/retention.py",
        "campaigns/test_purge.py",
        ("purge keeps rows set aside", ', "set_aside")', ")"),
        (
            "purge keeps reports",
            """\
        _forget_feedback(tx, number)
""",
            "",
        ),
        (
            "purge leaves pages that name somebody",
            'tx.execute("DELETE FROM inbox WHERE inbox_id=?", (inbox_id,))',
            "pass",
        ),
        select="names_a_recipient",
    ),
    *in_file(
        "campaigns/ledger/database/sqlite.py",
        "campaigns/test_purge.py campaigns/test_one_file.py",
        ("purge leaves the log", "self._bring_log_in(empty=True)", "pass"),
        ("file never says open", "self._write_mark(token | OPEN)", "self._write_mark(token)"),
        ("mark not looked at again", "self._file.mark() == self._mark", "True"),
        (
            "a ledger that was closed on a full disk looks whole",
            "                self._file.keep_log()\n                with suppress(sqlite3.Error, LedgerError):\n",
            "                with suppress(sqlite3.Error, LedgerError):\n",
        ),
        select="names_a_recipient or taken_away_from or brings_the_log_in or full_disk",
    ),
    *in_file(
        "campaigns/running/session.py",
        "campaigns/test_fences.py campaigns/test_going_on.py",
        (
            "lease without a steady clock",
            "max(self._monotonic() - claimed, self._clock() - lease.claimed_at)",
            "self._clock() - lease.claimed_at + 0 * claimed",
        ),
        (
            "an unstarted lease is not given back",
            '            self.release(lease, "the run ended before the request was begun")',
            "            pass",
        ),
        select="steady or begun_is_given_back",
    ),
    *in_file(
        "campaigns/ledger/database/ledger_file.py",
        "campaigns/test_one_file.py",
        ("second name taken", "if links > 1:", "if links > 2:"),
        ("missing log overlooked", "if mark & OPEN and not self.has_log():", "if mark < 0:"),
        ("foreign log taken", "seen != mark & _TOKEN", "seen < 0"),
        ("lock goes by name", '_LOCKS_THE_FILE: Final = sys.platform == "linux"', "_LOCKS_THE_FILE = False"),
        select="two_names or taken_away_from or another_time or another_process",
    ),
    *in_file(
        "campaigns/ledger/claims.py",
        "campaigns/test_fences.py campaigns/test_ledger.py",
        ("clock set back stands still", "if since > tx.now + _CLOCK_SKEW:", "if since < 0:"),
        (
            "throttled without end",
            "settings.rate / (1 << min(throttle_level, _MOST_THROTTLED))",
            "settings.rate / (1 << throttle_level)",
        ),
        (
            "opt out overlooked at the claim",
            """\
    if kind.keeps_quiet_hours:
        # Somebody""",
            """\
    if False:
        # Somebody""",
        ),
        (
            "canary ignored",
            """\
    if settings.canary:
""",
            """\
    if settings.canary is None:
""",
        ),
        select="set_back or slow_down or opt or unsubscribed or left or canary",
    ),
    *in_file(
        "campaigns/decisions.py",
        "campaigns/test_fences.py campaigns/test_running.py",
        ("retry after without bound", "min(error.retry_after, settings.longest_hold_seconds)", "error.retry_after"),
        (
            "unknown goes again",
            """\
        return decide_unknown(lease, why)
    checked_here""",
            """\
        return decide_not_sent(why)
    checked_here""",
        ),
        (
            "a refusal is believed against the setting",
            "if not checked_here and not settings.refusal_takes_nobody:",
            "if checked_here and not settings.refusal_takes_nobody:",
        ),
        (
            "who is not mentioned is refused",
            'RecipientUpdate(member.position, RecipientState.UNKNOWN, why="the response',
            'RecipientUpdate(member.position, RecipientState.REJECTED, why="the response',
        ),
        (
            "a repetition after an unknown request is a refusal",
            "entry.code == ErrorCode.REPEAT_SEND and lease.after_unknown",
            "entry.code == ErrorCode.REPEAT_SEND and not lease",
        ),
        select="gateway or bound or unknown or lost or not_trusted or single_recipients or service_refuses_proves",
    ),
    *in_file(
        "campaigns/ledger/database/__init__.py",
        "campaigns/test_databases.py::test_every_way_to_write_an_address_reaches_the_server",
        ("address in capitals is not read", "re.IGNORECASE | re.DOTALL", "re.DOTALL"),
    ),
    *in_file(
        "campaigns/errors.py",
        "campaigns/test_running.py",
        ("broken run told as not sent", "self.outcome = Outcome.UNKNOWN", "pass"),
        select="cannot_be_written",
    ),
    *in_file(
        "campaigns/../cli/commands/campaign/run.py",
        "campaigns/test_command.py",
        ("page looked at at the end only", "check_place(Path(page))", "pass"),
        (
            "a failure in a run is told as one before it",
            """\
            raise
        failure = """,
            """\
            raise
        raise error
        failure = """,
        ),
        select="page_that_cannot or after_a_run_began",
    ),
    *in_file(
        "campaigns/ledger/database/schema.py",
        "campaigns/test_migrations.py",
        ("migration forgets message ids", "msg_id or None,", "None,"),
        ("missing table overlooked", "if missing := set(TABLES) - tables:", "if missing := set(TABLES) - set(TABLES):"),
        select="are_kept or tables",
    ),
    *in_file(
        "campaigns/reporting.py",
        "campaigns/test_feedback.py",
        ("a formula behind a line break", "(^|[\\r\\n\\v\\f\\x1c-\\x1e\\x85\\u2028\\u2029,;\\t|])", "(^|[,;\\t|])"),
        select="formula",
    ),
    *in_file(
        "campaigns/running/workers_threads.py",
        "campaigns/test_running.py",
        (
            "Ctrl-C while threads start lets some of them begin",
            """\
            cancelled = True
            gate.set()""",
            "            gate.set()",
        ),
        (
            "Ctrl-C while threads start leaves them behind",
            """\
            cancelled = True
            gate.set()""",
            "            cancelled = True",
        ),
        (
            "Ctrl-C does not stop the campaign",
            """\
        except BaseException:
            give_up()""",
            """\
        except Exception:
            give_up()""",
        ),
        select="ctrl_c",
    ),
    *in_file(
        "campaigns/running/_async/runner.py",
        "campaigns/test_running.py campaigns/test_command.py",
        ("a run never counts as begun", "            self._began = True", "            self._began = False"),
        select="cannot_be_written or after_a_run_began",
    ),
)
