# Made from spec/openapi.yaml by scripts/regenerate. Do not edit: change the spec and make it again.
from enum import IntEnum


class SignType(IntEnum):
    COMPANY = 1
    WEBSITE = 2
    APP = 3
    OFFICIAL_ACCOUNT = 4
    ONLINE_SHOP = 5
    BRAND = 6
    OTHER = 7

    def __str__(self) -> str:
        return str(self.value)
