"""The initial state of every run, as the mock's seed and as the model's.

Applications in every state that the documentation names: one to work with, one with little balance, one without any,
three that are refused; templates and signs in every review state.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from jsms_api.error_table import ErrorCode
from jsmskit.mock import (
    AccessFlags,
    Account,
    Application,
    ApplicationSeed,
    Balances,
    Clock,
    JsmsMock,
    ReviewStatus,
    Seed,
    Settings,
    Sign,
    Template,
)

from tests.fuzz.oracle import world
from tests.fuzz.oracle.world import MARKETING, NOTICE, VERIFICATION, App, Purse, World

#: 2026-11-22 12:00:00 in China. Before every send_time that the spec's examples name.
OPENING: Final = 1_795_320_000.0

#: Texts that bring 50037, numbers with a past.
BLACK_WORDS: Final = ("黑词", "casino")
UNSUBSCRIBED: Final = "13900000024"
LISTED_INVALID: Final = "13900000006"
#: Ordinary numbers. Few, so that limits per number are met; the first are those of the spec's examples.
NUMBERS: Final = (
    "13800138000", "13812345678", "19999999999", "13000000000", "18603050709", "17700000001", "15900000002",
    "14700000003",
)  # fmt: skip

#: Ids of the spec's examples, so that its examples are accepted, and one template of every kind and state.
NO_VARIABLES, ONE_VARIABLE, SEVERAL_VARIABLES, TO_MEMBERS = 1251, 1250, 1252, 1253
SHORT_LIFE, IN_AUDIT, TURNED_DOWN, WITH_BLACK_WORD = 1260, 1261, 1262, 1263
EMPTY_TEXT_FITS, CODE_WITH_BLACK_WORD = 1264, 1265
DEFAULT_SIGN, SECOND_SIGN, TURNED_DOWN_SIGN = 37582, 37583, 37584

_TEMPLATES: Final = (
    (ONE_VARIABLE, "您的取件码是{{number}}", NOTICE, None, world.APPROVED),
    (NO_VARIABLES, "您的包裹已到门卫室，请及时领取。", NOTICE, None, world.APPROVED),
    (SEVERAL_VARIABLES, "{{name}}您好，{{shop}}于{{date}}恭候光临。", NOTICE, None, world.APPROVED),
    (TO_MEMBERS, "{{name}}您好，新品八折，欢迎选购！", MARKETING, None, world.APPROVED),
    (SHORT_LIFE, "验证码{{code}}，{{code}}，一分钟内有效。", VERIFICATION, 60, world.APPROVED),
    (IN_AUDIT, "审核中{{name}}", NOTICE, None, world.IN_REVIEW),
    (TURNED_DOWN, "被拒绝{{name}}", NOTICE, None, world.REFUSED),
    (WITH_BLACK_WORD, "欢迎光临 CASINO，{{name}}", NOTICE, None, world.APPROVED),
    (EMPTY_TEXT_FITS, "{{text}}", NOTICE, None, world.APPROVED),
    (CODE_WITH_BLACK_WORD, "casino{{code}}", VERIFICATION, 60, world.APPROVED),
)
_SIGNS: Final = (
    (DEFAULT_SIGN, "极光推送", world.APPROVED, True),
    (SECOND_SIGN, "JIGUANG8", world.APPROVED, False),
    (TURNED_DOWN_SIGN, "旧签名", world.REFUSED, False),
)
READY_MADE: Final = "您的手机验证码：{{code}}，有效期5分钟，请勿泄露。如非本人操作，请忽略此短信。谢谢！"
READY_MADE_ID, READY_MADE_LIFE = 1, 300

_NAMES: Final = ("balance", "voice", "industry", "market")


@dataclass(frozen=True, slots=True)
class InitialApplication:
    """An application of the opening position.

    Attributes:
        key: of the pair, 24 letters and digits; the secret is derived from it.
        dev_key: account behind.
        balances: general, voice, industry, market.
        has_all: it has the templates and signs above.
        switches: what is wrong with it as a whole.
        refusal: the code that this brings.
    """

    key: str
    dev_key: str
    balances: tuple[int | None, int | None, int | None, int | None]
    has_all: bool = False
    switches: AccessFlags = field(default_factory=AccessFlags)
    refusal: int | None = None

    @property
    def secret(self) -> str:
        """The other half of the pair."""
        return self.key[::-1]


DEV: Final = "dev0" * 6
SHUT_DEVS: Final = ("dev1" * 6, "dev2" * 6, "dev3" * 6)
_PLENTY: Final = (4_000_000, 2_000_000, 4_000_000, 4_000_000)

MAIN: Final = InitialApplication("main" * 6, DEV, _PLENTY, has_all=True)
POOR: Final = InitialApplication("poor" * 6, "nodev", (3, 2, 5, None), has_all=True)
BARE: Final = InitialApplication("bare" * 6, "nodev", (None, None, None, None))
SHUT: Final = (
    InitialApplication("shut" * 6, DEV, _PLENTY, True, AccessFlags(sms_open=False), ErrorCode.NO_SMS_CODE_AUTH),
    InitialApplication("dark" * 6, DEV, _PLENTY, True, AccessFlags(blacklisted=True), ErrorCode.APP_IN_BLACK),
    InitialApplication(
        "away" * 6, DEV, _PLENTY, True, AccessFlags(allowed_ips=("192.0.2.0/24",)), ErrorCode.ILLEGAL_IP
    ),
)
APPLICATIONS: Final = (MAIN, POOR, BARE, *SHUT)
_ACCOUNTS: Final = (
    (DEV, (9, 702, 121_981, 11_683), AccessFlags(), None),
    (SHUT_DEVS[0], (1, None, None, None), AccessFlags(blacklisted=True), ErrorCode.APP_IN_BLACK),
    (SHUT_DEVS[1], (1, None, None, None), AccessFlags(sms_open=False), ErrorCode.NO_SMS_CODE_AUTH),
    (SHUT_DEVS[2], (1, None, None, None), AccessFlags(allowed_ips=("192.0.2.0/24",)), ErrorCode.ILLEGAL_IP),
)


def _seed_of(initial: InitialApplication) -> ApplicationSeed:
    application = Application(
        initial.key, initial.secret, initial.dev_key, Balances(*initial.balances), initial.switches
    )
    if not initial.has_all:
        return ApplicationSeed(application)
    templates = tuple(
        Template(initial.key, temp_id, text, kind, ttl, None, ReviewStatus(status))
        for temp_id, text, kind, ttl, status in _TEMPLATES
    )
    signs = tuple(
        Sign(initial.key, sign_id, text, 1, None, ReviewStatus(status), is_default=is_default)
        for sign_id, text, status, is_default in _SIGNS
    )
    return ApplicationSeed(
        application,
        templates=templates,
        signs=signs,
        invalid_numbers=(LISTED_INVALID,),
        unsubscribed_numbers=(UNSUBSCRIBED,),
        black_words=BLACK_WORDS,
    )


def make_mock(seed: int) -> JsmsMock:
    """Make the mock of a run, with a clock that only the run moves and room for all of its messages."""
    accounts = tuple(Account(key, key[::-1], Balances(*balances), switches) for key, balances, switches, _ in _ACCOUNTS)
    return JsmsMock(
        seed,
        Clock(OPENING),
        state=Seed(accounts, tuple(_seed_of(application) for application in APPLICATIONS)),
        settings=Settings(keep_messages=0),
    )


def _app_of(application: InitialApplication) -> App:
    balances: Purse = dict(zip(_NAMES, application.balances, strict=True))
    app = App(application.key, application.secret, balances, application.refusal, application.dev_key)
    app.templates[READY_MADE_ID] = world.Reviewed(READY_MADE_ID, READY_MADE, VERIFICATION, READY_MADE_LIFE)
    if application.has_all:
        for temp_id, text, kind, ttl, status in _TEMPLATES:
            app.templates[temp_id] = world.Reviewed(temp_id, text, kind, ttl, None, status)
        for sign_id, text, status, is_default in _SIGNS:
            app.signs[sign_id] = world.Reviewed(sign_id, text, status=status, is_default=is_default)
        app.invalid.add(LISTED_INVALID)
        app.unsubscribed.add(UNSUBSCRIBED)
        app.black_words.update(BLACK_WORDS)
    return app


def make_world() -> World:
    """Make the model's memory of the same position."""
    accounts = {
        key: world.Account(key, key[::-1], dict(zip(_NAMES, balances, strict=True)), refusal)
        for key, balances, _, refusal in _ACCOUNTS
    }
    return World(OPENING, {application.key: _app_of(application) for application in APPLICATIONS}, accounts)
