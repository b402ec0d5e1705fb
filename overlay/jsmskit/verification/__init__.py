"""Login by SMS: verification sessions with limits.

    from jsmskit import JsmsClient
    from jsmskit.verification import PhoneVerification, RedisStore

    verifications = PhoneVerification(JsmsClient.from_env(), store=RedisStore("redis://localhost"))
    started = verifications.start("138 0013 8000", purpose="login", ip=request_ip)
    checked = verifications.check("+86 13800138000", "371513", purpose="login")

`AsyncPhoneVerification` does the same for asyncio. Both decide with the same code, and know no web framework.
"""

from __future__ import annotations

from .. import show_public_path
from ._async.phone_verification import AsyncPhoneVerification
from ._sync.phone_verification import PhoneVerification
from .decisions import AsyncChallenge, Challenge, ChallengeContext
from .errors import TooManyRequestsError, VerificationStoreError
from .events import VerificationEvent, VerificationObserver
from .policy import BudgetAlarm, Limit, Policy
from .redis_store import DjangoCacheStore, RedisStore
from .results import Advice, AdviceKind, Channel, Checked, CheckReason, Started, StartReason
from .store import MemoryStore, StoreStats, VerificationStore

__all__ = [
    "Advice",
    "AdviceKind",
    "AsyncChallenge",
    "AsyncPhoneVerification",
    "BudgetAlarm",
    "Challenge",
    "ChallengeContext",
    "Channel",
    "CheckReason",
    "Checked",
    "DjangoCacheStore",
    "Limit",
    "MemoryStore",
    "PhoneVerification",
    "Policy",
    "RedisStore",
    "StartReason",
    "Started",
    "StoreStats",
    "TooManyRequestsError",
    "VerificationEvent",
    "VerificationObserver",
    "VerificationStore",
    "VerificationStoreError",
]

for _name in __all__:
    show_public_path(globals()[_name], __name__, _name)
