"""The mock's only source of chance: codes, ids and nonces, repeatable from one seed."""

from __future__ import annotations

import random
import uuid
from typing import Any, Final

#: Message ids have 12 digits, as the newest samples of the documentation do.
_FIRST_MESSAGE_ID: Final = 100_000_000_000
#: Ids of one run of the mock. A database opened again starts the next run, so that no id ever returns.
_IDS_PER_RUN: Final = 1_000_000_000
_RUNS: Final = 899
#: Ids are not consecutive in the documentation's samples; a client must not count on it.
_LARGEST_STEP: Final = 97


class RandomIds:
    """Everything that looks random, drawn from one generator.

    Args:
        seed: equal seeds and equal requests give equal answers.
        run: counts up each time a stored state is opened again; 0 for a fresh one.
    """

    __slots__ = ("_generator", "_last_message_id", "_run", "_seed")

    def __init__(self, seed: int = 0, *, run: int = 0) -> None:
        self._seed = seed
        self.restart(run)

    @property
    def seed(self) -> int:
        """The seed that was given."""
        return self._seed

    def restart(self, run: int = 0) -> None:
        """Begin again, as if new."""
        self._run = run
        # Not for secrets: a code of the mock is meant to be known to the test that waits for it.
        self._generator = random.Random(f"{self._seed}/{run}")  # noqa: S311
        first = _FIRST_MESSAGE_ID + (run % _RUNS) * _IDS_PER_RUN
        self._last_message_id = first + self._generator.randrange(_IDS_PER_RUN // 10)

    def message_id(self) -> int:
        """Draw the next message id: 12 digits, larger than every one before it."""
        self._last_message_id += 1 + int(self._generator.random() * _LARGEST_STEP)
        return self._last_message_id

    def digits(self, count: int) -> str:
        """Draw a code of so many decimal digits; zeros in front are digits like others."""
        return f"{self._generator.randrange(10**count):0{count}d}"

    def schedule_id(self) -> str:
        """Draw a schedule id, the text form of a random UUID."""
        return str(uuid.UUID(int=self._generator.getrandbits(128), version=4))

    def nonce(self) -> int:
        """Draw the nonce of a callback: a signed 64-bit integer."""
        return self._generator.getrandbits(64) - 2**63

    def echo(self, length: int) -> str:
        """Draw the text of an address check: letters and digits."""
        return "".join(self._generator.choices("0123456789abcdefghijklmnopqrstuvwxyz", k=length))

    def to_state(self) -> list[Any]:
        """Tell where the generator stands, in a form that JSON can hold."""
        version, words, gauss = self._generator.getstate()
        return [self._run, self._last_message_id, version, list(words), gauss]

    def restore(self, position: list[Any]) -> None:
        """Go back to where `to_state` was told."""
        self._run, self._last_message_id, version, words, gauss = position
        self._generator.setstate((version, tuple(words), gauss))
