"""The initial state of every run, as the mock's seed and as the model's.

Applications in every state that the documentation names: one to work with, one with little balance, one without any,
three that are refused; templates and signs in every review state.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Final

from jsms_api import limits
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
    TemplateType,
)

from tests.fuzz.oracle.world import Account as KnownAccount
from tests.fuzz.oracle.world import App, Reviewed, World

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
READY_MADE: Final = limits.READY_MADE_TEMPLATE
READY_MADE_LIFE: Final = 300

_CODE, _NOTICE, _MARKETING = TemplateType
_IN_REVIEW, _APPROVED, _REFUSED = ReviewStatus

_TEMPLATES: Final = (
    Template("", ONE_VARIABLE, "您的取件码是{{number}}", _NOTICE, status=_APPROVED),
    Template("", NO_VARIABLES, "您的包裹已到门卫室，请及时领取。", _NOTICE, status=_APPROVED),
    Template("", SEVERAL_VARIABLES, "{{name}}您好，{{shop}}于{{date}}恭候光临。", _NOTICE, status=_APPROVED),
    Template("", TO_MEMBERS, "{{name}}您好，新品八折，欢迎选购！", _MARKETING, status=_APPROVED),
    Template("", SHORT_LIFE, "验证码{{code}}，{{code}}，一分钟内有效。", _CODE, 60, status=_APPROVED),
    Template("", IN_AUDIT, "审核中{{name}}", _NOTICE, status=_IN_REVIEW),
    Template("", TURNED_DOWN, "被拒绝{{name}}", _NOTICE, status=_REFUSED),
    Template("", WITH_BLACK_WORD, "欢迎光临 CASINO，{{name}}", _NOTICE, status=_APPROVED),
    Template("", EMPTY_TEXT_FITS, "{{text}}", _NOTICE, status=_APPROVED),
    Template("", CODE_WITH_BLACK_WORD, "casino{{code}}", _CODE, 60, status=_APPROVED),
)
_SIGNS: Final = (
    Sign("", DEFAULT_SIGN, "极光推送", status=_APPROVED, is_default=True),
    Sign("", SECOND_SIGN, "JIGUANG8", status=_APPROVED),
    Sign("", TURNED_DOWN_SIGN, "旧签名", status=_REFUSED),
)
#: The text of the template that the mock adds to every application.
_READY_MADE_TEXT: Final = "您的手机验证码：{{code}}，有效期5分钟，请勿泄露。如非本人操作，请忽略此短信。谢谢！"

#: What is wrong with an application or account as a whole, and the code that it brings.
_REFUSALS: Final = {
    AccessFlags(): None,
    AccessFlags(sms_open=False): ErrorCode.NO_SMS_CODE_AUTH,
    AccessFlags(blacklisted=True): ErrorCode.APP_IN_BLACK,
    AccessFlags(allowed_ips=("192.0.2.0/24",)): ErrorCode.ILLEGAL_IP,
}
_, *_SHUT_FLAGS = _REFUSALS

#: The keys of accounts and applications; the secret of each is its key read backwards.
DEV: Final = "dev0" * 6
SHUT_DEVS: Final = ("dev1" * 6, "dev2" * 6, "dev3" * 6)
MAIN, POOR, BARE = "main" * 6, "poor" * 6, "bare" * 6
SHUT: Final = ("shut" * 6, "dark" * 6, "away" * 6)

_PLENTY: Final = Balances(4_000_000, 2_000_000, 4_000_000, 4_000_000)


def _application(
    key: str, dev_key: str, balances: Balances, flags: AccessFlags, *, has_all: bool = True
) -> ApplicationSeed:
    application = Application(key, key[::-1], dev_key, balances, flags)
    if not has_all:
        return ApplicationSeed(application)
    return ApplicationSeed(application, _TEMPLATES, _SIGNS, (LISTED_INVALID,), (UNSUBSCRIBED,), black_words=BLACK_WORDS)


_SEED: Final = Seed(
    (
        Account(DEV, DEV[::-1], Balances(9, 702, 121_981, 11_683)),
        *(
            Account(key, key[::-1], Balances(balance=1), flags)
            for key, flags in zip(SHUT_DEVS, _SHUT_FLAGS, strict=True)
        ),
    ),
    (
        _application(MAIN, DEV, _PLENTY, AccessFlags()),
        _application(POOR, "nodev", Balances(3, 2, 5), AccessFlags()),
        _application(BARE, "nodev", Balances(), AccessFlags(), has_all=False),
        *(_application(key, DEV, _PLENTY, flags) for key, flags in zip(SHUT, _SHUT_FLAGS, strict=True)),
    ),
)


def make_mock(seed: int) -> JsmsMock:
    """Make the mock of a run, with a clock that only the run moves and room for all of its messages."""
    return JsmsMock(seed, Clock(OPENING), state=_SEED, settings=Settings(keep_messages=0))


def _app_of(seed: ApplicationSeed) -> App:
    one = seed.application
    app = App(one.app_key, one.master_secret, asdict(one.balances), _REFUSALS[one.switches], one.dev_key)
    app.templates[READY_MADE] = Reviewed(READY_MADE, _READY_MADE_TEXT, int(_CODE), READY_MADE_LIFE)
    for each in seed.templates:
        app.templates[each.temp_id] = Reviewed(
            each.temp_id, each.template, int(each.type), each.ttl, None, int(each.status)
        )
    for sign in seed.signs:
        app.signs[sign.sign_id] = Reviewed(sign.sign_id, sign.sign, status=int(sign.status), is_default=sign.is_default)
    app.invalid.update(seed.invalid_numbers)
    app.unsubscribed.update(seed.unsubscribed_numbers)
    app.black_words.update(seed.black_words)
    return app


def make_world() -> World:
    """Make the model's memory of the same position."""
    accounts = {
        one.dev_key: KnownAccount(one.dev_key, one.dev_secret, asdict(one.balances), _REFUSALS[one.switches])
        for one in _SEED.accounts
    }
    return World(OPENING, {seed.application.app_key: _app_of(seed) for seed in _SEED.applications}, accounts)
