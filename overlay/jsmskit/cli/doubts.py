"""What is doubtful about single return codes, in words, for `jsms explain`.

Knows the rows of the tables in `spec/README.md` that codes refer to: a test compares them, word by word, so that
they are written there first.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

__all__ = ["DOUBTS"]

DOUBTS: Final[Mapping[str, tuple[str, str]]] = {
    "C2": (
        "status of a refused verification: no page shows it",
        "403, and 400 for 50015, with `is_valid: false` beside `error`; readers decide by the body",
    ),
    "C4": ("pair for `/accounts/dev`: dev (Chinese page, SDKs) or app (English page)", "dev pair only"),
    "C5": ("method to change a sign: PUT or POST", "POST; PUT gives 405"),
    "C6": (
        "words of 50038: code length or content length",
        "the newer `invalid content length`; programs look at the number",
    ),
    "C7": ("words of 50105, 50020, 50005", "newer words; older ones in `other_messages`"),
    "C8": ("50009 for schedules and balances", "possible on balances, not on schedules"),
    "C9": (
        "no balance of the application: `null` or 50033",
        "both: 50033 if nothing was ever assigned, `null` for one kind",
    ),
    "C10": (
        "length of a text: 350 or 500",
        "500, the newest; 350 still stands in the words of 50038 and 50043",
    ),
    "C11": ("variables of a verification template", "`code` only, once or more; anything else 50044"),
    "C12": ("names of variables: letters and digits, or inner underscores too", "the wider rule"),
    "C13": ("`remark` of a template: 100 or 500", "100, beyond it 50045"),
    "C14": ("length of a sign: 2-8 or 2-10", "2-8"),
    "C15": (
        "names of the sign pictures: `image0`-`image3`, `images`, or named ones",
        "named ones, with `image0`-`image3` kept as deprecated",
    ),
    "C21": ("`temp_para` required; 50022 or 50023", "optional; nothing given is 50023, some missing 50022"),
    "C22": ("where `tag` may stand", "the two batch creations only, at most 10 characters"),
    "C23": (
        "content type: JSON demanded, SDKs send none or text",
        "declared as JSON; 415 for clear mismatches only",
    ),
    "C24": ("`/sign` or `/sign/`", "`/sign`"),
    "C29": ("text codes per day: 200, unlimited, 10", "200 in 24 hours"),
    "C30": ("cap of notices: none or 200 a day", "200 in 24 hours"),
    "C31": ("empty balance: 50014 or status 4005", "50014 when known at the call, 4005 when it shows later"),
    "C33": (
        "form of a mobile number",
        "11 digits, `1` and then 3-9; prefixes are not part of this description",
    ),
    "G2": ("code for an unknown or unapproved `sign_id` in a send", "50102"),
    "G3": (
        "attempts per code, effect of a second send",
        "no limit of attempts; each `msg_id` lives by itself",
    ),
    "G5": ("reading a schedule after sending or deleting", "sent: readable; deleted: 50028"),
    "G6": ("single PUT on a batch task and the reverse", "50028"),
    "G7": ("time zone, horizon and lead of `send_time`", "UTC+8, later than now, no horizon"),
    "G8": ("code for a `tag` over 10 characters", "50007"),
    "G9": ("several default signs, deleting the last sign", "at most one default"),
    "G10": ("`ttl` for notices and marketing", "accepted, without use; may be missing or null in answers"),
    "G11": ("`voice_lang` left out", "0, Chinese"),
    "G12": ("codes of the pull calls, code of the 5 second rule", "the common ones, and 50009"),
    "G15": ("marketing by a personal account or at night", "no code is promised"),
    "G16": ("idempotency", "none; `x-jsms-effect` says what must not be repeated"),
    "G17": (
        "50032, 50048-50051 and other holes",
        "unknown codes must be survived; `code` is an open integer",
    ),
    "G19": ("addresses, proxies", "none; 50035 suggests a list of allowed addresses"),
    "G20": ("changing a sign that is not refused", "50103 while in audit, 50104 when approved"),
    "G21": ("a plain message's `msg_id`, or another application's, in a verification", "50026"),
    "G22": ("names in `temp_para` that the template does not know", "ignored"),
    "G23": ("ids of another application", "behave as unknown (50013, 50026, 50028, 50102)"),
}
"""Id of a doubt: what the sources contradict each other about or do not say, and the reading that was taken."""
