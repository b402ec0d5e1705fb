"""What `start` and `check` return, and what the user should be told."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final, Literal, final

from jsmskit.errors import JsmsError


class Channel(StrEnum):
    """How the code reaches the user."""

    TEXT = "text"
    VOICE = "voice"


class AdviceKind(StrEnum):
    """What the user can do next."""

    ENTER_CODE = "enter_code"
    CORRECT_NUMBER = "correct_number"
    WAIT = "wait"
    TRY_AGAIN = "try_again"
    NEW_CODE = "new_code"
    SOLVE_CHALLENGE = "solve_challenge"
    TRY_LATER = "try_later"


_SENTENCES: Final = {
    AdviceKind.ENTER_CODE: ("Enter the code that was sent to this number.", "请输入该号码收到的验证码。"),
    AdviceKind.CORRECT_NUMBER: ("Enter a mobile number of mainland China.", "请输入正确的手机号码。"),
    AdviceKind.WAIT: ("Wait {time}, then try again.", "请等待 {time}后重试。"),
    AdviceKind.TRY_AGAIN: (
        "This code is not right. Check it, or ask for a new one.",
        "验证码错误，请核对后重试，或重新获取验证码。",
    ),
    AdviceKind.NEW_CODE: ("Ask for a new code.", "请重新获取验证码。"),
    AdviceKind.SOLVE_CHALLENGE: ("Confirm that you are not a robot.", "请先完成人机验证。"),
    AdviceKind.TRY_LATER: ("This does not work at the moment. Try again later.", "暂时无法完成，请稍后再试。"),
}
_NEW_CODE_LATER: Final = ("Wait {time}, then ask for a new code.", "请等待 {time}后重新获取验证码。")
_UNITS: Final[tuple[tuple[int, str, str], ...]] = ((3600, "hour", "小时"), (60, "minute", "分钟"), (1, "second", "秒"))


@final
@dataclass(frozen=True, slots=True)
class Advice:
    """What to tell the user. The same for a number that the application knows and one that it does not.

    Attributes:
        kind: what the user can do next, for a program.
        seconds: how long to wait first; None if not at all.
    """

    kind: AdviceKind
    seconds: int | None = None

    @property
    def en(self) -> str:
        """The sentence in English."""
        return self.text("en")

    @property
    def zh(self) -> str:
        """The sentence in Chinese."""
        return self.text("zh")

    def text(self, language: Literal["en", "zh"] = "en") -> str:
        """Return the sentence in a language."""
        chinese = language == "zh"
        if self.seconds is None:
            return _SENTENCES[self.kind][chinese]
        patterns = _NEW_CODE_LATER if self.kind is AdviceKind.NEW_CODE else _SENTENCES[self.kind]
        return patterns[chinese].format(time=_duration(self.seconds, chinese=chinese))


def _duration(seconds: int, *, chinese: bool) -> str:
    # Rounded up to the unit: a user who waits as told finds that it was enough.
    size, english, han = next((unit for unit in _UNITS[:-1] if seconds >= 2 * unit[0]), _UNITS[-1])
    count = -(-seconds // size)
    return f"{count} {han}" if chinese else f"{count} {english}{'' if count == 1 else 's'}"


class StartReason(StrEnum):
    """Why no code is on its way."""

    INVALID_NUMBER = "invalid_number"
    """What was typed is no mobile number of mainland China, or the service says so."""
    BLOCKED = "blocked"
    """The policy blocks this number or this address."""
    CHALLENGE = "challenge"
    """The user has to solve a challenge first."""
    NOT_SENT = "not_sent"
    """The request did not reach the service. It does not count against any limit."""
    REJECTED = "rejected"
    """The service refused it: `Started.error` says why. There is no session."""
    UNKNOWN = "unknown"
    """A text may arrive, but its code cannot be checked. The user can ask again after the cool-down."""


@final
@dataclass(frozen=True, slots=True)
class Started:
    """What became of `start`. True in a condition only if a code is on its way.

    Attributes:
        phone: the number, masked.
        purpose: what the code is good for.
        channel: text or voice.
        advice: what to tell the user.
        expires_at: when the code ends; None without a code.
        resend_at: when the number can get the next one over this channel; None if it can at once.
        voice_offered: offer a voice call: `Policy.voice_after` texts went to this number within an hour.
        reason: why there is no code; None if there is one.
        error: what the client raised, for the log of the operator; None if it raised nothing.
    """

    phone: str
    purpose: str
    channel: Channel
    advice: Advice
    expires_at: datetime | None = None
    resend_at: datetime | None = None
    voice_offered: bool = False
    reason: StartReason | None = None
    error: JsmsError | None = field(default=None, compare=False)

    @property
    def ok(self) -> bool:
        """Whether a code is on its way."""
        return self.reason is None

    def __bool__(self) -> bool:
        return self.reason is None


class CheckReason(StrEnum):
    """Why a code was not accepted."""

    WRONG = "wrong"
    """Another code was sent."""
    MISSING = "missing"
    """Nothing was typed. No attempt was used."""
    EXPIRED = "expired"
    """It is too old, or a newer code took its place."""
    USED = "used"
    """It was accepted before."""
    TOO_MANY_ATTEMPTS = "too_many_attempts"
    """`Policy.max_attempts` codes were tried. The service was not asked again."""
    NOT_STARTED = "not_started"
    """No code was asked for with this number and purpose, or long ago."""
    UNAVAILABLE = "unavailable"
    """The service gave no verdict: `Checked.error` says why."""


@final
@dataclass(frozen=True, slots=True)
class Checked:
    """The verdict on what the user typed. True in a condition only if the code is right, for the first time.

    Attributes:
        phone: the number, masked.
        purpose: what the code was asked for.
        reason: why it was not accepted; None if it was.
        attempts_left: how often the user can still try this code; None where that is not known.
        advice: what to tell the user; None if the code is right. A number without a session gets the advice for a
            wrong code, so that this does not show who is logging in.
        error: what the client raised, for the log of the operator; None if it raised nothing.
    """

    phone: str
    purpose: str
    reason: CheckReason | None = None
    attempts_left: int | None = None
    advice: Advice | None = None
    error: JsmsError | None = field(default=None, compare=False)

    @property
    def ok(self) -> bool:
        """Whether the code is right."""
        return self.reason is None

    def __bool__(self) -> bool:
        return self.reason is None
