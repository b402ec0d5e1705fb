"""Requests at the limits, right up to the edge and one beyond it: the cases that generators practically never draw.

Everything else about such a request is in order, so that the limit alone decides: lengths in characters and not
in bytes, billing at 70 and 67, 1000 recipients, lives, repeats. Knows the limits and the model's world.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from typing import Any, Final

from jsms_api import limits
from jsms_api.operations import OperationInfo

from tests.fuzz.gate import stage, texts
from tests.fuzz.gate.seasoning import PICTURE, send_time
from tests.fuzz.gate.world import App, World

#: How often a request with a body is replaced by one at an edge, and how often that is one with 1000
#: recipients.
_SHARE: Final = 0.10
_BIG_SHARE: Final = 0.01
_HAN: Final = "字"


class Edges:
    """Makes requests at the edges.

    Args:
        state: the model's world.
        chance: the run's own generator.
    """

    def __init__(self, state: World, chance: Random) -> None:
        self._world = state
        self._chance = chance
        self._serial = 0
        self._before: dict[str, Any] | None = None

    def body(self, info: OperationInfo, app: App) -> dict[str, Any] | None:
        """Give the body of a request at an edge, or None if this request stays as it is."""
        makers: Mapping[str, Callable[[OperationInfo, App], dict[str, Any]]] = {
            "sendVoiceCode": self._voice,
            "verifyCode": self._verify,
            "sendMessage": self._message,
            "createSchedule": self._message,
            "updateSchedule": self._message,
            "sendMessageBatch": self._batch,
            "createScheduleBatch": self._batch,
            "updateScheduleBatch": self._batch,
            "createTemplate": self._template,
            "updateTemplate": self._template,
            "createSign": self._sign,
            "updateSign": self._sign,
        }
        if info.operation_id not in makers or self._chance.random() >= _SHARE:
            return None
        return makers[info.operation_id](info, app)

    def _either(self, *values: Any) -> Any:
        return self._chance.choice(values)

    def _text(self, count: int) -> str:
        """Write so many characters, in Chinese, with one character that needs four bytes, or in ASCII."""
        return str(self._either(_HAN * count, "a" * count, _HAN * (count - 1) + "😀" if count else ""))

    def _number(self) -> str:
        """Give a number that no other request of the run has used, so that no limit of numbers decides."""
        self._serial += 1
        return f"166{self._serial:08d}"

    def _ahead(self, body: dict[str, Any], info: OperationInfo) -> dict[str, Any]:
        if "schedule" in info.path:
            body["send_time"] = send_time(int(self._world.now) + self._either(0, 1, 1, 2, 3600))
        return body

    def _voice(self, _: OperationInfo, __: App) -> dict[str, Any]:
        body: dict[str, Any] = {"mobile": self._number()}
        length = self._either(3, 4, 5, 8, 9, 0)
        if length:
            body["code"] = self._either("0" * length, "9" * length, 10 ** (length - 1))
        if self._either(True, False):
            body["ttl"] = self._either(1, 2, 86_400, 86_401, 0, 60)
        if self._either(True, False):
            body["voice_lang"] = self._either(0, 1, 2, 3, "2")
        return body

    def _verify(self, _: OperationInfo, app: App) -> dict[str, Any]:
        values = [code.value for code in list(app.codes.values())[-6:] if code.value]
        value = str(self._chance.choice(values)) if values else "123456"
        number = int(value) if value.isascii() and value.isdigit() and value[0] != "0" else value
        return {"code": self._either(value, number, value[::-1], value + "0", "0" * 33, value[:-1] or "1")}

    def _message(self, info: OperationInfo, app: App) -> dict[str, Any]:
        sign = app.signs.get(stage.DEFAULT_SIGN)
        around = len(sign.text) + 2 if sign else 0
        whole = self._either(70, 71, 134, 135, 201, 202, 499, 500, 501)
        value = self._text(whole - around)
        if self._either(True, False, False):
            # One line break counts two: as long for the price, one character fewer.
            value = value[:-2] + "\n"
        mobile = self._number()
        body = {
            "mobile": self._either(mobile, mobile, int(mobile), "+86" + mobile, "86" + mobile),
            "temp_id": self._either(stage.EMPTY_TEXT_FITS, str(stage.EMPTY_TEXT_FITS)),
            "temp_para": {"text": value},
        }
        if self._before is not None and self._either(True, False, False):
            body = dict(self._before)  # the same again: limits count equal texts to one number
        elif self._either(True, False, False):
            body = {"mobile": mobile, "temp_id": stage.TO_MEMBERS, "temp_para": {"name": "张三"}}
        self._before = body
        return self._ahead(dict(body), info)

    def _batch(self, info: OperationInfo, _: App) -> dict[str, Any]:
        big = self._chance.random() < _BIG_SHARE / _SHARE
        count = self._either(limits.SEND_MESSAGE_BATCH_REQUEST_RECIPIENTS_MAX_ITEMS, 1001) if big else 3
        recipients: list[dict[str, Any]] = [
            {"mobile": self._number(), "temp_para": {"text": str(position)}} for position in range(count)
        ]
        if not big and self._either(True, False):
            recipients.append(dict(recipients[0]))  # the same text again: filtered
            recipients.append({**recipients[0], "temp_para": {"text": "another"}})
        body = {
            "temp_id": stage.EMPTY_TEXT_FITS,
            "recipients": recipients,
            "tag": self._text(self._either(9, 10, 10, 11)),
        }
        return self._ahead(body, info)

    def _template(self, _: OperationInfo, app: App) -> dict[str, Any]:
        kind = self._either(texts.VERIFICATION, texts.NOTICE, texts.MARKETING)
        sign = app.default_sign
        around = (len(sign.text) + 2 if sign else 0) + (len(texts.UNSUBSCRIBE_HINT) if kind == 3 else 0)
        whole = self._either(100, 350, 351, 499, 500, 501)
        body: dict[str, Any] = {
            "template": self._text(whole - around - len("{{code}}")) + "{{code}}",
            "type": kind,
            "remark": self._text(self._either(99, 100, 100, 101)),
        }
        if kind == texts.VERIFICATION or self._either(True, False):
            body["ttl"] = self._either(1, 86_400, 86_400, 86_401, 0)
        return body

    def _sign(self, _: OperationInfo, __: App) -> dict[str, Any]:
        body: dict[str, Any] = {
            "sign": self._either(
                _HAN * self._either(1, 2, 8, 9), "a" * self._either(1, 2, 8, 9), "一鿿", "字🙂", "字 符"
            )
        }
        if self._either(True, False):
            body["remark"] = self._text(self._either(99, 100, 101))
        if self._either(True, False):
            body["type"] = self._either(1, 3, 6, 7, 2, 8, 0)
        elif self._either(True, False):
            body |= {"type": "", "remark": "", "image0": b""}  # as the PHP client sends what it was not given
        if self._chance.random() < 0.15:
            size = limits.SIGN_IMAGE_SIZE_BYTES + self._either(0, 0, 1)
            body[self._either("idCardImage", "image0")] = PICTURE.ljust(size, b"\x00")
        elif self._either(True, False):
            body["businessLicenseImage"] = self._either(PICTURE, b"\xff\xd8\xff\xe0", b"GIF89a", PICTURE[:-1])
        return body
