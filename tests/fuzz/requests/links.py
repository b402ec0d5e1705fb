"""Every link of the spec, followed once as it says: the id is taken from where its expression points."""

from __future__ import annotations

from typing import Any, Final

from jsms_api.operations import OPERATIONS

from tests.fuzz.oracle import world
from tests.fuzz.oracle.exchange import links
from tests.fuzz.oracle.initial_state import MAIN
from tests.fuzz.requests.calls import call, good_body
from tests.fuzz.run import Run

_BODY: Final = "$response.body#/"
#: Who makes what another operation changes.
_MAKERS: Final = {
    "updateSchedule": "createSchedule",
    "updateScheduleBatch": "createScheduleBatch",
    "updateTemplate": "createTemplate",
    "updateSign": "createSign",
}
_VOICE_CODE: Final = "0471"


def follow_links(run: Run) -> None:
    """Follow every link, and count those that ended well."""
    for source, name, link in links():
        maker = _MAKERS.get(source)
        made = _ask(run, maker, "") if maker is not None else {}
        path_id = str(next((value for key, value in made.items() if key.endswith("_id")), ""))
        told = _ask(run, source, path_id)
        (expression,) = link["parameters"].values()
        told_id = told.get(expression.removeprefix(_BODY)) if expression.startswith(_BODY) else None
        if told_id is not None and _ask(run, link["operationId"], str(told_id)) is not _REFUSED:
            run.reached.links.add((source, name))


_REFUSED: Final[dict[str, Any]] = {}


def _ask(run: Run, name: str, path_id: str) -> dict[str, Any]:
    """Make a good request, after whatever lets it be accepted; gives what a success said."""
    app = run.world.apps[MAIN]
    if name == "createSign":
        # Only one may be in review.
        for sign in [each for each in app.signs.values() if each.status == world.IN_REVIEW]:
            run.happen(("sign", app.key, sign.id, True))
    elif name in ("updateSign", "deleteSign") and app.signs[int(path_id)].status == world.IN_REVIEW:
        run.happen(("sign", app.key, int(path_id), False))
    elif name in ("updateTemplate", "deleteTemplate"):
        run.happen(("template", app.key, int(path_id), False))
    body = good_body(name, run.world, run.unused_number()) if OPERATIONS[name].content_type is not None else None
    if name == "sendVoiceCode" and body is not None:
        body["code"] = _VOICE_CODE
    if name == "verifyCode":
        body = {"code": app.codes[path_id].value or _VOICE_CODE}
    answer = run.send("links", call(name, body, path_id))
    if answer.status != 200:
        return _REFUSED
    told = answer.decoded()
    return told if isinstance(told, dict) else {"empty": True}
