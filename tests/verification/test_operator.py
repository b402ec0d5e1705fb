"""What an operator sees: counters of OpenTelemetry, and the commands over a real Redis."""

from __future__ import annotations

import json
from typing import Any

import pytest
import redis
from click.testing import CliRunner, Result
from jsmskit import JsmsClient
from jsmskit.cli.root import command as root
from jsmskit.mock import APP_KEY, MASTER_SECRET, JsmsMock
from jsmskit.telemetry import VerificationMetrics
from jsmskit.verification import MemoryStore, PhoneVerification, Policy, RedisStore, TooManyRequestsError
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from redis_server import RedisServer

PHONE = "13800138000"


def a_day_at_the_login(mock: JsmsMock, store: Any, **options: Any) -> PhoneVerification:
    client = JsmsClient(APP_KEY, MASTER_SECRET, transport=mock.transport)
    verification = PhoneVerification(client, store=store, **options)
    verification.start(PHONE, purpose="login")
    with pytest.raises(TooManyRequestsError):
        verification.start(PHONE, purpose="login")
    verification.check(PHONE, "000000", purpose="login")
    verification.check(PHONE, mock.messages(PHONE)[-1].code or "", purpose="login")
    return verification


def test_starts_and_checks_are_counted_by_outcome(mock: JsmsMock) -> None:
    reader = InMemoryMetricReader()
    metrics = VerificationMetrics(meter_provider=MeterProvider(metric_readers=[reader]))
    a_day_at_the_login(mock, MemoryStore(), observer=metrics)

    data = reader.get_metrics_data()
    assert data is not None
    found = {
        (metric.name, *(str(value) for _, value in sorted((point.attributes or {}).items()))): point.value  # type: ignore[union-attr]
        for metric in data.resource_metrics[0].scope_metrics[0].metrics
        for point in metric.data.data_points
    }
    starts, checks = "jsms.verification.starts", "jsms.verification.checks"
    assert found == {
        (starts, "default", "text", "sent", "login"): 1,
        (starts, "default", "text", "resend", "login"): 1,
        (checks, "default", "wrong", "login"): 1,
        (checks, "default", "right", "login"): 1,
    }
    assert PHONE not in repr(data)


def jsms(server: RedisServer, *words: str) -> Result:
    result = CliRunner().invoke(root, ["verification", words[0], "--store", server.url, *words[1:]])
    assert result.exit_code == 0, result.output
    return result


@pytest.mark.xdist_group("redis")
def test_the_command_shows_what_was_counted(mock: JsmsMock, redis_server: RedisServer, redis_store: RedisStore) -> None:
    a_day_at_the_login(mock, redis_store, application="shop")
    shown = jsms(redis_server, "stats", "--application", "shop", "--hours", "1")
    assert "codes_last_hour\t1\n" in shown.stdout
    assert "start\tlogin:text:sent\t1\n" in shown.stdout
    assert "check\tlogin:right\t1\n" in shown.stdout
    assert "appendonly" in shown.stderr
    told = json.loads(jsms(redis_server, "stats", "--application", "shop", "--json").stdout)
    assert told["counts"]["start:login:text:resend"] == 1
    assert list(told) == ["application", "hours", "codes_last_hour", "codes_last_day", "memory_lost_at", "counts"]
    assert json.loads(jsms(redis_server, "stats", "--json").stdout)["counts"] == {}


@pytest.mark.xdist_group("redis")
def test_texts_go_out_again_after_an_operator_said_so(
    mock: JsmsMock, redis_server: RedisServer, redis_store: RedisStore
) -> None:
    verification = a_day_at_the_login(mock, redis_store, policy=Policy())
    assert jsms(redis_server, "resume").stdout == "Nothing was held back.\n"
    redis_server.empty()
    with pytest.raises(TooManyRequestsError):
        verification.start("13900139000", purpose="login")
    assert "lost its memory" in jsms(redis_server, "stats").stderr
    assert jsms(redis_server, "resume").stdout == "resumed\n"
    assert json.loads(jsms(redis_server, "resume", "--json").stdout) == {"application": "default", "resumed": False}
    assert verification.start("13900139000", purpose="login")


@pytest.mark.xdist_group("redis")
def test_a_server_that_may_drop_limits_is_named(redis_server: RedisServer, redis_store: RedisStore) -> None:
    with redis.Redis(port=redis_server.port) as client:
        client.config_set("maxmemory-policy", "allkeys-lru")
        try:
            assert "not allkeys-lru" in jsms(redis_server, "stats").stderr
        finally:
            client.config_set("maxmemory-policy", "noeviction")
