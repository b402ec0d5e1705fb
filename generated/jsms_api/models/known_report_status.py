# Made from spec/openapi.yaml by scripts/regenerate. Do not edit: change the spec and make it again.
from enum import IntEnum


class KnownReportStatus(IntEnum):
    DELIVERED = 4001
    CARRIER_BLACKLIST = 4002
    HANDSET_UNAVAILABLE = 4003
    NO_SUCH_NUMBER = 4004
    NO_BALANCE = 4005
    CARRIER_FREQUENCY = 4006
    VOICE_NOT_ANSWERED = 4007
    VOICE_BUSY = 4008
    VOICE_UNREACHABLE = 4009
    CARRIER_FORBIDDEN_WORD = 4010
    OTHER_REASON = 4100

    def __str__(self) -> str:
        return str(self.value)
