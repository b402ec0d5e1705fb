"""Bugs of the client above its transport: the word on "was it sent?", repeats, what is read, what is shown."""

from __future__ import annotations

from experiments.planted_bugs import Bug

__all__ = ["BUGS"]

_EXECUTOR = ("tests/client/test_executor.py", "tests/unit/test_retry.py", "tests/unit/test_classification.py")
_RESPONSES = ("tests/unit/test_response.py", "tests/unit/test_strict_json.py", "tests/unit/test_results.py")
_SECRETS = ("tests/client/test_secrets.py",)
_MASKS = ("tests/unit/test_privacy.py", "tests/unit/test_errors.py")
_INTERRUPTIONS = ("tests/client/test_interruptions.py",)
_ARGUMENTS = ("tests/client/test_arguments.py", "tests/client/test_every_operation.py")
_CONFIG = ("tests/unit/test_config.py",)
_PULLS = ("tests/client/test_pulls.py", "tests/client/test_observers.py", "tests/client/test_streams.py")

_RUN, _RULES = "_async/executor.py", "_calls/classification.py"
_RESPONSE, _JSON = "_calls/responses.py", "_calls/strict_json.py"
_PRIVACY = "_privacy.py"

BUGS = (
    # Was it sent?
    Bug(
        "a lost response means not sent",
        _RULES,
        "AttemptStatus.CONNECTION_LOST_WAITING,\n        _UNKNOWN",
        "AttemptStatus.CONNECTION_LOST_WAITING,\n        _NOT_SENT",
        _EXECUTOR,
    ),
    Bug(
        "a server that fails has refused",
        _RULES,
        "_Row(AttemptStatus.SERVER_ERROR, _UNKNOWN",
        "_Row(AttemptStatus.SERVER_ERROR, _REJECTED",
        _EXECUTOR,
    ),
    Bug(
        "any redirect is a refusal",
        _RULES,
        "frozenset({301, 307, 308})",
        "frozenset({301, 302, 303, 307, 308})",
        _EXECUTOR,
    ),
    Bug(
        "a code of a failing server is a refusal",
        _RULES,
        "if info.category is ErrorCategory.SERVER:\n            return AttemptStatus.SERVER_ERROR\n        if code",
        "if code",
        _EXECUTOR,
    ),
    Bug(
        "an error with status 200 is a success",
        _RULES,
        "if code != ErrorCode.SUCCESS:",
        "if code != ErrorCode.SUCCESS and not accepted:",
        _EXECUTOR,
    ),
    Bug(
        "an unknown code with status 200 is a refusal",
        _RULES,
        "AttemptStatus.UNEXPECTED_STATUS if accepted else AttemptStatus.UNKNOWN_API_ERROR",
        "AttemptStatus.UNKNOWN_API_ERROR",
        _EXECUTOR,
    ),
    Bug("a strict policy is not", _RULES, "if strict and status in", "if not strict and status in", _EXECUTOR),
    Bug(
        "a stranger's time-out is one of connecting",
        "_http/errors.py",
        "return ReadTimeout(name)",
        "return ConnectTimeout(name, body_sent=False)",
        _EXECUTOR,
    ),
    Bug(
        "a refusal clears the doubt of the attempt before it",
        "_calls/failures.py",
        "if doubtful and outcome is not Outcome.UNKNOWN:",
        "if doubtful and outcome is Outcome.NOT_SENT:",
        _EXECUTOR,
    ),
    Bug("no attempt is doubtful", _RUN, "doubtful = doubtful or (", "doubtful = doubtful and (", _EXECUTOR),
    Bug(
        "an interruption has no note",
        _RUN,
        "if info.effect is not Effect.NONE:\n                    interruption",
        "if info.effect is Effect.NONE:\n                    interruption",
        _INTERRUPTIONS,
    ),
    Bug(
        "the exception of a signal handler is a transport's",
        _RUN,
        "            if comes_from_signal_handler(error):\n                raise\n",
        "",
        _INTERRUPTIONS,
    ),
    # Is it sent again?
    Bug(
        "a request without a response is repeated",
        _RULES,
        '_Row(AttemptStatus.READ_TIMEOUT, _UNKNOWN, APITimeoutError, "No response came in time.", reading',
        '_Row(AttemptStatus.READ_TIMEOUT, _UNKNOWN, APITimeoutError, "No response came in time.", _ONCE, reading',
        _EXECUTOR,
    ),
    Bug(
        "what was probably accepted is repeated for who asks",
        _RULES,
        "assessment.outcome is Outcome.UNKNOWN and assessment.presumed_outcome is None",
        "assessment.outcome is Outcome.UNKNOWN",
        _EXECUTOR,
    ),
    Bug(
        "a change is repeated as a message is",
        _RULES,
        "allow_duplicate and effect is Effect.SEND and",
        "allow_duplicate and",
        _EXECUTOR,
    ),
    Bug("once is twice", _RULES, "Retry.ONCE and attempt > 1", "Retry.ONCE and attempt > 2", _EXECUTOR),
    Bug(
        "repeats know no deadline", _RUN, "                or self.clock() + delay >= started + limit\n", "", _EXECUTOR
    ),
    Bug(
        "repeats have no budget",
        _RUN,
        "                or not self._budget.withdraw(self.retry.retry_cost)\n",
        "",
        _EXECUTOR,
    ),
    Bug("a budget never recovers", _RULES, "self.tokens += 1", "self.tokens += 0", _EXECUTOR),
    Bug(
        "a repeat takes the connection that failed",
        _RUN,
        "request.is_batch or attempts > 1",
        "request.is_batch",
        _EXECUTOR,
    ),
    Bug("a batch shares a connection", _RUN, "request.is_batch or attempts > 1", "attempts > 1", _EXECUTOR),
    # Deletions.
    Bug(
        "an unreadable response to a deletion is a success",
        _RULES,
        "AttemptStatus.ACCEPTED if readable else AttemptStatus.INVALID_RESPONSE",
        "AttemptStatus.ACCEPTED",
        _EXECUTOR,
    ),
    Bug(
        "an error in a list is no error of a deletion",
        _RESPONSE,
        "return listed is not None and any(map(_speaks_of_error, listed))",
        "return False",
        _EXECUTOR,
    ),
    Bug(
        "an error in a text is no error of a deletion",
        _RESPONSE,
        'return "error" in value.lower()',
        "return False",
        _EXECUTOR,
    ),
    # What is read of a response.
    Bug(
        "a compressed response is read",
        _RESPONSE,
        "if encoding and encoding.strip().lower() not in _PLAIN_ENCODINGS:",
        "if encoding is None and body is None:",
        _RESPONSES,
    ),
    Bug("a wait has no bound", _RESPONSE, "min(float(text), MAX_RETRY_AFTER)", "float(text)", _RESPONSES),
    Bug(
        "every response may be large",
        _RESPONSE,
        "return strict_json.MAX_BYTES if large else _SMALL_BYTES",
        "return strict_json.MAX_BYTES",
        _RESPONSES,
    ),
    Bug(
        "every response may hold many values",
        _RESPONSE,
        "values = strict_json.MAX_VALUES if large else _SMALL_VALUES",
        "values = strict_json.MAX_VALUES",
        _RESPONSES,
    ),
    Bug(
        "the second of two equal keys wins", _JSON, "if len(made) != len(pairs):", "if not made and pairs:", _RESPONSES
    ),
    Bug(
        "a recipient that no entry is about is left out",
        "_operations/messages.py",
        "(*matcher.unknown, *matcher.unmatched())",
        "tuple(matcher.unknown)",
        _RESPONSES,
    ),
    Bug(
        "an entry with a code of a failing server is refused",
        "_operations/messages.py",
        "return code == 0 or (info is not None and info.category is ErrorCategory.SERVER)",
        "return code == 0 and info is None",
        _RESPONSES,
    ),
    Bug(
        "a verification is anything true",
        "_operations/codes.py",
        "if is_valid is not True:",
        "if not is_valid:",
        _RESPONSES,
    ),
    Bug(
        "a verification with an error beside it is right",
        "_operations/codes.py",
        'if "error" in data and response.code != ErrorCode.SUCCESS:',
        'if "error" in data and response.code:',
        _RESPONSES,
    ),
    Bug(
        "one bad record costs a whole pull",
        "_operations/reports.py",
        "        except ValueError:\n            unreadable.append(item)",
        "        except KeyError:\n            unreadable.append(item)",
        _PULLS,
    ),
    Bug(
        "the time of a pull that failed is forgotten",
        "_async/reports.py",
        "        try:\n            return await self._executor.run(request)\n        finally:\n"
        "            self._executor.last_pulls[request.info.operation_id] = self._executor.clock()",
        "        page = await self._executor.run(request)\n"
        "        self._executor.last_pulls[request.info.operation_id] = self._executor.clock()\n"
        "        return page",
        _PULLS,
    ),
    Bug(
        "an observer's failure is the call's",
        "_calls/observer.py",
        "        except Exception:  # noqa: BLE001  # nor here",
        "        except KeyError:  # nor here",
        _PULLS,
    ),
    Bug("two first calls make two transports", _RUN, 'self._made.setdefault("transport", made)', "made", _PULLS),
    # Where it goes, and whose keys it has.
    Bug(
        "a path goes anywhere",
        "_calls/request.py",
        're.compile(r"(?:/[0-9A-Za-z_-]{1,64})+")',
        're.compile(r".+")',
        ("tests/unit/test_request.py",),
    ),
    Bug(
        "every call has the application's keys",
        _RUN,
        "self._credentials.pairs.get(info.credential)",
        "self._credentials.pairs[Credential.APP]",
        (*_ARGUMENTS, "tests/client/test_executor.py"),
    ),
    Bug(
        "keys travel in the clear",
        "_config/options.py",
        'if endpoint.scheme == "http" and not endpoint.is_loopback:',
        'if endpoint.scheme == "http" and endpoint.is_vendor:',
        _CONFIG,
    ),
    Bug(
        "an address may hold a password",
        "_config/options.py",
        "if parts.username is not None or parts.password is not None:",
        "if parts.username:",
        _CONFIG,
    ),
    Bug(
        "the environment's proxy is always used",
        "_async/client.py",
        "if trust_env and route is None:",
        "if route is None:",
        ("tests/client/test_trust_and_proxies.py",),
    ),
    Bug(
        "a time is as long as is asked",
        "_config/options.py",
        "return min(float(value), MAX_SECONDS)",
        "return float(value)",
        _CONFIG + _INTERRUPTIONS,
    ),
    Bug(
        "closing a copy closes the client",
        "_async/client.py",
        "if not self._is_view:",
        "if self is not None:",
        _EXECUTOR,
    ),
    # What is shown.
    Bug(
        "a call keeps its number",
        "_async/codes.py",
        "        del phone  # a traceback with local variables must not show it\n",
        "",
        _SECRETS,
        select="interruption and codes",
    ),
    Bug(
        "a call keeps its values",
        "_async/messages.py",
        "        del phone, params",
        "        del phone",
        _SECRETS,
        select="interruption and messages",
    ),
    Bug(
        "a refusal is raised where the arguments are",
        "_calls/request.py",
        "return RefusedRequest(error_for_argument(operation_id, refused))",
        "raise error_for_argument(operation_id, refused) from None",
        _SECRETS,
        select="refused_argument",
    ),
    Bug(
        "a constructor keeps its keys",
        "_async/client.py",
        "        del app_key, master_secret, dev_key, dev_secret, proxy, base_url\n",
        "",
        _SECRETS,
        select="cannot_be_made",
    ),
    Bug(
        "arguments show themselves",
        "_config/options.py",
        'return "ClientArguments(hidden)"',
        'return f"ClientArguments({self.by_name})"',
        _SECRETS,
        select="cannot_be_made",
    ),
    Bug(
        "a prepared request shows itself",
        "_calls/request.py",
        'return f"PreparedRequest({self.info.operation_id})"',
        'return f"PreparedRequest({self.target}, {self.body!r})"',
        _SECRETS,
        select="interruption and codes",
    ),
    Bug(
        "a secret formats itself",
        _PRIVACY,
        "return format(_HIDDEN, format_spec)",
        "return format(self.__value, format_spec)",
        _MASKS,
    ),
    Bug(
        "errors show numbers",
        "errors.py",
        "self.message: str = mask_phones_in(message)",
        "self.message: str = message",
        _MASKS,
    ),
    Bug("a country code hides a number from the mask", _PRIVACY, "|(?:00)?86{_SEPARATOR})?", ")?", _MASKS),
    Bug("full-width digits are no digits", _PRIVACY, "if not text.isascii():", "if not text:", _MASKS),
    Bug(
        "fields of a log record stay as they are",
        _PRIVACY,
        "if record.__dict__.keys() <= _OWN_FIELDS:",
        "if record.__dict__:",
        _MASKS,
    ),
    Bug("tracebacks in logs show numbers", _PRIVACY, "        self._mask_trace(record)\n", "", _MASKS),
    Bug(
        "the words of a server are shown",
        "_calls/failures.py",
        "{safe_excerpt(response.message)}",
        "{response.message}",
        _EXECUTOR,
    ),
    Bug(
        "a redirect's address is shown",
        _RESPONSE,
        "location = _host(elsewhere) if elsewhere else",
        "location = elsewhere if elsewhere else",
        _RESPONSES,
    ),
)
