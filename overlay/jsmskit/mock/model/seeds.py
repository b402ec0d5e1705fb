"""What a fresh mock holds, and the JSON form in which a seed is written and told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from jsms_api import limits

from .records import Account, Application, Balances, CallbackType, ReviewStatus, Sign, Template, TemplateType

#: The application pair of nearly every sample of the vendor. Not live, and not secret.
APP_KEY: Final = "7d431e42dfa6a6d693ac2d04"
MASTER_SECRET: Final = "5e987ac6d2e04d95a9d8f0d1"  # noqa: S105  # printed by the vendor's documentation
#: The application pair of the accounts page.
SECOND_APP_KEY: Final = "4c6921c9b20b2fd9bcd8ca3d"
SECOND_MASTER_SECRET: Final = "5b3e2979c8a48b84cebeaaf4"  # noqa: S105  # printed by the vendor's documentation
#: The account pair of the accounts page.
DEV_KEY: Final = "7e503edcb0cb725e331b0311"
DEV_SECRET: Final = "7289516381dcdf1113730f2b"  # noqa: S105  # printed by the vendor's documentation

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
    app_key: str,
    master_secret: str,
    *,
    dev_key: str = DEV_KEY,
    balances: Balances = AMPLE,
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
