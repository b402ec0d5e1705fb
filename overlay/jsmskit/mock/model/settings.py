"""Every switch of the mock, and what a fresh one holds.

A default is the documented behaviour where there is one; where there is none, the reading that the spec takes.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from jsms_api import limits

from .from_json import hints_of, reader
from .records import Account, Application, Balances, CallbackType, ReviewStatus, Sign, Template, TemplateType


class Review(enum.StrEnum):
    """Who decides about new templates and signs.

    MANUAL: a control call or the inbox page.
    AFTER_DELAY: the clock, when the documented time of a review has passed.
    AT_ONCE: approved (or refused, see `Settings.review_refuses`) within the call that made it.
    """

    MANUAL = "manual"
    AFTER_DELAY = "after-delay"
    AT_ONCE = "at-once"


class Reading(enum.StrEnum):
    """Another reading of an open question than the one that the spec takes; each value begins with its number there.

    For programs that are to stand whatever the service does, and for `jsms live-check`.
    """

    NUMERIC_IDS = "C1-numbers"
    """Every `msg_id` is a number."""
    REFUSED_CHECK_IS_200 = "C2-200"
    """A refused verification is answered with 200."""
    NUMERIC_ENTRY_CODES = "C3-numbers"
    """The `error_code` of a batch entry is a number."""
    APP_PAIR_FOR_ACCOUNT = "C4-app-pair"
    """`GET /accounts/dev` takes the pair of an application, too."""
    PUT_SIGN = "C5-put"
    """A sign is changed with PUT, not with POST."""
    OLDER_WORDS = "C7-older"
    """50005, 50020 and 50105 have their older words."""
    PLAIN_NAMES = "C12-letters-and-digits"
    """Names of variables hold no underscore."""
    LONGER_SIGNS = "C14-10"
    """A sign has up to 10 characters."""
    JSON_AFTER_DELETE = "C20-json"
    """A deletion is answered with a JSON document."""
    NO_VALUES_50022 = "C21-50022"
    """Without `temp_para` the code is 50022."""
    JSON_DEMANDED = "C23-json"
    """JSON under another media type is refused with 50017."""
    STRICT_SLASH = "C24-no-slash"
    """A slash at the end makes another path."""
    NO_PREFIX = "C33-11-digits"
    """A mobile number with a country prefix is refused."""
    CREDENTIALS_FIRST = "G1-credentials-first"
    """Missing credentials are refused before path and method are looked at."""
    UNKNOWN_SIGN_50104 = "G2-50104"
    """An unknown sign in a send brings 50104."""
    RIGHT_TWICE = "G3-twice"
    """A right code is accepted again."""
    FAILED_BATCH_REFUSED = "G4-refused"
    """A batch whose entries all fail is refused with the code of the first."""
    DELETED_TASK_READABLE = "G5-readable"
    """A deleted task can be read."""
    ONE_KIND_OF_TASK = "G6-one-kind"
    """A single task may be changed to a batch, and a batch to a single task."""
    SEND_TIME_IS_UTC = "G7-utc"
    """`send_time` is read as UTC."""
    LONG_TAGS = "G8-long-tags"
    """A `tag` over 10 characters passes."""
    LIMIT_HEADERS = "G14-headers"
    """Every response names a limit in a header."""
    MESSAGE_IDS_CHECKED = "G21-50010"
    """The id of a plain message is checked as that of a code would be: 50010."""
    UNKNOWN_NAMES_REFUSED = "G22-50022"
    """Names in `temp_para` that the template does not have bring 50022."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How this mock behaves.

    Attributes:
        limits: the documented sending limits and the pause between pulls are enforced. Off: load tests.
        repeat_window_seconds: also refuse (50034) the same text to the same number within so many seconds of
            an earlier send. 0, the default: only within one batch, which is all that is documented.
        balance_interval_seconds: least time between two balance calls (50009 is listed for them without a
            number, C8). 0: no limit.
        review: who reviews templates and signs.
        template_review_seconds: of the clock, for AFTER_DELAY: about 3 working hours by the vendor's FAQ.
        sign_review_seconds: of the clock, for AFTER_DELAY: within two working days.
        review_refuses: an automatic review refuses a text, sign or remark that holds one of these.
        report_delay_seconds: of the clock, between sending and the delivery report.
        report_retention_days: how long reports and replies wait to be pulled: 3 by the pages, 7 by a newer
            SDK (C19); the kinder value is the default.
        strict_signs: demand the form of signs of 2025-09: all wanted parts, types 1, 3, 6 and 7 only. Off:
            the form of 2018, which all official SDKs send (C15 to C17).
        text_limit: characters of a whole text: 500 since 2021, 350 before (C10).
        remark_limit: characters of a template's remark: 100 since 2018, 500 before (C13).
        personal_account: marketing templates are refused (50025; G15).
        unsubscribe_hint: what the platform appends to marketing.
        max_body_bytes: of a JSON body. The service names no limit (G18).
        max_form_bytes: of a form with pictures: six of 2 MB and the texts.
        keep_messages: how many messages (and waiting reports) are kept; older ones are dropped, so that the
            mock does not grow without end. 0: keep all.
        readings: other readings of open questions than the spec's.
    """

    limits: bool = True
    repeat_window_seconds: float = 0
    balance_interval_seconds: float = 0
    review: Review = Review.AFTER_DELAY
    template_review_seconds: float = 3 * 3600
    sign_review_seconds: float = 2 * 86_400
    review_refuses: tuple[str, ...] = ("拒绝",)
    report_delay_seconds: float = 5
    report_retention_days: float = 7
    strict_signs: bool = False
    text_limit: int = 500
    remark_limit: int = 100
    personal_account: bool = False
    unsubscribe_hint: str = "回T退订"
    max_body_bytes: int = 1024 * 1024
    max_form_bytes: int = 13 * 1024 * 1024
    keep_messages: int = 10_000
    readings: tuple[Reading, ...] = ()

    def with_changes(self, **changes: Any) -> Settings:
        """Return a copy with some switches changed, given as JSON holds them or not; unknown names raise TypeError."""
        hints = hints_of(Settings)
        return replace(self, **{name: reader(hints.get(name))(value) for name, value in changes.items()})


DEFAULT_SETTINGS: Final = Settings()


#: The application pair of nearly every sample of the vendor. Not live, and not secret.
APP_KEY: Final = "7d431e42dfa6a6d693ac2d04"
MASTER_SECRET: Final = "5e987ac6d2e04d95a9d8f0d1"  # noqa: S105  # printed by the vendor's documentation
#: The application pair of the accounts page.
SECOND_APP_KEY: Final = "4c6921c9b20b2fd9bcd8ca3d"
SECOND_MASTER_SECRET: Final = "5b3e2979c8a48b84cebeaaf4"  # noqa: S105  # printed by the vendor's documentation
#: The account pair of the accounts page.
DEV_KEY: Final = "7e503edcb0cb725e331b0311"
DEV_SECRET: Final = "7289516381dcdf1113730f2b"  # noqa: S105  # printed by the vendor's documentation
#: The sample pairs as a client reads them from the environment.
SAMPLE_ENVIRONMENT: Final = {
    "JSMS_APP_KEY": APP_KEY,
    "JSMS_MASTER_SECRET": MASTER_SECRET,
    "JSMS_DEV_KEY": DEV_KEY,
    "JSMS_DEV_SECRET": DEV_SECRET,
}

#: Text and life of the template that every application has from the start (uncertain).
READY_MADE_TEXT: Final = "您的手机验证码：{{code}}，有效期5分钟，请勿泄露。如非本人操作，请忽略此短信。谢谢！"
READY_MADE_TTL_SECONDS: Final = 300
#: The sign of the documentation's samples, id and text.
SAMPLE_SIGN_ID: Final = 37_582
SAMPLE_SIGN: Final = "极光推送"


@dataclass(frozen=True, slots=True)
class ApplicationSeed:
    """An application and all it has. Templates and signs need not repeat its key; it is put in.

    Attributes:
        application: pair, account, balances, switches.
        templates: beside the ready-made one, which is added unless a template with its id is among them.
        signs: at most one of them the default.
        invalid_numbers: answered with 50006.
        unsubscribed_numbers: refuse marketing with 50024.
        fixed_codes: the code that a number always gets.
        black_words: texts that bring 50037.
        callbacks: receivers by type.
    """

    application: Application
    templates: tuple[Template, ...] = ()
    signs: tuple[Sign, ...] = ()
    invalid_numbers: tuple[str, ...] = ()
    unsubscribed_numbers: tuple[str, ...] = ()
    fixed_codes: Mapping[str, str] = field(default_factory=dict[str, str])
    black_words: tuple[str, ...] = ()
    callbacks: Mapping[CallbackType, str] = field(default_factory=dict[CallbackType, str])


@dataclass(frozen=True, slots=True)
class Seed:
    """Everything that is there at the start, and again after a reset."""

    accounts: tuple[Account, ...] = ()
    applications: tuple[ApplicationSeed, ...] = ()


def ready_made_template(app_key: str) -> Template:
    """Make the template that every application has from the start."""
    return Template(
        app_key=app_key,
        temp_id=limits.READY_MADE_TEMPLATE,
        template=READY_MADE_TEXT,
        type=TemplateType.VERIFICATION,
        ttl=READY_MADE_TTL_SECONDS,
        status=ReviewStatus.APPROVED,
    )


#: Large, so that no test meets a limit that it did not ask for; small ones are one call away.
AMPLE: Final = Balances(balance=100_000, voice=10_000, industry=1_000_000, market=100_000)


def sample_application(
    app_key: str, master_secret: str, *, dev_key: str = DEV_KEY, balances: Balances = AMPLE
) -> ApplicationSeed:
    """Make an application as the mock hands them out: one approved default sign, the ready-made template."""
    sign = Sign(app_key, SAMPLE_SIGN_ID, SAMPLE_SIGN, 1, None, ReviewStatus.APPROVED, is_default=True)
    return ApplicationSeed(Application(app_key, master_secret, dev_key, balances), signs=(sign,))


#: The pairs that the documentation prints. The second application and the account hold what its samples show.
DEFAULT_SEED: Final = Seed(
    accounts=(Account(DEV_KEY, DEV_SECRET, Balances(9, 702, 121_981, 11_683)),),
    applications=(
        sample_application(APP_KEY, MASTER_SECRET),
        sample_application(SECOND_APP_KEY, SECOND_MASTER_SECRET, balances=Balances(1, 22, 44, 14)),
    ),
)
