"""The one exception of the pure checks: what is wrong with an input, by which rule, and what to do.

Knows nothing of the client's error family. The client turns an `InputRefusedError` into the error class that
the service's own refusal would give, so that users need one `except` branch for both. It must not know
operations: the same phone number is checked for seven of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jsms_api.error_table import ErrorCode

__all__ = ["InputRefusedError"]


class InputRefusedError(ValueError):
    """An input that would be refused by the service, or that cannot be put on the wire. Nothing was sent.

    `field` is the name of the argument, in the words of the overlay (`phone`, `template_params`). `keyword`
    is the broken rule in the words of `jsms_api.limits.REFUSALS`: `missing`, `type`, or a JSON Schema keyword
    such as `maxLength`; the code of the service's refusal is looked up there, by operation. `code` is set
    only where no schema keyword carries the rule, and then decides. `rule` says what is wrong and why,
    `remedy` what to do. Neither shows a whole phone number.
    """

    def __init__(
        self, field: str, keyword: str, rule: str, remedy: str, code: ErrorCode | None = None
    ) -> None:
        # All five go to ValueError, because pickle and copy rebuild an exception from its `args`.
        super().__init__(field, keyword, rule, remedy, code)
        self.field = field
        self.keyword = keyword
        self.rule = rule
        self.remedy = remedy
        self.code = code

    def __str__(self) -> str:
        return f"{self.field}: {self.rule} {self.remedy}"
