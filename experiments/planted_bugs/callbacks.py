"""Bugs of `jsmskit.callbacks`: what is believed, what is remembered, what is shown."""

from __future__ import annotations

from experiments.planted_bugs import Bug

__all__ = ["BUGS"]

_VERIFIER = ("tests/callbacks/test_verifier.py",)
_SECRETS = ("tests/callbacks/test_secrets.py",)
_ENDPOINT = ("tests/callbacks/test_endpoint.py",)
_STORES = ("tests/callbacks/test_nonce_stores.py",)
_APPS = ("tests/callbacks/test_apps.py",)

BUGS = (
    Bug(
        "one nonce for all applications",
        "callbacks/_verifier.py",
        'return f"{self._app_key}:{nonce}"',
        "return nonce",
        _VERIFIER,
    ),
    Bug(
        "the signature is compared as text",
        "callbacks/_verifier.py",
        'return hmac.compare_digest(expected.hexdigest().encode("ascii"), given)',
        'return expected.hexdigest().encode("ascii") == given',
        _VERIFIER,
    ),
    Bug(
        "any signature is right",
        "callbacks/_verifier.py",
        "if not self._is_signed(received):",
        "if self._is_signed(received) is None:",
        _VERIFIER,
    ),
    Bug(
        "the secret stays in a local of what raises",
        "callbacks/_verifier.py",
        "        del app_key, master_secret\n",
        "",
        _SECRETS,
    ),
    Bug(
        "the form stays in the frame of a refusal",
        "callbacks/_verifier.py",
        "        received = _refusal_as_value(read_form, form)\n        del form\n",
        "        received = _refusal_as_value(read_form, form)\n",
        _SECRETS,
    ),
    Bug(
        "a refusal brings the frames it came from",
        "callbacks/_verifier.py",
        "        return type(refusal)(refusal.message)\n",
        "        return refusal\n",
        _SECRETS,
    ),
    Bug(
        "a form shows itself",
        "callbacks/_events.py",
        '        return "CallbackForm(hidden)"\n',
        '        return f"CallbackForm({self.data})"\n',
        _SECRETS,
    ),
    Bug(
        "the body stays in the frame that runs the handler",
        "callbacks/_endpoint.py",
        "        del method, query, headers, body\n        if self.is_async:",
        "        if self.is_async:",
        _SECRETS,
    ),
    Bug(
        "a callback may be a little older than allowed",
        "callbacks/_verifier.py",
        "if now - received.sent_at > self._max_age:",
        "if now - received.sent_at > self._max_age + _CLOCK_SKEW:",
        _VERIFIER,
    ),
    Bug(
        "a callback from the future is believed",
        "callbacks/_verifier.py",
        "if received.sent_at - now > _CLOCK_SKEW:",
        "if received.sent_at - now > self._max_age:",
        _VERIFIER,
    ),
    Bug(
        "a nonce is forgotten before its callback is too old",
        "callbacks/_verifier.py",
        "keep_until = event.sent_at + self._max_age",
        "keep_until = now + self._max_age - _CLOCK_SKEW",
        _VERIFIER,
    ),
    Bug(
        "the hash of the payload leaves out the type",
        "callbacks/_verifier.py",
        'f"{received.type}\\0{received.data}"',
        'f"{received.data}"',
        _VERIFIER,
    ),
    Bug(
        "an unknown type is refused",
        "callbacks/_events.py",
        '        return _unknown(form, "This version does not know the type.")\n',
        '        raise MalformedCallbackError("unknown type")\n',
        _VERIFIER,
    ),
    Bug(
        "a callback counts as handled before the handler ran",
        "callbacks/_endpoint.py",
        "self._verifier.parse(request.body, mark_handled=False)",
        "self._verifier.parse(request.body, mark_handled=True)",
        _ENDPOINT,
    ),
    Bug(
        "a handler that fails is answered with 200",
        "callbacks/_endpoint.py",
        'return plain_response(503, "try again later")',
        'return plain_response(200, "try again later")',
        _ENDPOINT,
    ),
    Bug(
        "an unknown event is not logged",
        "callbacks/_endpoint.py",
        '            _log.warning("callback passed on unread: %r", event)\n',
        "            pass\n",
        _ENDPOINT,
    ),
    Bug(
        "a second payload replaces the first",
        "callbacks/_verifier.py",
        "            if known is not None and known.keep_until >= now:",
        "            if known is not None and known.keep_until >= now and known.payload == payload:",
        _STORES,
    ),
    Bug(
        "an expired nonce is kept for ever",
        "callbacks/_verifier.py",
        'connection.execute("DELETE FROM jsms_callback_nonces WHERE keep_until < ?", (now,))',
        'connection.execute("DELETE FROM jsms_callback_nonces WHERE keep_until < ?", (0,))',
        _STORES,
    ),
    Bug(
        "a forked child uses the connection of its parent",
        "callbacks/_verifier.py",
        "connection = self._connections.get(os.getpid())",
        "connection = next(iter(self._connections.values()), None)",
        _STORES,
    ),
    Bug(
        "the deadline of ASGI is that of each message",
        "callbacks/_endpoint.py",
        """            async with asyncio.timeout(self._read_deadline):
                request = await _asgi_request(scope, receive)
""",
        """            request = await _asgi_request(scope, lambda: asyncio.wait_for(receive(), self._read_deadline))
""",
        _APPS,
    ),
    Bug(
        "an endless body is read to its end",
        "callbacks/_endpoint.py",
        'return bool(message.get("more_body", False)) and len(self.read) <= MAX_BODY_BYTES',
        'return bool(message.get("more_body", False))',
        _APPS,
    ),
    Bug(
        "WSGI believes a length that did not come",
        "callbacks/_endpoint.py",
        "return body if body is not None and len(body) == wanted else None",
        "return body",
        _APPS,
    ),
    Bug(
        "the echo gives a script back",
        "callbacks/_events.py",
        '_ECHO: Final = re.compile(r"[A-Za-z0-9]{1,64}")',
        '_ECHO: Final = re.compile(r"[^&]{1,64}")',
        _VERIFIER,
    ),
)
