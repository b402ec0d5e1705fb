"""Ctrl-C at a chosen place of some files: at each of them in turn, an interruption is tried everywhere."""

from __future__ import annotations

import dis
import sys
from collections.abc import Callable
from types import FrameType, ModuleType
from typing import Any

#: Where CPython looks whether a signal has come: it calls handlers between these and what follows them.
LOOKS = ("RESUME", "CALL", "CALL_FUNCTION_EX", "JUMP_BACKWARD", "POP_JUMP_BACKWARD")


class InterruptAt:
    """Raises KeyboardInterrupt at the n-th place of some modules at which a signal handler could."""

    def __init__(self, place: int, *modules: ModuleType) -> None:
        self.left = place
        self._files = {module.__file__ for module in modules}
        self._last: dict[FrameType, str] = {}

    def __call__(self, frame: FrameType, event: str, argument: object) -> Any:
        if frame.f_code.co_filename not in self._files:
            return None
        frame.f_trace_opcodes = True
        return self._step

    def _step(self, frame: FrameType, event: str, argument: object) -> Any:
        if event == "opcode":
            looked = self._last.get(frame, "").startswith(LOOKS)
            self._last[frame] = dis.opname[frame.f_code.co_code[frame.f_lasti]]
            if looked:
                self.left -= 1
                if self.left == 0:
                    raise KeyboardInterrupt
        return self._step


def interrupted_everywhere(act: Callable[[], object], look: Callable[[int], None], *modules: ModuleType) -> int:
    """Act again and again, interrupted at the first place, the second and so on; look at what is left each time.

    Gives the number of places. Call it in a thread of its own: after an exception of a trace function CPython 3.11
    takes it for handled for ever.
    """
    for place in range(1, 10_000):
        interrupt = InterruptAt(place, *modules)
        before = sys.gettrace()
        sys.settrace(interrupt)
        try:
            act()
        except KeyboardInterrupt:
            pass
        finally:
            sys.settrace(before)
        look(place)
        if interrupt.left > 0:
            return place - 1
    raise AssertionError("there is no end")
