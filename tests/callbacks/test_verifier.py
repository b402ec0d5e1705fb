"""What is believed, what is not, and what an event tells."""

from __future__ import annotations

import copy
import hmac
import pickle
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from urllib.parse import parse_qs, urlencode

import pytest
from jsms_api import limits
from jsms_api.error_table import ReportStatus
from jsmskit._privacy import Secret
from jsmskit.callbacks import (
    DEFAULT_MAX_AGE,
    STRICT_MAX_AGE,
    CallbackEvent,
    CallbackVerifier,
    DeliveryReport,
    MemoryNonceStore,
    Reply,
    SignReview,
    TemplateReview,
    UnknownEvent,
)
from jsmskit.errors import (
    ConfigurationError,
    InvalidCallbackSignatureError,
    MalformedCallbackError,
    ReplayedCallbackError,
    StaleCallbackError,
)
from starlette.datastructures import FormData
from werkzeug.datastructures import MultiDict

from tests.callbacks.signing import (
    APP_KEY,
    MASTER_SECRET,
    REPLY,
    REPORT,
    SENT_AT,
    SIGN,
    TEMPLATE,
    TIMESTAMP,
    Clock,
    body,
    signed,
)

CHINA = timezone(timedelta(hours=8))


class TestSignature:
    """The vendor's recipe, against vectors computed from the documentation's own sample pair."""

    @pytest.mark.parametrize(
        ("nonce", "value"),
        [
            ("7659972084945889195", "268d92c1b6358285a56e0ccdb0c39c72acebd81d"),
            ("-4611686018427387904", "3625365d418a8f25983e02133044d9d54223e586"),
        ],
    )
    def test_known_vectors_match(self, verifier: CallbackVerifier, nonce: str, value: str) -> None:
        form = signed() | {"nonce": nonce, "signature": value}
        assert verifier.parse(form).nonce == nonce

    @pytest.mark.parametrize(
        "value",
        [
            "007eff6a105503211b472802eecc42465582ba70",  # printed in the docs; matches no printed pair
            "268d92c1b6358285a56e0ccdb0c39c72acebd81e",
            "268d92c1b6358285a56e0ccdb0c39c72acebd81",
            "",
            "é" * 40,
            "\ud800",
            "a" * 60_000,
        ],
    )
    def test_any_other_value_is_refused(self, verifier: CallbackVerifier, value: str) -> None:
        with pytest.raises(InvalidCallbackSignatureError, match="does not match the keys"):
            verifier.parse(signed() | {"signature": value})

    def test_the_case_of_the_digits_does_not_matter(self, verifier: CallbackVerifier) -> None:
        form = signed()
        assert verifier.parse(form | {"signature": form["signature"].upper()})

    def test_the_comparison_takes_constant_time(
        self, verifier: CallbackVerifier, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """It is the standard library's comparison, on bytes, and it alone decides."""
        seen: list[tuple[object, object]] = []
        monkeypatch.setattr(hmac, "compare_digest", lambda a, b: seen.append((a, b)) or True)
        verifier.parse(signed() | {"signature": "anything"})
        assert [(type(a), type(b)) for a, b in seen] == [(bytes, bytes)]
        assert seen[0][1] == b"anything"

    def test_it_is_checked_before_data_is_read(self, verifier: CallbackVerifier) -> None:
        with pytest.raises(InvalidCallbackSignatureError):
            verifier.parse(signed(data="no JSON") | {"signature": "0" * 40})

    def test_the_payload_is_not_covered(self, clock: Clock) -> None:
        """The vendor's weakness, on record: other data under the same signature passes a verifier that has
        not seen the nonce before. This is why the docs demand HTTPS and a secret path.
        """
        form = signed() | {"type": "SMS_REPLY", "data": '{"phone":"13900139000","content":"TD","replyTime":1}'}
        assert isinstance(CallbackVerifier(APP_KEY, MASTER_SECRET, clock=clock).parse(form), Reply)


class TestEvents:
    """The payloads of the documentation, and what real senders vary."""

    @pytest.mark.parametrize("kind", ["SMS_REPORT", "SMS_STATE"])
    def test_a_delivery_report(self, verifier: CallbackVerifier, kind: str) -> None:
        """Aware time in UTC+8, id as text, status explained. SMS_STATE is the name in a draft of 2017."""
        event = verifier.parse(body(kind, REPORT))
        assert isinstance(event, DeliveryReport)
        assert (event.msg_id, event.phone, event.status) == ("1652496", "15822889320", ReportStatus.DELIVERED)
        assert event.received_at == datetime(2017, 4, 14, 14, 19, 1, 392_000, tzinfo=CHINA)
        assert event.received_at.utcoffset() == timedelta(hours=8)
        assert event.delivered
        assert event.info is not None
        assert event.info.name == "DELIVERED"
        assert (event.sent_at, event.duplicate) == (SENT_AT, False)
        assert event.identity == ("report", "1652496", "15822889320", "4001")

    def test_a_reply(self, verifier: CallbackVerifier) -> None:
        event = verifier.parse(body("SMS_REPLY", REPLY))
        assert isinstance(event, Reply)
        assert (event.phone, event.content) == ("13720481024", "TD")
        assert event.replied_at == datetime(2017, 4, 14, 14, 19, 0, 292_000, tzinfo=CHINA)
        assert event.identity == ("reply", "13720481024", "2017-04-14T14:19:00.292000+08:00", "TD")

    @pytest.mark.parametrize(
        ("status", "reason", "approved", "refused"),
        [(1, None, True, False), (2, "内容不合规", False, True), (0, None, False, False), (7, "", False, False)],
    )
    def test_reviews(self, clock: Clock, status: int, reason: str | None, approved: bool, refused: bool) -> None:
        """1 approved, 2 refused; other numbers are neither."""
        end = {"status": status, "refuseReason": reason}
        verifier = CallbackVerifier(APP_KEY, MASTER_SECRET, clock=clock)
        template = verifier.parse(body("SMS_TEMPLATE", TEMPLATE | end, nonce=1))
        sign = verifier.parse(body("SMS_SIGN", SIGN | end, nonce=2))
        assert isinstance(template, TemplateReview)
        assert isinstance(sign, SignReview)
        assert (template.template_id, sign.sign_id) == (57496, 57496)
        assert (template.identity, sign.identity) == (
            ("template", "57496", str(status)),
            ("sign", "57496", str(status)),
        )
        for event in (template, sign):
            assert (event.status, event.refuse_reason) == (status, reason)
            assert (event.approved, event.refused) == (approved, refused)

    @pytest.mark.parametrize("status", [4011, 4999, 0, -1, 2**63, "4100"])
    def test_unknown_statuses_survive(self, verifier: CallbackVerifier, status: object) -> None:
        event = verifier.parse(body(data=REPORT | {"status": status}))
        assert isinstance(event, DeliveryReport)
        assert event.status == int(str(status))
        assert not event.delivered
        assert (event.info is None) is (status != "4100")

    @pytest.mark.parametrize(
        "variant",
        [
            {"msgId": 1652496},
            {"phone": 15822889320},
            {"status": "4001"},
            {"receiveTime": "1492150741392"},
            {"unknown": [1]},
        ],
    )
    def test_wire_variants_read_the_same(self, clock: Clock, variant: dict[str, object]) -> None:
        """Ids and phones as numbers, numbers as text, members that are new."""
        plain = CallbackVerifier(APP_KEY, MASTER_SECRET, clock=clock).parse(body())
        assert CallbackVerifier(APP_KEY, MASTER_SECRET, clock=clock).parse(body(data=REPORT | variant)) == plain

    def test_a_time_as_text_is_read_in_the_services_zone(self, verifier: CallbackVerifier) -> None:
        """The notation of schedules, which another client library was made to read in reports."""
        event = verifier.parse(body(data=REPORT | {"receiveTime": "2017-04-14 14:19:01"}))
        assert isinstance(event, DeliveryReport)
        assert event.received_at == datetime(2017, 4, 14, 6, 19, 1, tzinfo=UTC)

    def test_a_body_of_exactly_64_kib_is_read(self, verifier: CallbackVerifier) -> None:
        form = body() + b"&padding="
        assert verifier.parse(form + b"x" * (64 * 1024 - len(form))).raw
        assert len(form) < 1000

    def test_sixteen_fields_are_read(self, verifier: CallbackVerifier) -> None:
        """Five are documented; a body of thousands of fields would cost more than it is worth."""
        assert verifier.parse(body() + b"".join(b"&x%d=1" % number for number in range(11)))
        with pytest.raises(MalformedCallbackError, match="not a form"):
            verifier.parse(body() + b"".join(b"&x%d=1" % number for number in range(12)))

    def test_raw_is_the_text_as_received(self, verifier: CallbackVerifier) -> None:
        text = '{ "status":4001,"phone":"15822889320", "msgId":"1", "receiveTime":1, "new": "\\u5934" }'
        assert verifier.parse(body(data=text)).raw == text

    @pytest.mark.parametrize(
        ("kind", "data", "shown"),
        [
            ("SMS_REPORT", REPORT | {"phone": "02088889999"}, "phone='020****9999'"),
            ("SMS_REPLY", REPLY | {"phone": "106901234567890"}, "phone='106****7890'"),
            ("SMS_TEMPLATE", TEMPLATE, "status=1, refuse_reason=None, template_id=57496)"),
            ("SMS_SIGN", SIGN, "status=1, refuse_reason=None, sign_id=57496)"),
        ],
    )
    def test_every_event_has_its_repr_and_nothing_beside_its_fields(
        self, verifier: CallbackVerifier, kind: str, data: object, shown: str
    ) -> None:
        """Numbers of other networks are masked too; a typing mistake in an attribute is an error, no new attribute."""
        event = verifier.parse(body(kind, data))
        assert shown in repr(event)
        assert repr(event).startswith(type(event).__name__ + "(nonce='7659972084945889195', sent_at=2017-")
        assert not hasattr(event, "__dict__")

    def test_events_are_frozen_values(self, verifier: CallbackVerifier) -> None:
        """They compare, hash, copy and travel between processes; `raw` is no part of what they say."""
        event = verifier.parse(body())
        with pytest.raises(AttributeError):
            event.status = 1  # type: ignore[misc]
        assert pickle.loads(pickle.dumps(event)) == copy.deepcopy(event) == event
        assert len({event, copy.copy(event)}) == 1
        assert isinstance(event, CallbackEvent)


NO_TYPE = "This version does not know the type."
NO_STATUS, NO_TIME = "data.status is missing or not a whole number.", "data.receiveTime is not a time."
UNREAD: list[tuple[str, object, str]] = [
    ("SMS_REPORT", {}, "data.msgId is missing or not an id."),
    ("SMS_REPORT", REPORT | {"msgId": ""}, "data.msgId is missing or not an id."),
    ("SMS_REPORT", REPORT | {"phone": ["15822889320"]}, "data.phone is missing or not text."),
    *(("SMS_REPORT", REPORT | {"status": value}, NO_STATUS) for value in (None, True, 4001.0, "x", "1" * 19)),
    ("SMS_REPORT", REPORT | {"receiveTime": None}, "data.receiveTime is missing or not a whole number."),
    *(("SMS_REPORT", REPORT | {"receiveTime": value}, NO_TIME) for value in ("now", "2017-02-30 00:00:00", 10**18)),
    ("SMS_REPLY", REPLY | {"replyTime": "now"}, "data.replyTime is not a time."),
    ("SMS_REPLY", {"phone": "1", "replyTime": 1}, "data.content is missing or not text."),
    ("SMS_REPLY", REPLY | {"content": None}, "data.content is missing or not text."),
    ("SMS_REPLY", REPLY | {"phone": None}, "data.phone is missing or not text."),
    ("SMS_TEMPLATE", SIGN, "data.tempId is missing or not a whole number."),
    ("SMS_TEMPLATE", TEMPLATE | {"refuseReason": {}}, "data.refuseReason is missing or not text."),
    ("SMS_SIGN", SIGN | {"signId": 1.5}, "data.signId is missing or not a whole number."),
    *(("SMS_NEW", data, NO_TYPE) for data in (REPORT, "", "\ud800", "no JSON at all")),
    ("sms_report", REPORT, NO_TYPE),
    ("SMS.NEW:v2", REPORT, NO_TYPE),
]


class TestForm:
    """The form may come as a raw body or as the mapping of a framework."""

    @pytest.mark.parametrize(
        "shape",
        [
            pytest.param(lambda fields: fields, id="dict"),
            pytest.param(lambda fields: urlencode(fields).encode(), id="bytes"),
            pytest.param(urlencode, id="str"),
            pytest.param(lambda fields: parse_qs(urlencode(fields)), id="lists"),
            pytest.param(lambda fields: {name: (value,) for name, value in fields.items()}, id="tuples"),
            pytest.param(lambda fields: FormData(list(fields.items())), id="starlette"),
            pytest.param(lambda fields: MultiDict(fields), id="werkzeug"),
            pytest.param(lambda fields: fields | {"nonce": int(fields["nonce"]), "timestamp": TIMESTAMP}, id="ints"),
            pytest.param(lambda fields: fields | {"extra": "ignored"}, id="extra"),
            pytest.param(lambda fields: "&".join(f"{a}={b}" for a, b in fields.items()).encode(), id="unescaped"),
        ],
    )
    def test_every_shape_is_read(self, verifier: CallbackVerifier, shape: object) -> None:
        """The samples of the documentation even leave `data` unescaped."""
        form = shape(signed("SMS_REPLY", REPLY | {"content": "退订TD"}))  # type: ignore[operator]
        event = verifier.parse(form)
        assert isinstance(event, Reply)
        assert event.content == "退订TD"

    @pytest.mark.parametrize("name", ["nonce", "timestamp", "signature", "type", "data"])
    def test_missing_and_doubled_fields_are_malformed(self, verifier: CallbackVerifier, name: str) -> None:
        """Readers differ in which of two counts, so two are refused, in raw bodies and in mappings."""
        fields = signed()
        with pytest.raises(MalformedCallbackError, match=f"{name} is missing"):
            verifier.parse({key: value for key, value in fields.items() if key != name})
        doubled = [*fields.items(), (name, fields[name])]
        for form in (urlencode(doubled).encode(), FormData(doubled), MultiDict(doubled)):
            with pytest.raises(MalformedCallbackError, match=f"{name} occurs 2 times"):
                verifier.parse(form)

    @pytest.mark.parametrize(("kind", "data", "reason"), UNREAD)
    def test_what_this_version_cannot_read_is_an_unknown_event(
        self, verifier: CallbackVerifier, kind: str, data: object, reason: str
    ) -> None:
        """A new type, or data without a field of its type: refusing it would lose it for ever.

        The reason is in the log, word for word, and quotes no value.
        """
        form = signed(kind, data)
        event = verifier.parse(form)
        assert isinstance(event, UnknownEvent)
        assert (event.type, event.raw, event.duplicate) == (kind, form["data"], False)
        assert event.identity == ("unknown", kind, form["data"])
        assert event.reason == reason
        assert "15822889320" not in repr(event)
        assert verifier.parse(form).duplicate


class TestAge:
    """The window: late repeats are taken, old recordings are not."""

    def test_the_default_covers_all_repeats_of_the_service(self) -> None:
        """3 minutes, 1 hour and 12 hours after one another, and some time to spare."""
        repeats = timedelta(seconds=sum(limits.CALLBACK_REPEAT_DELAYS_SECONDS))
        assert repeats < DEFAULT_MAX_AGE < repeats + timedelta(hours=1)
        assert timedelta(minutes=5) == STRICT_MAX_AGE

    @pytest.mark.parametrize(
        ("max_age", "age", "taken"),
        [
            (DEFAULT_MAX_AGE, timedelta(hours=14), True),
            (DEFAULT_MAX_AGE, timedelta(hours=14, milliseconds=1), False),
            (STRICT_MAX_AGE, timedelta(minutes=5), True),
            (STRICT_MAX_AGE, timedelta(minutes=5, milliseconds=1), False),
            (DEFAULT_MAX_AGE, timedelta(minutes=-5), True),
            (DEFAULT_MAX_AGE, timedelta(minutes=-5, milliseconds=-1), False),
            (DEFAULT_MAX_AGE, timedelta(days=3000), False),
        ],
    )
    def test_the_edges_of_the_window(self, max_age: timedelta, age: timedelta, taken: bool) -> None:
        """Exactly the age is taken; a clock may be ahead by 5 minutes."""
        verifier = CallbackVerifier(APP_KEY, MASTER_SECRET, max_age=max_age, clock=Clock(SENT_AT + age))
        if taken:
            assert verifier.parse(signed())
            return
        words = rf"signed more than {max_age} ago" if age > max_age else "signed in the future; compare the clocks"
        with pytest.raises(StaleCallbackError, match=words):
            verifier.parse(signed())


class TestReplay:
    """A nonce belongs to one payload."""

    def test_the_same_callback_again_is_a_duplicate(self, verifier: CallbackVerifier, clock: Clock) -> None:
        """The service repeats what was not answered in time; acting twice would be wrong, refusing too."""
        first = verifier.parse(signed())
        clock.advance(timedelta(hours=13, minutes=3))
        again = verifier.parse(signed())
        assert (first.duplicate, again.duplicate) == (False, True)
        assert first.identity == again.identity

    @pytest.mark.parametrize(
        ("kind", "data"), [("SMS_REPORT", REPORT | {"status": 4002}), ("SMS_REPLY", REPLY), ("SMS_STATE", REPORT)]
    )
    def test_the_nonce_with_another_payload_is_refused(
        self, verifier: CallbackVerifier, kind: str, data: object
    ) -> None:
        """Other data or another type under a signature that was seen before."""
        verifier.parse(signed())
        with pytest.raises(ReplayedCallbackError):
            verifier.parse(signed(kind, data))
        assert verifier.parse(signed()).duplicate

    def test_an_event_that_was_not_settled_is_no_duplicate(self, verifier: CallbackVerifier) -> None:
        """A failed attempt is tried again; yet the nonce is bound from the first moment."""
        event = verifier.parse(signed(), mark_handled=False)
        assert not verifier.parse(signed(), mark_handled=False).duplicate
        with pytest.raises(ReplayedCallbackError):
            verifier.parse(signed("SMS_REPLY", REPLY), mark_handled=False)
        verifier.mark_handled(event)
        assert verifier.parse(signed(), mark_handled=False).duplicate

    def test_the_binding_outlives_the_window(self, verifier: CallbackVerifier, clock: Clock) -> None:
        clock.advance(timedelta(minutes=-5))
        verifier.parse(signed())
        clock.advance(timedelta(minutes=5) + DEFAULT_MAX_AGE)
        with pytest.raises(ReplayedCallbackError):
            verifier.parse(signed("SMS_REPLY", REPLY))

    def test_applications_may_share_a_store(self, clock: Clock) -> None:
        """The nonce of one application means nothing for another: both callbacks are fresh, with other data,
        and each is a duplicate of its own only.
        """
        store = MemoryNonceStore()
        keys = ("a" * 24, "b" * 24)
        one = CallbackVerifier(APP_KEY, MASTER_SECRET, store=store, clock=clock)
        other = CallbackVerifier(*keys, store=store, clock=clock)
        with pytest.raises(InvalidCallbackSignatureError):
            other.parse(signed())
        assert len(store) == 0
        assert not one.parse(signed()).duplicate
        assert not other.parse(signed("SMS_REPLY", REPLY, keys=keys)).duplicate
        assert len(store) == 2
        assert one.parse(signed()).duplicate
        assert other.parse(signed("SMS_REPLY", REPLY, keys=keys)).duplicate


class TestEcho:
    """The check of the address."""

    @pytest.mark.parametrize(
        "query", ["echostr=a8Bc1234", b"echostr=a8Bc1234", {"echostr": "a8Bc1234"}, "x=1&echostr=a8Bc1234"]
    )
    def test_gives_the_value_back(self, verifier: CallbackVerifier, query: object) -> None:
        assert verifier.echo(query) == b"a8Bc1234"  # type: ignore[arg-type]

    @pytest.mark.parametrize(
        "query",
        [
            "",
            "echostr=",
            "echostr",
            "other=1",
            "echostr=%3Cscript%3E",
            "echostr=a%0d%0ab",
            "echostr=a&echostr=b",
            "echostr=" + "a" * 65,
            "echostr=%EF%BC%91",
            {"echostr": 1.5},
        ],
    )
    def test_gives_nothing_else_back(self, verifier: CallbackVerifier, query: object) -> None:
        with pytest.raises(MalformedCallbackError):
            verifier.echo(query)  # type: ignore[arg-type]


class TestConfiguration:
    """What can be set up wrongly is told at once."""

    @pytest.mark.parametrize(
        ("key", "secret"),
        [
            ("", MASTER_SECRET),
            (APP_KEY, ""),
            (APP_KEY, "line\n"),
            ("äöü", MASTER_SECRET),
            (APP_KEY, "é"),
            (None, MASTER_SECRET),
            (APP_KEY, None),
            (APP_KEY, MASTER_SECRET.encode()),
        ],
    )
    def test_keys_are_letters_and_digits(self, key: Any, secret: Any) -> None:
        """A line break from a secrets file would make every signature wrong."""
        with pytest.raises(ConfigurationError) as refused:
            CallbackVerifier(key, secret)
        assert MASTER_SECRET not in str(refused.value)

    @pytest.mark.parametrize(
        "max_age", [timedelta(0), timedelta(hours=-1), timedelta(days=366, microseconds=1), timedelta.max, 14, None]
    )
    def test_the_window_is_a_span(self, max_age: Any) -> None:
        with pytest.raises(ConfigurationError):
            CallbackVerifier(APP_KEY, MASTER_SECRET, max_age=max_age)

    def test_the_secret_is_not_shown(self, clock: Clock) -> None:
        """It may be given as a Secret; neither repr nor pickle gives it away."""
        verifier = CallbackVerifier(APP_KEY, Secret(MASTER_SECRET), clock=clock)
        assert verifier.parse(signed())
        assert repr(verifier) == "CallbackVerifier(max_age=14:00:00, store=MemoryNonceStore)"
        assert MASTER_SECRET not in repr(vars(verifier))
        with pytest.raises(TypeError):
            pickle.dumps(verifier)


NO_FORM = "The body is not a form (application/x-www-form-urlencoded, UTF-8)."
NO_FORMS = (
    *(b"", "", b"{}", b"nonce", b"\xff=1", b"nonce=%ff", "nonce=\ud800", body() + b"&"),
    b"&".join(b"a%d=1" % number for number in range(20)),
)
OTHER_FORMS = {
    "nonce": ("", "x", "1.0", "+1", " 1", "1\n", "１", "1" * 21),
    "timestamp": ("", "x", "-1", "1" * 17),
    "type": ("", "SMS REPORT"),
}


MALFORMED: list[tuple[Any, str]] = [
    *((form, NO_FORM) for form in NO_FORMS),
    (b"a=" + b"x" * 65535, "The body has 65537 bytes, at most 65536 are read."),
    ({}, "The field nonce is missing."),
    ({"nonce": ["1", "2", "3"]}, "The field nonce occurs 3 times."),
    ({"nonce": b"1"}, "The field nonce is not text."),
    ({"nonce": "1" * 65537}, "The field nonce is too long."),
    (signed() | {"nonce": "1" * 65536}, "The field nonce is malformed."),
    (b"nonce=&" + body(), "The field nonce occurs 2 times."),
    ({"nonce": 10**20}, "The field nonce is not text."),
    (signed() | {"nonce": 10**20 - 1, "timestamp": "x"}, "The field timestamp is malformed."),
    *(
        (signed() | {name: value}, f"The field {name} is malformed.")
        for name, values in OTHER_FORMS.items()
        for value in values
    ),
    (signed(timestamp="9" * 16), "The timestamp lies outside of the calendar."),
    (signed(data="[]"), "data is not a JSON object."),
    (signed(data="null"), "data is not a JSON object."),
    (signed(data="["), "data cannot be read: not JSON: Expecting value at character 1."),
    (signed(data='{"msgId":"1","msgId":"2"}'), "data cannot be read: a key stands twice in one object."),
    (signed(data="\ud800"), "data cannot be read: invalid UTF-8 at byte 0."),
    (signed(data="[" * 1000), "data cannot be read: more than 32 levels."),
]


@pytest.mark.parametrize(("form", "message"), MALFORMED)
def test_what_is_malformed_is_told_and_leaves_no_trace(verifier: CallbackVerifier, form: Any, message: str) -> None:
    with pytest.raises(MalformedCallbackError) as refused:
        verifier.parse(form)
    assert refused.value.message == message
    assert not verifier.parse(signed()).duplicate
