"""Bugs of the transport: whom we trust, was it sent, which response is whose, how long it takes, what is given back."""

from experiments.planted_bugs import in_file

BUGS = (
    *in_file(
        "_http/config.py",
        "client/test_trust_and_proxies.py",
        (
            "any certificate of a trusted authority is for every host",
            "context.hostname_checks_common_name = False",
            "context.check_hostname = False",
        ),
        (
            "a name in the subject is believed",
            "context.hostname_checks_common_name = False",
            "context.hostname_checks_common_name = True",
        ),
        (
            "certificates are not verified",
            "context.set_alpn_protocols(_ALPN)",
            "context.check_hostname = False; context.verify_mode = ssl.CERT_NONE",
        ),
    ),
    *in_file(
        "_http/_async/transport.py",
        "client/test_trust_and_proxies.py client/test_streams.py client/test_streams_asyncio.py "
        "client/faults/test_matrix.py client/test_connections.py client/test_interruptions.py",
        ("a proxy's 3xx opens the tunnel", "200 <= response.status <= 299", "200 <= response.status <= 399"),
        ("bytes behind a proxy's response are dropped", "if response.content and refused is None:", "if False:"),
        ("requests go to any address", "if not request.url.startswith(self._prefix):", "if False:"),
        ("nothing counts as sent", "        self.body_sent = True", "        pass"),
        (
            "everything counts as sent",
            """\
        self.response = ResponseParser(max_response_bytes)
        self.body_sent = False""",
            """\
        self.response = ResponseParser(max_response_bytes)
        self.body_sent = True""",
        ),
        (
            "an idle connection is used without a look",
            "return moment > self.good_until or self.stream.is_readable()",
            "return moment > self.good_until",
        ),
        (
            "a connection idles for ever",
            "return moment > self.good_until or self.stream.is_readable()",
            "return self.stream.is_readable()",
        ),
        (
            "a new connection is not made",
            "connection = None if new_connection or not pool.idle else",
            "connection = None if not pool.idle else",
        ),
        (
            "a connection is kept whose request was not sent to its end",
            "reusable = state.body_sent and state.response.reusable",
            "reusable = state.response.reusable",
        ),
        (
            "event loops share connections",
            "        home = current_home()",
            "        home = next(iter(self._pools), None) or current_home()",
        ),
        ("a wait may be longer than the kernel can count", "min(timeout, LONGEST_WAIT)", "timeout"),
        (
            "a call that waits for a connection waits past its deadline",
            "            if left <= 0:",
            "            if left <= -5:",
        ),
        (
            "a failed connection keeps its place",
            "            pool.limiter.line.pop(lease, None)",
            """\
            if state.body_sent:
                pool.limiter.line.pop(lease, None)""",
        ),
        (
            "an interruption loses a place",
            """\
        finally:
            pool.limiter.line.pop(lease, None)""",
            """\
        except Exception:
            pool.limiter.line.pop(lease, None)
            raise
        else:
            pool.limiter.line.pop(lease, None)""",
        ),
        ("one connection too many", "        if len(line) <= self._limit:", "        if len(line) <= self._limit + 1:"),
        ("no waiting call is woken", "                lease.wake()", "                pass"),
        (
            "closing leaves idle connections open",
            """\
            while (connection := _pop_or_none(pool.idle.pop)) is not None:
                await connection.stream.aclose()""",
            "            del pool",
        ),
        (
            "a closed client goes on",
            """\
        if self._closed:
            raise ClosedError""",
            "        pass",
        ),
    ),
    *in_file(
        "_http/streams_asyncio.py",
        "client/test_streams.py client/test_streams_asyncio.py client/test_connections.py client/faults/test_matrix.py",
        (
            "a connection that breaks after the last byte was not sent",
            "        # A connection that breaks from here on may have carried all of it.",
            """\
        if self._ends.broken is not None:
            raise WriteError("broken")""",
        ),
        (
            "what was given up is written all the same",
            """\
                # What is still in the buffer must never leave, or "not sent" would be a lie.
                self._transport.abort()""",
            "                self._transport.close()",
        ),
        (
            "bytes that the event loop has taken are not looked at",
            "if self._ends.over or self._ends.received or self._transport.is_closing():",
            "if self._ends.over or self._transport.is_closing():",
        ),
        (
            "the deadline of a call does not cut a step (async)",
            "        return min(timeout, self.deadline - now())",
            "        return timeout",
        ),
    ),
    *in_file(
        "_http/http11.py",
        "unit/test_http11.py",
        (
            "what came behind a response is passed over",
            """\
        if self._complete:
            self._refuse(RemoteProtocolError("bytes after the response"))""",
            "        pass",
        ),
        ("HTTP/1.0 keeps connections", 'self.reusable = version == "1.1" and not', "self.reusable = not"),
        ("a response that was cut is complete", "if not self._until_end_of_stream:", "if not self.status:"),
        ("a body has no end", "        if len(self._body) > self._limit:", "        if False:"),
        ("a length is not compared with the limit", "elif int(length) > self._limit:", "elif False:"),
        ("a head has no end", "_MAX_OVERHEAD_BYTES: Final = 64 * 1024", "_MAX_OVERHEAD_BYTES: Final = 10**12"),
        ("any transfer coding is taken for chunks", 'if coding.lower() != "chunked":', "if False:"),
        ("a header may hold two", "if not _HEADERS.fullmatch(self.written) or", "if"),
    ),
    *in_file(
        "_http/streams_threads.py",
        "client/test_connections.py client/test_streams.py client/test_streams_asyncio.py client/faults/test_matrix.py",
        ("a forked child uses its parent's connections", "    return os.getpid()", '    return "here"'),
        (
            "a TLS read waits its full time for every part of a record",
            "if not wait_ready(self._socket.fileno(), max(0.0, end - now()), to_write=to_write):",
            "if not wait_ready(self._socket.fileno(), allowed, to_write=to_write):",
        ),
        (
            "the deadline of a call does not cut a step (sync)",
            "        return min(timeout, self.deadline - now())",
            "        return timeout",
        ),
    ),
    *in_file(
        "_http/errors.py",
        "client/test_interruptions.py",
        (
            "the exception of a signal handler is taken for a failure",
            """\
    if comes_from_signal_handler(error):
        raise error""",
            "    pass",
        ),
        (
            "only a handler that is a plain function is recognised",
            "count = code.co_argcount + bool(code.co_flags & 0x04)",
            "count = min(2, code.co_argcount)",
        ),
    ),
    *in_file(
        "_http/protocols.py",
        "client/test_secrets.py unit/test_http11.py",
        (
            "a request shows itself",
            '        return "TransportRequest(hidden)"',
            '        return f"TransportRequest({self.headers}, {self.body!r})"',
        ),
    ),
)
