"""Requests that schemathesis generates, over a real connection, judged by its own checks and by the oracle.

It looks for what the table of `requests/` does not think of. For long: `python -m experiments.mock.fuzz_long_run`.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import hypothesis
import pytest
import requests
import schemathesis
from jsms_api.operations import OPERATIONS, Credential
from schemathesis.config import SchemathesisConfig

from tests.fuzz.oracle import exchange
from tests.fuzz.oracle.exchange import SPEC, Answer, Sent
from tests.fuzz.oracle.initial_state import DEV, LISTED_INVALID, MAIN, NUMBERS, UNSUBSCRIBED
from tests.fuzz.reached import Reached
from tests.fuzz.requests.links import follow_links
from tests.fuzz.run import Run

#: Hypothesis walks through every character of a class whenever it reads a pattern: 20 seconds for the million that are
#: no bracket. What is drawn is wider or narrower than the spec; the oracle judges by the spec itself.
CHEAP_PATTERNS = {
    "SignForm.sign": "^[0-9A-Za-z一丁极光推送短信服务龥鿿]+$",
    "TemplateRequest.template": None,
    "TemplateUpdateRequest.template": None,
}


@cache
def spec_schema() -> Any:
    document = json.loads(json.dumps(SPEC))
    schemas = document["components"]["schemas"]
    for name, pattern in CHEAP_PATTERNS.items():
        schema, _, field = name.partition(".")
        rules = schemas[schema]["properties"][field]
        del rules["pattern"]
        if pattern is not None:
            rules["pattern"] = pattern
    # Negative forms with pictures make 4.32.5 fail on its own type for bytes; as texts they are generated as well.
    for rules in schemas["SignForm"]["properties"].values():
        if rules.get("format") == "binary":
            del rules["format"]
    config = SchemathesisConfig.from_path(Path(__file__).with_name("schemathesis.toml"))
    return schemathesis.openapi.from_dict(document, config=config)


#: Responses depend on what came before, so a smaller request is another story, and a slow one is no fault.
quiet = partial(
    hypothesis.settings,
    phases=[hypothesis.Phase.generate],
    deadline=None,
    database=None,
    suppress_health_check=list(hypothesis.HealthCheck),
)
POSITIVE, NEGATIVE = schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE


def coverage_cases(operation: Any) -> Iterator[Any]:
    """Return schemathesis' deliberate cases: boundaries, wrong types, missing fields, other methods."""
    config = spec_schema().config.generation_for(operation=operation, phase="coverage")
    return spec_schema().iter_coverage_cases(operation, generation_modes=[POSITIVE, NEGATIVE], generation_config=config)


def use_known_values(case: Any, name: str, run: Run, choose: random.Random) -> None:
    """Replace ids and numbers by some that exist, most of the time: unknown ones are all refused alike."""
    app = run.world.apps[MAIN]
    if case.path_parameters and choose.random() < 0.8:
        (parameter,) = case.path_parameters
        known = {"msg_id": app.codes, "schedule_id": app.tasks, "temp_id": app.templates, "sign_id": app.signs}
        demanded = exchange.phone_for(choose.choice(sorted(exchange.declared(OPERATIONS[name]))))
        case.path_parameters = {parameter: choose.choice([*map(str, known[parameter]), demanded])}
    if isinstance(case.body, dict) and choose.random() < 0.8:
        numbers = (*NUMBERS, UNSUBSCRIBED, LISTED_INVALID)
        values = {"mobile": choose.choice(numbers), "temp_id": choose.choice([*app.templates])}
        case.body = {**case.body, **{field: value for field, value in values.items() if field in case.body}}


def exchange_of(response: Any) -> tuple[Sent, Answer]:
    """Take request and response out of a response of schemathesis."""
    request, body = response.request, response.request.body or b""
    parts = urlsplit(request.url)
    sent = Sent(
        request.method,
        parts.path + (f"?{parts.query}" if parts.query else ""),
        {key.lower(): value if isinstance(value, str) else value.decode() for key, value in request.headers.items()},
        body.encode() if isinstance(body, str) else bytes(body),
    )
    headers = {key.lower(): ", ".join(values) for key, values in response.headers.items()}
    return sent, Answer(response.status_code, headers, response.content or b"")


def check_operation(name: str, seed: int, examples: int) -> Reached:
    """Send deliberate cases, then random ones, valid and invalid, to a mock that has a past.

    Raises:
        WrongResponseError: the oracle contradicts a response.
        FailureGroup: schemathesis does.
    """
    run, choose = Run(seed), random.Random(seed)
    follow_links(run)
    operation, info = spec_schema().find_operation_by_id(name), OPERATIONS[name]
    key = DEV if info.credential is Credential.DEV else MAIN
    takes_nothing = info.content_type is None and "{" not in info.path

    with run.mock.serve() as server, requests.Session() as session:
        session.trust_env = False  # no credentials of a file in the user's home

        def send(case: Any) -> None:
            use_known_values(case, name, run, choose)
            response = case.call(base_url=server.url, session=session, auth=(key, key[::-1]))
            run.check("generated", *exchange_of(response))
            case.validate_response(response)
            run.happen(choose.choice((0.0, 1.0, 5.0, 20.0, 60.0, 600.0)))

        for case in coverage_cases(operation):
            send(case)
        for mode in (POSITIVE,) if takes_nothing else (POSITIVE, NEGATIVE):
            generated = hypothesis.given(operation.as_strategy(generation_mode=mode))(send)
            generated = quiet(max_examples=examples)(generated)
            hypothesis.seed(seed)(generated)()
    return run.reached


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_response_is_right(name: str) -> None:
    assert check_operation(name, seed=7, examples=5).phases["generated"] > 0
