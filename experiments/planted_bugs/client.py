"""Bugs of the client above its transport: the word on "was it sent?", repeats, what is read, what is shown."""

from experiments.planted_bugs import in_file

BUGS = (
    *in_file(
        "_calls/classification.py",
        "client/test_executor.py unit/test_retry.py unit/test_classification.py",
        (
            "a lost response means not sent",
            """CONNECTION_LOST_WAITING = (
        _UNKNOWN""",
            """CONNECTION_LOST_WAITING = (
        _NOT_SENT""",
        ),
        ("a server that fails has refused", "SERVER_ERROR = _UNKNOWN", "SERVER_ERROR = _REJECTED"),
        ("any redirect is a refusal", "frozenset({301, 307, 308})", "frozenset({301, 302, 303, 307, 308})"),
        (
            "a code of a failing server is a refusal",
            """if info.category is ErrorCategory.SERVER:
            return AttemptStatus.SERVER_ERROR
        if code""",
            "if code",
        ),
        (
            "an error with status 200 is a success",
            "if code != ErrorCode.SUCCESS:",
            "if code != ErrorCode.SUCCESS and not accepted:",
        ),
        (
            "an unknown code with status 200 is a refusal",
            "AttemptStatus.UNEXPECTED_STATUS if accepted else AttemptStatus.UNKNOWN_API_ERROR",
            "AttemptStatus.UNKNOWN_API_ERROR",
        ),
        ("a strict policy is not", "if strict and status in", "if not strict and status in"),
        (
            "a request without a response is repeated",
            '"No response came in time.", _NEVER',
            '"No response came in time.", _ONCE',
        ),
        (
            "what was probably accepted is repeated for who asks",
            "outcome is Outcome.UNKNOWN and status.presumed_outcome is None",
            "outcome is Outcome.UNKNOWN",
        ),
        (
            "a change is repeated as a message is",
            "allow_duplicate and effect is Effect.SEND and",
            "allow_duplicate and",
        ),
        ("once is twice", "Retry.ONCE and attempt > 1", "Retry.ONCE and attempt > 2"),
        ("a budget never recovers", "self.tokens += 1", "self.tokens += 0"),
        (
            "an unreadable response to a deletion is a success",
            "AttemptStatus.ACCEPTED if readable else AttemptStatus.INVALID_RESPONSE",
            "AttemptStatus.ACCEPTED",
        ),
    ),
    *in_file(
        "_http/errors.py",
        "client/test_executor.py unit/test_retry.py unit/test_classification.py",
        (
            "a stranger's time-out is one of connecting",
            "return ReadTimeout(name)",
            "return ConnectTimeout(name, body_sent=False)",
        ),
    ),
    *in_file(
        "_calls/failures.py",
        "client/test_executor.py unit/test_retry.py unit/test_classification.py",
        (
            "a refusal clears the doubt of the attempt before it",
            "if doubtful and outcome is not Outcome.UNKNOWN:",
            "if doubtful and outcome is Outcome.NOT_SENT:",
        ),
        ("the words of a server are shown", "{safe_excerpt(response.message)}", "{response.message}"),
    ),
    *in_file(
        "_async/executor.py",
        "client/test_executor.py unit/test_retry.py unit/test_classification.py client/test_interruptions.py "
        "client/test_pulls.py client/test_observers.py client/test_streams.py client/test_arguments.py "
        "client/test_every_operation.py",
        ("no attempt is doubtful", "doubtful = doubtful or (", "doubtful = doubtful and ("),
        (
            "an interruption has no note",
            """if info.effect is not Effect.NONE:
                    interruption""",
            """if info.effect is Effect.NONE:
                    interruption""",
        ),
        (
            "the exception of a signal handler is a transport's",
            """\
            if comes_from_signal_handler(error):
                raise
""",
            "",
        ),
        (
            "repeats know no deadline",
            """\
                or self.clock() + delay >= started + limit
""",
            "",
        ),
        (
            "repeats have no budget",
            """\
                or not self._budget.withdraw(self.retry.retry_cost)
""",
            "",
        ),
        ("a repeat takes the connection that failed", "request.is_batch or attempts > 1", "request.is_batch"),
        ("a batch shares a connection", "request.is_batch or attempts > 1", "attempts > 1"),
        ("two first calls make two transports", 'self._made.setdefault("transport", made)', "made"),
        (
            "every call has the application's keys",
            "self._credentials.pairs.get(info.credential)",
            "self._credentials.pairs[Credential.APP]",
        ),
    ),
    *in_file(
        "_calls/responses.py",
        "client/test_executor.py unit/test_retry.py unit/test_classification.py unit/test_response.py "
        "unit/test_strict_json.py unit/test_results.py",
        (
            "an error in a list is no error of a deletion",
            "return listed is not None and any(map(_speaks_of_error, listed))",
            "return False",
        ),
        ("an error in a text is no error of a deletion", 'return "error" in value.lower()', "return False"),
        (
            "a compressed response is read",
            "if encoding and encoding.strip().lower() not in _PLAIN_ENCODINGS:",
            "if encoding is None and body is None:",
        ),
        ("a wait has no bound", "min(float(text), MAX_RETRY_AFTER)", "float(text)"),
        (
            "every response may be large",
            "return strict_json.MAX_BYTES if large else _SMALL_BYTES",
            "return strict_json.MAX_BYTES",
        ),
        (
            "every response may hold many values",
            "values = strict_json.MAX_VALUES if large else _SMALL_VALUES",
            "values = strict_json.MAX_VALUES",
        ),
        (
            "a redirect's address is shown",
            "location = _host(elsewhere) if elsewhere else",
            "location = elsewhere if elsewhere else",
        ),
    ),
    *in_file(
        "_calls/strict_json.py",
        "unit/test_response.py unit/test_strict_json.py unit/test_results.py",
        ("the second of two equal keys wins", "if len(made) != len(pairs):", "if not made and pairs:"),
    ),
    *in_file(
        "_operations/messages.py",
        "unit/test_response.py unit/test_strict_json.py unit/test_results.py",
        (
            "a recipient that no entry is about is left out",
            "(*matched.unknown, *matched.unmentioned)",
            "tuple(matched.unknown)",
        ),
        (
            "an entry with a code of a failing server is refused",
            "return code == 0 or (info is not None and info.category is ErrorCategory.SERVER)",
            "return code == 0 and info is None",
        ),
    ),
    *in_file(
        "_operations/codes.py",
        "unit/test_response.py unit/test_strict_json.py unit/test_results.py",
        ("a verification is anything true", "if is_valid is not True:", "if not is_valid:"),
        (
            "a verification with an error beside it is right",
            'if "error" in data and response.code != ErrorCode.SUCCESS:',
            'if "error" in data and response.code:',
        ),
    ),
    *in_file(
        "_operations/reports.py",
        "client/test_pulls.py client/test_observers.py client/test_streams.py",
        (
            "one bad record costs a whole pull",
            """\
        except ValueError:
            unreadable.append(item)""",
            """\
        except KeyError:
            unreadable.append(item)""",
        ),
    ),
    *in_file(
        "_async/reports.py",
        "client/test_pulls.py client/test_observers.py client/test_streams.py",
        (
            "the time of a pull that failed is forgotten",
            """\
        try:
            return await self._executor.run(request)
        finally:
            self._executor.last_pulls[request.info.operation_id] = self._executor.clock()""",
            """\
        page = await self._executor.run(request)
        self._executor.last_pulls[request.info.operation_id] = self._executor.clock()
        return page""",
        ),
    ),
    *in_file(
        "_calls/observer.py",
        "client/test_pulls.py client/test_observers.py client/test_streams.py",
        (
            "an observer's failure is the call's",
            "        except Exception:  # noqa: BLE001  # nor here",
            "        except KeyError:  # nor here",
        ),
    ),
    *in_file(
        "_calls/request.py",
        "unit/test_request.py client/test_secrets.py",
        ("a path goes anywhere", 're.compile(r"(?:/[0-9A-Za-z_-]{1,64})+")', 're.compile(r".+")'),
        (
            "a refusal is raised where the arguments are",
            "return RefusedRequest(error_for_argument(operation_id, refused))",
            "raise error_for_argument(operation_id, refused) from None",
        ),
        (
            "a prepared request shows itself",
            'return f"PreparedRequest({self.info.operation_id})"',
            'return f"PreparedRequest({self.target}, {self.body!r})"',
        ),
    ),
    *in_file(
        "_config/options.py",
        "unit/test_config.py client/test_interruptions.py client/test_secrets.py",
        (
            "keys travel in the clear",
            'if endpoint.scheme == "http" and not endpoint.is_loopback:',
            'if endpoint.scheme == "http" and endpoint.is_vendor:',
        ),
        (
            "an address may hold a password",
            "if parts.username is not None or parts.password is not None:",
            "if parts.username:",
        ),
        ("a time is as long as is asked", "return min(float(value), MAX_SECONDS)", "return float(value)"),
        ("arguments show themselves", 'return "ClientArguments(hidden)"', 'return f"ClientArguments({self.by_name})"'),
    ),
    *in_file(
        "_async/client.py",
        "client/test_trust_and_proxies.py client/test_executor.py unit/test_retry.py unit/test_classification.py "
        "client/test_secrets.py",
        ("the environment's proxy is always used", "if trust_env and route is None:", "if route is None:"),
        ("closing a copy closes the client", "if not self._is_view:", "if self is not None:"),
        (
            "a constructor keeps its keys",
            """\
        del app_key, master_secret, dev_key, dev_secret, proxy, base_url
""",
            "",
        ),
    ),
    *in_file(
        "_async/codes.py",
        "client/test_secrets.py",
        (
            "a call keeps its number",
            """\
        del phone  # a traceback with local variables must not show it
""",
            "",
        ),
        select="interruption and codes",
    ),
    *in_file(
        "_async/messages.py",
        "client/test_secrets.py",
        ("a call keeps its values", "        del phone, params", "        del phone"),
        select="interruption and messages",
    ),
    *in_file(
        "_privacy.py",
        "unit/test_privacy.py unit/test_errors.py",
        ("a secret formats itself", "return format(_HIDDEN, format_spec)", "return format(self.__value, format_spec)"),
        ("a country code hides a number from the mask", "|(?:00)?86{_SEPARATOR})?", ")?"),
        ("full-width digits are no digits", "if not text.isascii():", "if not text:"),
        ("fields of a log record stay as they are", "if record.__dict__.keys() <= _OWN_FIELDS:", "if record.__dict__:"),
        (
            "tracebacks in logs show numbers",
            """\
        self._mask_trace(record)
""",
            "",
        ),
    ),
    *in_file(
        "errors.py",
        "unit/test_privacy.py unit/test_errors.py",
        ("errors show numbers", "self.message: str = mask_phones_in(message)", "self.message: str = message"),
    ),
)
