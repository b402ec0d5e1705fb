# Made from spec/openapi.yaml by scripts/regenerate. Do not edit: change the spec and make it again.
from enum import IntEnum


class TemplateType(IntEnum):
    VERIFICATION = 1
    NOTICE = 2
    MARKETING = 3

    def __str__(self) -> str:
        return str(self.value)
