"""Signed callbacks as the service makes them, written down a second time: by the recipe, not by our code."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

# The pair that the documentation prints; its signatures can be computed by anybody.
APP_KEY = "7d431e42dfa6a6d693ac2d04"
MASTER_SECRET = "5e987ac6d2e04d95a9d8f0d1"
TIMESTAMP = 1492150740274
SENT_AT = datetime(2017, 4, 14, 6, 19, 0, 274_000, tzinfo=UTC)

REPORT = {"msgId": "1652496", "phone": "15822889320", "receiveTime": 1492150741392, "status": 4001}
REPLY = {"content": "TD", "phone": "13720481024", "replyTime": 1492150740292}
TEMPLATE = {"tempId": 57496, "status": 1, "refuseReason": None}
SIGN = {"signId": 57496, "status": 1, "refuseReason": None}


def signature(nonce: object, timestamp: object, keys: tuple[str, str] = (APP_KEY, MASTER_SECRET)) -> str:
    """SHA-1 over the four values, in the documented order, without any escaping."""
    text = f"appKey={keys[0]}&appMasterSecret={keys[1]}&nonce={nonce}&timestamp={timestamp}"
    return hashlib.sha1(text.encode()).hexdigest()


def signed(
    kind: str = "SMS_REPORT",
    data: object = REPORT,
    *,
    nonce: object = 7659972084945889195,
    timestamp: object = TIMESTAMP,
    keys: tuple[str, str] = (APP_KEY, MASTER_SECRET),
) -> dict[str, str]:
    """The five form fields of a callback; `data` as text stays as it is."""
    return {
        "nonce": str(nonce),
        "timestamp": str(timestamp),
        "signature": signature(nonce, timestamp, keys),
        "type": kind,
        "data": data if isinstance(data, str) else json.dumps(data, ensure_ascii=False),
    }


def body(kind: str = "SMS_REPORT", data: object = REPORT, **other: Any) -> bytes:
    """The same, form-encoded."""
    return urlencode(signed(kind, data, **other)).encode()


@dataclass
class Clock:
    """A present that tests set."""

    now: datetime = field(default=SENT_AT)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, span: timedelta) -> None:
        self.now += span
