"""Bugs of the transport."""

from __future__ import annotations

from experiments.planted_bugs import Bug

_CONNECTIONS = ("tests/client/test_connections.py",)
_TRUST = ("tests/client/test_trust_and_proxies.py",)
_STREAMS = ("tests/client/test_streams.py", "tests/client/test_streams_asyncio.py")
_HTTP = ("tests/unit/test_http11.py",)
_INTERRUPTIONS = ("tests/client/test_interruptions.py",)
_FAULTS = ("tests/client/faults/test_matrix.py",)
_TRANSPORT, _PARSER, _CONFIG = "_http/_async/transport.py", "_http/http11.py", "_http/config.py"
_THREADS, _ASYNCIO = "_http/streams_threads.py", "_http/streams_asyncio.py"

BUGS = (
    # Whom we trust.
    Bug(
        "any certificate of a trusted authority is for every host",
        _CONFIG,
        "context.hostname_checks_common_name = False",
        "context.check_hostname = False",
        _TRUST,
    ),
    Bug(
        "a name in the subject is believed",
        _CONFIG,
        "context.hostname_checks_common_name = False",
        "context.hostname_checks_common_name = True",
        _TRUST,
    ),
    Bug(
        "certificates are not verified",
        _CONFIG,
        "context.set_alpn_protocols(_ALPN)",
        "context.check_hostname = False; context.verify_mode = ssl.CERT_NONE",
        _TRUST,
    ),
    Bug(
        "a proxy's 3xx opens the tunnel",
        "_http/_async/transport.py",
        "200 <= response.status <= 299",
        "200 <= response.status <= 399",
        _TRUST,
    ),
    Bug(
        "bytes behind a proxy's response are dropped",
        "_http/_async/transport.py",
        "if response.content and refused is None:",
        "if False:",
        _TRUST,
    ),
    Bug(
        "requests go to any address", _TRANSPORT, "if not request.url.startswith(self._prefix):", "if False:", _STREAMS
    ),
    # Was it sent?
    Bug("nothing counts as sent", _TRANSPORT, "        self.body_sent = True", "        pass", _FAULTS),
    Bug(
        "everything counts as sent",
        _TRANSPORT,
        "        self.response = ResponseParser(max_response_bytes)\n        self.body_sent = False",
        "        self.response = ResponseParser(max_response_bytes)\n        self.body_sent = True",
        _STREAMS,
    ),
    Bug(
        "a connection that breaks after the last byte was not sent",
        _ASYNCIO,
        "        # A connection that breaks from here on may have carried all of it.",
        '        if self._ends.broken is not None:\n            raise WriteError("broken")',
        _STREAMS,
    ),
    Bug(
        "what was given up is written all the same",
        _ASYNCIO,
        '                # What is still in the buffer must never leave, or "not sent" would be a lie.\n'
        "                self._transport.abort()",
        "                self._transport.close()",
        _STREAMS,
    ),
    # Which response belongs to which request?
    Bug(
        "what came behind a response is passed over",
        _PARSER,
        '        if self._complete:\n            self._refuse(RemoteProtocolError("bytes after the response"))',
        "        pass",
        _HTTP,
    ),
    Bug(
        "bytes that the event loop has taken are not looked at",
        _ASYNCIO,
        "if self._ends.over or self._ends.received or self._transport.is_closing():",
        "if self._ends.over or self._transport.is_closing():",
        _CONNECTIONS,
    ),
    Bug(
        "an idle connection is used without a look",
        _TRANSPORT,
        "return moment > self.good_until or self.stream.is_readable()",
        "return moment > self.good_until",
        _CONNECTIONS,
    ),
    Bug(
        "a connection idles for ever",
        _TRANSPORT,
        "return moment > self.good_until or self.stream.is_readable()",
        "return self.stream.is_readable()",
        _STREAMS,
    ),
    Bug(
        "a new connection is not made",
        _TRANSPORT,
        "connection = None if new_connection or not pool.idle else",
        "connection = None if not pool.idle else",
        _CONNECTIONS,
    ),
    Bug(
        "a connection is kept whose request was not sent to its end",
        _TRANSPORT,
        "reusable = state.body_sent and state.response.reusable",
        "reusable = state.response.reusable",
        _STREAMS,
    ),
    Bug(
        "HTTP/1.0 keeps connections", _PARSER, 'self.reusable = version == "1.1" and not', "self.reusable = not", _HTTP
    ),
    Bug(
        "event loops share connections",
        _TRANSPORT,
        "        home = current_home()",
        "        home = next(iter(self._pools), None) or current_home()",
        _CONNECTIONS,
    ),
    Bug(
        "a forked child uses its parent's connections",
        _THREADS,
        "    return os.getpid()",
        '    return "here"',
        _CONNECTIONS,
    ),
    # What is read.
    Bug(
        "a response that was cut is complete",
        _PARSER,
        "if not self._until_end_of_stream:",
        "if not self.status:",
        _HTTP,
    ),
    Bug("a body has no end", _PARSER, "        if len(self._body) > self._limit:", "        if False:", _HTTP),
    Bug("a length is not compared with the limit", _PARSER, "elif int(length) > self._limit:", "elif False:", _HTTP),
    Bug(
        "a head has no end",
        _PARSER,
        "_MAX_OVERHEAD_BYTES: Final = 64 * 1024",
        "_MAX_OVERHEAD_BYTES: Final = 10**12",
        _HTTP,
    ),
    Bug("any transfer coding is taken for chunks", _PARSER, 'if coding.lower() != "chunked":', "if False:", _HTTP),
    Bug("a header may hold two", "_http/http11.py", "if not _HEADERS.fullmatch(self.written) or", "if", _HTTP),
    # How long it takes.
    Bug(
        "a TLS read waits its full time for every part of a record",
        _THREADS,
        "if not wait_ready(self._socket.fileno(), max(0.0, end - now()), to_write=to_write):",
        "if not wait_ready(self._socket.fileno(), allowed, to_write=to_write):",
        _STREAMS,
    ),
    Bug(
        "the deadline of a call does not cut a step (sync)",
        _THREADS,
        "        return min(timeout, self.deadline - now())",
        "        return timeout",
        _FAULTS,
    ),
    Bug(
        "the deadline of a call does not cut a step (async)",
        _ASYNCIO,
        "        return min(timeout, self.deadline - now())",
        "        return timeout",
        _FAULTS,
    ),
    Bug(
        "a wait may be longer than the kernel can count",
        _TRANSPORT,
        "min(timeout, LONGEST_WAIT)",
        "timeout",
        _INTERRUPTIONS,
    ),
    Bug(
        "a call that waits for a connection waits past its deadline",
        "_http/_async/transport.py",
        "            if left <= 0:",
        "            if left <= -5:",
        _CONNECTIONS + _INTERRUPTIONS,
    ),
    # What is given back.
    Bug(
        "a failed connection keeps its place",
        _TRANSPORT,
        "            pool.limiter.line.pop(lease, None)",
        "            if state.body_sent:\n                pool.limiter.line.pop(lease, None)",
        _CONNECTIONS,
    ),
    Bug(
        "an interruption loses a place",
        _TRANSPORT,
        "        finally:\n            pool.limiter.line.pop(lease, None)",
        "        except Exception:\n            pool.limiter.line.pop(lease, None)\n            raise\n"
        "        else:\n            pool.limiter.line.pop(lease, None)",
        _CONNECTIONS + _INTERRUPTIONS,
    ),
    Bug(
        "one connection too many",
        "_http/_async/transport.py",
        "        if len(line) <= self._limit:",
        "        if len(line) <= self._limit + 1:",
        _CONNECTIONS,
    ),
    Bug(
        "no waiting call is woken",
        "_http/_async/transport.py",
        "                lease.wake()",
        "                pass",
        _INTERRUPTIONS,
    ),
    Bug(
        "closing leaves idle connections open",
        _TRANSPORT,
        "            while (connection := _pop_or_none(pool.idle.pop)) is not None:\n"
        "                await connection.stream.aclose()",
        "            del pool",
        _CONNECTIONS,
    ),
    Bug(
        "a closed client goes on",
        _TRANSPORT,
        "        if self._closed:\n            raise ClosedError",
        "        pass",
        _STREAMS,
    ),
    # What comes out.
    Bug(
        "the exception of a signal handler is taken for a failure",
        "_http/errors.py",
        "    if comes_from_signal_handler(error):\n        raise error",
        "    pass",
        _INTERRUPTIONS,
    ),
    Bug(
        "only a handler that is a plain function is recognised",
        "_http/errors.py",
        "count = code.co_argcount + bool(code.co_flags & 0x04)",
        "count = min(2, code.co_argcount)",
        _INTERRUPTIONS,
    ),
    Bug(
        "a request shows itself",
        "_http/protocols.py",
        '        return "TransportRequest(hidden)"',
        '        return f"TransportRequest({self.headers}, {self.body!r})"',
        ("tests/client/test_secrets.py", *_HTTP),
    ),
)
