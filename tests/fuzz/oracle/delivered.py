"""What arrived on phones, compared with what the model sent: texts to the letter, codes read off them."""

from __future__ import annotations

import re

from jsmskit.mock import JsmsMock, Message

from tests.fuzz.oracle.world import CODE_HERE, Arrival, World


class DeliveredMessages:
    """Looks at the phones after every call and every step of the clock."""

    def __init__(self, world: World, mock: JsmsMock) -> None:
        self._world = world
        self._mock = mock
        self._last = 0

    def compare(self) -> list[str]:
        """List what shows and should not, what should and does not, and what shows another text."""
        wanted = list(self._world.arrivals)
        self._world.arrivals.clear()
        shown = self._mock.messages(after=self._last)
        if shown:
            self._last = shown[-1].id
        if len(shown) != len(wanted):
            return [f"[phones] {len(shown)} messages arrived, {len(wanted)} were sent"]
        # Tasks of one instant go out in an order that nobody promises.
        problems = []
        for arrival, message in zip(sorted(wanted, key=_order), sorted(shown, key=_order), strict=True):
            problems += self._compare(arrival, message)
        return problems

    def _compare(self, wanted: Arrival, shown: Message) -> list[str]:
        problems = []
        if CODE_HERE not in wanted.text:
            if shown.text != wanted.text:
                problems.append(f"[phones] the text is {shown.text!r}, not {wanted.text!r}")
        else:
            problems += self._read_code(wanted, shown)
        if (shown.app_key, shown.phone) != (wanted.app_key, wanted.phone):
            problems.append(f"[phones] arrived at {shown.phone} from {shown.app_key}, not {wanted}")
        if wanted.msg_id and shown.msg_id != wanted.msg_id:
            problems.append(f"[phones] arrived as {shown.msg_id}, answered as {wanted.msg_id}")
        return problems

    def _read_code(self, wanted: Arrival, shown: Message) -> list[str]:
        pieces = [re.escape(piece) for piece in re.split(f"{CODE_HERE}+", wanted.text)]
        pattern = pieces[0] + "".join(
            ("([0-9]{6})" if position == 0 else r"\1") + piece for position, piece in enumerate(pieces[1:])
        )
        match = re.fullmatch(pattern, shown.text, re.DOTALL)
        if match is None:
            return [f"[phones] the text is {shown.text!r}, not {wanted.text!r}"]
        if wanted.code is not None:
            wanted.code.value = match.group(1)
        return []


def _order(each: Arrival | Message) -> tuple[str, str, str]:
    return each.app_key, each.phone, each.text
