"""Makes generated requests meaningful: known ids, reachable numbers, values for variables, right codes.

A generated request has no chance to name a template that exists, and with a defect in every field no single one
shows. So fields that the spec lets through are replaced, most of the time, by values that mean something in the
model's world; fields that break the spec stay as they were generated. Knows the world. Must not know the mock.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from random import Random
from typing import Any, Final, TypeVar

from jsms_api.error_table import REPORT_STATUSES
from jsms_api.operations import OperationInfo

from tests.fuzz.gate import magic, stage, texts, world
from tests.fuzz.gate.fields import MISSING, broken_keywords, path_faults, request_schema, schema, tolerated
from tests.fuzz.gate.world import App, World

_T = TypeVar("_T")
_CHINA: Final = timezone(timedelta(hours=8))
#: First bytes of a picture that the newest form takes.
PICTURE: Final = b"\x89PNG\r\n\x1a\n"


def send_time(at: float) -> str:
    """Write an instant as the service's time text."""
    return datetime.fromtimestamp(at, _CHINA).strftime("%Y-%m-%d %H:%M:%S")


class Seasoning:
    """Replaces what the spec lets through by what means something.

    Args:
        state: the model's world.
        chance: the run's own generator.
    """

    def __init__(self, state: World, chance: Random) -> None:
        self._world = state
        self._chance = chance

    def _often(self, probability: float) -> bool:
        return self._chance.random() < probability

    def _pick(self, *rows: tuple[float, Callable[[], _T]]) -> _T:
        """Draw one of the ways by weight."""
        makers = [make for _, make in rows]
        return self._chance.choices(makers, [weight for weight, _ in rows])[0]()

    def _one(self, values: Sequence[_T], otherwise: _T) -> _T:
        return self._chance.choice(values) if values else otherwise

    # Single values.

    def number(self, info: OperationInfo) -> str:
        """Draw a number: mostly ordinary ones."""
        codes = sorted(magic.declared(info))
        return self._pick(
            (85, lambda: self._chance.choice(stage.NUMBERS)),
            (3, lambda: stage.UNSUBSCRIBED),
            (2, lambda: stage.LISTED_INVALID),
            (5, lambda: magic.phone_for(self._chance.choice(codes))),
            (5, lambda: magic.phone_for(self._chance.choice(sorted(REPORT_STATUSES)))),
        )

    def template_id(self, app: App, info: OperationInfo) -> int:
        """Draw a template id: mostly of templates that this call can send."""
        kinds = (1,) if info.operation_id == "sendCode" else (1, 2, 2, 2, 3)
        kind = self._chance.choice(kinds)
        usable = [
            each.temp_id
            for each in app.templates.values()
            if each.kind == kind and each.status == world.APPROVED
        ]
        return self._pick(
            (80, lambda: self._one(usable, stage.READY_MADE_ID)),
            (12, lambda: self._one(list(app.templates), stage.READY_MADE_ID)),
            (4, lambda: self._one([each for one in self._world.apps.values() for each in one.templates], 1)),
            (4, lambda: int(magic.phone_for(self._chance.choice(sorted(magic.declared(info)))))),
        )

    def values(self, app: App, temp_id: Any, generated: Mapping[str, Any] | None) -> Any:
        """Draw values for the variables of a template, of generated texts as far as there are any."""
        template = app.templates.get(temp_id) if isinstance(temp_id, int) else None
        names = sorted(set(texts.variables(template.text))) if template else []
        own = [value for value in (generated or {}).values() if isinstance(value, str | int | float)]
        found: dict[str, Any] = {}
        for name in names:
            if self._often(0.96):
                found[name] = self._one(own, "") if self._often(0.4) else self._word()
        if self._often(0.1):
            found["unknown"] = self._word()
        return found

    def _word(self) -> Any:
        return self._pick(
            (60, lambda: self._chance.choice(("张三丰", "741627", "王小明😀", "今天18:30", "a", "x" * 40))),
            (6, lambda: "换行\n" * self._chance.randrange(1, 12)),
            (5, lambda: "字" * self._chance.randrange(1, 500)),
            (3, lambda: "含【括号】"),
            (3, lambda: "有黑词的"),
            (5, lambda: self._chance.choice(("{{code}}", "{{name}}", "{{shop}}", "{{number}}", "{{text}}"))),
            (2, lambda: 741627),
            (1, lambda: None),
        )

    # Whole bodies.

    def body(self, info: OperationInfo, app: App, path_id: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Season a body, field by field."""
        seasoned = dict(body)
        if info.operation_id in ("createSign", "updateSign"):
            self._sign(seasoned)
            return seasoned
        for name, rules in request_schema(info.operation_id)["properties"].items():
            if name not in seasoned or not self._is_valid(name, rules, seasoned[name]) or self._often(0.15):
                continue
            if name == "mobile":
                seasoned[name] = self.number(info)
            elif name == "temp_id" and info.operation_id != "updateTemplate":
                seasoned[name] = self.template_id(app, info)
            elif name == "sign_id":
                self._sign_id(app, info, seasoned)
            elif name == "send_time":
                ahead = self._pick(
                    (60, lambda: self._chance.randrange(1, 7200)),
                    (30, lambda: self._chance.randrange(7200, 400_000)),
                    (5, lambda: 0),
                    (5, lambda: -1),
                )
                seasoned[name] = send_time(self._world.now + ahead)
            elif name == "code" and info.operation_id == "verifyCode":
                code = app.codes.get(path_id)
                if code is not None and code.value is not None and self._often(0.8):
                    seasoned[name] = code.value
        if info.operation_id in ("createTemplate", "updateTemplate"):
            self._template(seasoned)
        if "temp_para" in request_schema(info.operation_id)["properties"] and self._often(0.9):
            generated = seasoned.get("temp_para")
            if generated is None or isinstance(generated, dict):
                seasoned["temp_para"] = self.values(app, seasoned.get("temp_id"), generated)
        if isinstance(seasoned.get("recipients"), list):
            seasoned["recipients"] = [
                self._entry(info, app, seasoned.get("temp_id"), entry) for entry in seasoned["recipients"]
            ]
        return seasoned

    def _is_valid(self, name: str, rules: Mapping[str, Any], value: Any) -> bool:
        own = schema(rules["$ref"].rpartition("/")[2]) if "$ref" in rules else rules
        plain, grey = tolerated(name, own.get("type", "string"), value)
        return plain is not MISSING and not grey and not broken_keywords(own, plain)

    def _sign_id(self, app: App, info: OperationInfo, body: dict[str, Any]) -> None:
        usable = [sign.sign_id for sign in app.signs.values() if sign.status == world.APPROVED]
        drawn = self._pick(
            (50, lambda: self._one(usable, 0)),
            (40, lambda: 0),
            (5, lambda: self._one(list(app.signs), 1)),
            (5, lambda: int(magic.phone_for(self._chance.choice(sorted(magic.declared(info)))))),
        )
        if drawn:
            body["sign_id"] = drawn
        else:
            del body["sign_id"]

    def _entry(self, info: OperationInfo, app: App, temp_id: Any, entry: Any) -> Any:
        rules = schema("BatchRecipient")["properties"]["mobile"]
        if not isinstance(entry, dict) or not self._is_valid("mobile", rules, entry.get("mobile")):
            return entry
        generated = entry.get("temp_para")
        if generated is not None and not isinstance(generated, dict):
            return entry
        return {"mobile": self.number(info), "temp_para": self.values(app, temp_id, generated)}

    def _template(self, body: dict[str, Any]) -> None:
        """Give most templates a text that fits their type, made around the generated one."""
        rules = request_schema("createTemplate")["properties"]
        text, kind = body.get("template"), body.get("type")
        if not self._is_valid("template", rules["template"], text) or self._often(0.15):
            return
        if not self._is_valid("type", rules["type"], kind):
            return
        around = re.sub(r"[{}]", "", str(text))[:400]
        variables = {
            1: ["{{code}}", "{{code}}，{{code}}"],
            2: ["", "{{name}}", "{{a_b}}{{c9}}", "{{url}}"],
            3: ["{{name}}", "{{shop_1}}"],
        }[int(str(kind)) if str(kind) in "123" else 2]
        bracket = "【" if self._often(0.04) else "】" if self._often(0.04) else ""
        black_word = self._chance.choice(stage.BLACK_WORDS).upper() if self._often(0.04) else ""
        body["template"] = around + bracket + black_word + self._chance.choice(variables)
        if str(kind) == "1" and body.get("ttl") in (None, "") and self._often(0.8):
            body["ttl"] = self._chance.choice((1, 60, 86_400))
        if "{{url}}" in body["template"] and self._often(0.7):
            body["remark"] = "https://www.example.com/ 说明"
        elif self._often(0.05):
            body["remark"] = "请拒绝"

    def _sign(self, body: dict[str, Any]) -> None:
        properties = request_schema("createSign")["properties"]
        for name, rules in properties.items():
            if name in body and rules.get("format") == "binary" and self._often(0.85):
                body[name] = PICTURE + str(self._chance.random()).encode()
        if self._is_valid("sign", properties["sign"], body.get("sign")) and self._often(0.5):
            body["sign"] = self._chance.choice(("极光推送", "AB", "极光推送短信服务", "A1中文", "拒绝我"))

    # Ids in paths.

    def path_id(self, info: OperationInfo, app: App, generated: str) -> str:
        """Give an id for a path: the generated one where the model knows it or the spec refuses it."""
        if path_faults(info.operation_id, generated).certain or self._often(0.1):
            return generated
        if self._often(0.05):
            # Somebody else's: unknown to this caller (G23), whatever the mock keeps in one table.
            app = self._chance.choice(list(self._world.apps.values()))
        known: list[str] = self._known(info, app)
        if generated in known:
            return generated
        codes = sorted(magic.declared(info))
        return self._pick(
            (90, lambda: self._one(known[-12:], generated)),
            (4, lambda: self._one(known, generated)),
            (6, lambda: magic.phone_for(self._chance.choice(codes))),
        )

    def _known(self, info: OperationInfo, app: App) -> list[str]:
        if "{msg_id}" in info.path:
            return list(app.codes)
        if "{schedule_id}" in info.path:
            return list(app.tasks)
        if "{temp_id}" in info.path:
            # Those of the opening position stay: the edges are made of them.
            made = [str(temp_id) for temp_id in app.templates if temp_id > stage.LARGEST_OPENING_ID]
            return (
                made if info.operation_id == "deleteTemplate" else [str(temp_id) for temp_id in app.templates]
            )
        return [str(sign_id) for sign_id in app.signs]
