"""Whatever arrives: an event or a CallbackError, an answer of the list, and no memory kept.

50 cases of each kind on every push; `python -m experiments.hostile_input` is the long run.
"""

from __future__ import annotations

import gc
import logging
import os
import tracemalloc
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from jsmskit.callbacks import CallbackEndpoint
from jsmskit.errors import CallbackError

from tests.callbacks.hostile_forms import BODIES, FORMS, QUERIES, judge_body, judge_form, judge_query, verifier
from tests.callbacks.signing import signed

CASES = int(os.environ.get("CALLBACK_CASES", "50"))
LONG = settings(max_examples=CASES, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@given(FORMS)
@LONG
def test_a_form_is_an_event_or_a_callback_error(form: Any) -> None:
    judge_form(form)


@given(BODIES)
@LONG
def test_a_body_is_answered_with_a_status_of_the_list(body: bytes) -> None:
    judge_body(body)


@given(QUERIES)
@LONG
def test_a_query_is_echoed_or_refused(query: str | bytes) -> None:
    judge_query(query)


def test_large_and_malformed_bodies_leave_no_memory_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two hundred refusals, bodies of 64 MiB among them: nothing stays, and nothing is copied whole."""
    monkeypatch.setattr(logging.getLogger("jsmskit.callbacks"), "disabled", True)  # pytest keeps what is logged
    endpoint = CallbackEndpoint(verifier(), lambda event: None)
    large = b"nonce=" + bytes(2**26)
    deep = signed(data="[" * 60_000)
    gc.collect()
    tracemalloc.start()
    try:
        for number in range(100):
            endpoint.respond("POST", "", {}, urlencode(signed(nonce=number) | {"signature": "0"}).encode())
            endpoint.respond("POST", "", {}, urlencode(signed(data="{", nonce=number)).encode())
        for _ in range(20):
            assert endpoint.respond("POST", "", {}, large).status == 413
            with pytest.raises(CallbackError):
                verifier().parse(large)
            with pytest.raises(CallbackError):
                verifier().parse(deep)
        gc.collect()
        kept, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < 2**20
    assert peak < 8 * 2**20
