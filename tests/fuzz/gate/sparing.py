"""What schemathesis is spared: patterns that take seconds to read, suites given up too soon, files of the user.

Knows where schemathesis 4.32 and Hypothesis lose time or stop early. Must not change what a right answer is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import requests
import schemathesis
from hypothesis.errors import Flaky
from schemathesis.engine.run.stateful import _executor as stateful_executor

#: Hypothesis walks through every character of a class each time that it reads a pattern: half a second for
#: the 20,992 Chinese ones of a sign, 20 seconds for the million that are no bracket. So signs are made of the
#: two ends of that range and some between, and texts of templates of anything (`Seasoning` puts brackets in).
#: Only what is drawn is other than the spec says: the oracle judges by the spec itself.
CHEAP_PATTERNS: Final[Mapping[str, str | None]] = {
    "SignForm.sign": "^[0-9A-Za-z一丁极光推送短信服务龥鿿]+$",
    "TemplateRequest.template": None,
    "TemplateUpdateRequest.template": None,
}


def go_on_after_flaky_suites() -> None:
    """Let the stateful phase run all of its scenarios.

    The service's answers depend on its history, so Hypothesis sooner or later finds that a replayed scenario goes
    another way, and gives up ("inconsistent data generation"). Schemathesis then ends the whole phase without a
    word, after a tenth of its scenarios. Here the next suite begins instead, with the next seed, as it does after
    a generator gave up.
    """
    original = stateful_executor._classify_suite_error
    restarts = 0

    def classify(exc: Any, *, ctx: Any, settings: Any, **rest: Any) -> Any:
        nonlocal restarts
        status, retry, told = original(exc, ctx=ctx, settings=settings, **rest)
        if isinstance(exc, Flaky) and not retry and not told and restarts < settings.max_examples:
            restarts += 1
            retry = ctx.completed_scenarios < settings.max_examples
        return status, retry, told

    vars(stateful_executor)["_classify_suite_error"] = classify


def forget_the_users_files() -> None:
    """Keep requests from looking for credentials in the user's home before every request.

    A tenth of a case's cost, and a file there would change what is sent.
    """
    vars(requests.sessions)["get_netrc_auth"] = lambda *_, **__: None


def spare() -> None:
    """Spare schemathesis what only takes time; for its defaults too."""
    forget_the_users_files()

    @schemathesis.hook
    def before_load_schema(context: Any, raw_schema: dict[str, Any]) -> None:
        for name, pattern in CHEAP_PATTERNS.items():
            schema, _, field = name.partition(".")
            rules = raw_schema["components"]["schemas"][schema]["properties"][field]
            del rules["pattern"]
            if pattern is not None:
                rules["pattern"] = pattern
        # Negative forms with pictures make 4.32.5 stumble over its own type for bytes ("Unsupported type: 'Binary'").
        # As texts they are generated as well; `Seasoning` puts real pictures in.
        for rules in raw_schema["components"]["schemas"]["SignForm"]["properties"].values():
            if rules.get("format") == "binary":
                del rules["format"]
