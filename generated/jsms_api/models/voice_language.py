# Made from spec/openapi.yaml by scripts/regenerate. Do not edit: change the spec and make it again.
from enum import IntEnum


class VoiceLanguage(IntEnum):
    CHINESE = 0
    ENGLISH = 1
    MIXED = 2

    def __str__(self) -> str:
        return str(self.value)
