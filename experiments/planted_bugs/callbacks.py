"""Bugs of `jsmskit.callbacks`: what is believed, what is remembered, what is shown."""

from experiments.planted_bugs import in_file

BUGS = (
    *in_file(
        "callbacks/_verifier.py",
        "callbacks/test_verifier.py callbacks/test_secrets.py callbacks/test_nonce_stores.py",
        ("one nonce for all applications", 'return f"{self._app_key}:{nonce}"', "return nonce"),
        (
            "the signature is compared as text",
            'return hmac.compare_digest(expected.hexdigest().encode("ascii"), given)',
            'return expected.hexdigest().encode("ascii") == given',
        ),
        ("any signature is right", "if not self._is_signed(received):", "if self._is_signed(received) is None:"),
        (
            "the secret stays in a local of what raises",
            """\
        del app_key, master_secret
""",
            "",
        ),
        (
            "the form stays in the frame of a refusal",
            """\
        received = _refusal_as_value(read_form, form)
        del form
""",
            """\
        received = _refusal_as_value(read_form, form)
""",
        ),
        (
            "a refusal brings the frames it came from",
            """\
        return type(refusal)(refusal.message)
""",
            """\
        return refusal
""",
        ),
        (
            "a callback may be a little older than allowed",
            "if now - received.sent_at > self._max_age:",
            "if now - received.sent_at > self._max_age + _CLOCK_SKEW:",
        ),
        (
            "a callback from the future is believed",
            "if received.sent_at - now > _CLOCK_SKEW:",
            "if received.sent_at - now > self._max_age:",
        ),
        (
            "a nonce is forgotten before its callback is too old",
            "keep_until = event.sent_at + self._max_age",
            "keep_until = now + self._max_age - _CLOCK_SKEW",
        ),
        ("the hash of the payload leaves out the type", 'f"{received.type}\\0{received.data}"', 'f"{received.data}"'),
        (
            "a second payload replaces the first",
            "            if known is not None and known.keep_until >= now:",
            "            if known is not None and known.keep_until >= now and known.payload == payload:",
        ),
        (
            "an expired nonce is kept for ever",
            'connection.execute("DELETE FROM jsms_callback_nonces WHERE keep_until < ?", (now,))',
            'connection.execute("DELETE FROM jsms_callback_nonces WHERE keep_until < ?", (0,))',
        ),
        (
            "a forked child uses the connection of its parent",
            "connection = self._connections.get(os.getpid())",
            "connection = next(iter(self._connections.values()), None)",
        ),
    ),
    *in_file(
        "callbacks/_events.py",
        "callbacks/test_secrets.py callbacks/test_verifier.py",
        (
            "a form shows itself",
            """\
        return "CallbackForm(hidden)"
""",
            """\
        return f"CallbackForm({self.data})"
""",
        ),
        (
            "an unknown type is refused",
            """\
        return _unknown(form, "This version does not know the type.")
""",
            """\
        raise MalformedCallbackError("unknown type")
""",
        ),
        (
            "the echo gives a script back",
            '_ECHO: Final = re.compile(r"[A-Za-z0-9]{1,64}")',
            '_ECHO: Final = re.compile(r"[^&]{1,64}")',
        ),
    ),
    *in_file(
        "callbacks/_endpoint.py",
        "callbacks/test_secrets.py callbacks/test_endpoint.py callbacks/test_apps.py",
        (
            "the body stays in the frame that runs the handler",
            """\
        del method, query, headers, body
        if self.is_async:""",
            "        if self.is_async:",
        ),
        (
            "a callback counts as handled before the handler ran",
            "self._verifier.parse(request.body, mark_handled=False)",
            "self._verifier.parse(request.body, mark_handled=True)",
        ),
        (
            "a handler that fails is answered with 200",
            'return plain_response(503, "try again later")',
            'return plain_response(200, "try again later")',
        ),
        (
            "an unknown event is not logged",
            """\
            _log.warning("callback passed on unread: %r", event)
""",
            """\
            pass
""",
        ),
        (
            "the deadline of ASGI is that of each message",
            """\
            async with asyncio.timeout(self._read_deadline):
                request = await _asgi_request(scope, receive)
""",
            """\
            request = await _asgi_request(scope, lambda: asyncio.wait_for(receive(), self._read_deadline))
""",
        ),
        (
            "an endless body is read to its end",
            'return bool(message.get("more_body", False)) and len(self.read) <= MAX_BODY_BYTES',
            'return bool(message.get("more_body", False))',
        ),
        (
            "WSGI believes a length that did not come",
            "return body if body is not None and len(body) == wanted else None",
            "return body",
        ),
    ),
)
