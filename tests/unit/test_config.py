"""Where the service is, with which keys: judged when a client is made, in one clear line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from jsms_api.operations import BASE_URL, Credential
from jsmskit import AsyncJsmsClient, ConfigurationError, JsmsClient, Secret
from jsmskit._config.options import parse_base_url, parse_proxy, read_environment, unwrap, validate_seconds
from jsmskit._http.config import TransportConfig
from jsmskit.errors import Outcome

KEYS = ("0123456789abcdefABCDEF00", "0123456789abcdefABCDEF01")
DEV = ("0123456789abcdefABCDEF02", "0123456789abcdefABCDEF03")
SAMPLE = ("7d431e42dfa6a6d693ac2d04", "5e987ac6d2e04d95a9d8f0d1")
SAMPLE_DEV = ("7e503edcb0cb725e331b0311", "7289516381dcdf1113730f2b")


def endpoint(address: object) -> Any:
    return unwrap(parse_base_url(address))


@pytest.mark.parametrize(
    ("address", "base", "port"),
    [
        (BASE_URL, BASE_URL, 443),
        ("https://api.sms.jpush.cn/v1/", BASE_URL, 443),
        ("https://API.SMS.jpush.cn:443/v1", BASE_URL, 443),
        ("https://proxy.example:8443/sms/v1", "https://proxy.example:8443/sms/v1", 8443),
        ("http://127.0.0.1:8080/v1", "http://127.0.0.1:8080/v1", 8080),
        ("http://localhost/v1", "http://localhost/v1", 80),
        ("http://[::1]:9/v1", "http://[::1]:9/v1", 9),
        ("http://127.5.5.5", "http://127.5.5.5", 80),
    ],
)
def test_addresses_that_may_be_used(address: str, base: str, port: int) -> None:
    """A slash at the end, capitals in the host and the default port make no difference."""
    found = endpoint(address)
    assert (found.base, found.port) == (base, port)
    settings = TransportConfig(scheme=found.scheme, host=found.host, port=found.port, connect_timeout=1, read_timeout=1)
    assert found.base.startswith(settings.origin)


@pytest.mark.parametrize(
    ("address", "rule"),
    [
        ("ftp://api.sms.jpush.cn", "begin with https"),
        ("api.sms.jpush.cn/v1", "begin with https"),
        ("https://", "begin with https"),
        ("", "begin with https"),
        (None, "NoneType"),
        (5, "int"),
        ("https://user:pw@api.sms.jpush.cn", "user name"),
        ("https://:pw@api.sms.jpush.cn", "user name"),
        ("https://api.sms.jpush.cn/v1?x=1", "query"),
        ("https://api.sms.jpush.cn/v1#x", "query"),
        ("https://api.sms.jpush.cn/../v1", "path"),
        ("https://api.sms.jpush.cn//v1", "path"),
        ("https://api.sms.jpush.cn/v 1", "characters"),
        ("https://极光.example/v1", "characters"),
        ("https://api.sms.jpush.cn/v1\r\n", "characters"),
        ("https://a%2eb/v1", "characters"),
        ("https://api.sms.jpush.cn:0/v1", "port 0"),
        ("https://api.sms.jpush.cn:99999/v1", "cannot be read"),
        ("https://[::1/v1", "cannot be read"),
    ],
)
def test_addresses_that_must_not_be_used(address: object, rule: str) -> None:
    """Over plain http keys could be read, in an address they would be logged; the error shows neither."""
    with pytest.raises(ConfigurationError, match=rule) as caught:
        endpoint(address)
    assert (caught.value.field, caught.value.outcome) == ("base_url", Outcome.NOT_SENT)
    assert "pw" not in str(caught.value)


@pytest.mark.parametrize("kind", [JsmsClient, AsyncJsmsClient])
@pytest.mark.parametrize(
    ("keys", "address", "allowed"),
    [
        (SAMPLE, "http://jsms-mock:5767/v1", True),
        (SAMPLE, "http://10.0.0.7:5767/v1", True),
        ((*SAMPLE, *SAMPLE_DEV), "http://jsms-mock:5767/v1", True),
        (SAMPLE, "http://api.sms.jpush.cn/v1", False),
        (SAMPLE, "http://jpush.cn/v1", False),
        (SAMPLE, "http://notjpush.cn/v1", True),
        ((*SAMPLE, *DEV), "http://jsms-mock:5767/v1", False),
        (KEYS, "http://jsms-mock:5767/v1", False),
        ((*KEYS, *SAMPLE_DEV), "http://jsms-mock:5767/v1", False),
        (KEYS, "http://127.0.0.1:5767/v1", True),
        (KEYS, "http://localhost:5767/v1", True),
    ],
)
def test_plain_http_is_for_loopback_and_for_sample_keys(
    kind: Any, keys: tuple[str, ...], address: str, allowed: bool
) -> None:
    """Sample keys protect nothing, so a mock in another container is reached; real keys never travel in the clear."""
    dev = dict(zip(("dev_key", "dev_secret"), keys[2:], strict=False))
    if allowed:
        kind(*keys[:2], **dev, base_url=address)
    else:
        with pytest.raises(ConfigurationError, match="plain http") as caught:
            kind(*keys[:2], **dev, base_url=address)
        assert (caught.value.field, caught.value.outcome) == ("base_url", Outcome.NOT_SENT)
        assert keys[1] not in str(caught.value)


def test_times_end() -> None:
    """From 24.8 days on the system's calls overflow, and what was sent looked unknown."""
    assert validate_seconds("x", 5) == 5.0
    assert validate_seconds("x", 25 * 86_400) == validate_seconds("x", 86_400) == 86_400.0


TIMES = ("timeout", "connect_timeout", "deadline")
PROXIES = ("", "proxy:1", "socks5://p:1", "https://p:1", "http://p", "http://p:1/x", "http://:1", "http://p:x", 5)


@pytest.mark.parametrize("kind", [JsmsClient, AsyncJsmsClient])
@pytest.mark.parametrize(
    ("options", "word"),
    [
        *(({name: value}, name) for name in TIMES for value in (0, -1, float("inf"), float("nan"), "5", True)),
        *(({name: None}, name) for name in TIMES[:2]),
        *(({"max_connections": value}, "max_connections") for value in (0, -1, 1.5, "10", None, True)),
        ({"ca_file": 5}, "ca_file"),
        *(({"retry": value}, "RetryPolicy") for value in (0, None, "no", {"max_attempts": 1})),
        *(({"proxy": value}, "proxy") for value in (*PROXIES, "http://极:1")),
        *(
            ({"transport": "any object", **ours}, "transport")
            for ours in ({"proxy": "http://127.0.0.1:1"}, {"ca_file": "x"})
        ),
    ],
    ids=str,
)
def test_an_option_that_cannot_be_meant_makes_no_client(kind: Any, options: dict[str, Any], word: str) -> None:
    """A deadline of nothing never ends, a number for a policy fails in the midst of a call, and a setting of our
    transport has no effect on another one.
    """
    with pytest.raises(ConfigurationError, match=word):
        kind(*KEYS, **options)
    if options.get("retry") is not None:
        with pytest.raises(ConfigurationError, match=word):
            kind(*KEYS).with_options(**options)


@pytest.mark.parametrize(
    ("keys", "field", "rule"),
    [
        (("", KEYS[1]), "app_key", "empty"),
        ((KEYS[0][:-1], KEYS[1]), "app_key", "23 characters"),
        ((KEYS[0] + "\n", KEYS[1]), "app_key", "blank"),
        ((KEYS[0][:-1] + ":", KEYS[1]), "app_key", "malformed"),
        ((KEYS[0][:-1] + "极", KEYS[1]), "app_key", "malformed"),
        ((KEYS[0], None), "master_secret", "NoneType"),
        ((KEYS[0], KEYS[1].encode()), "master_secret", "bytes"),
        ((KEYS[0], Secret("")), "master_secret", "empty"),
    ],
)
def test_malformed_keys_are_found_before_anything_is_sent(keys: tuple[Any, Any], field: str, rule: str) -> None:
    """One line: which, what is wrong with it, what it must be; never the key."""
    with pytest.raises(ConfigurationError, match=rule) as caught:
        JsmsClient(*keys)
    assert caught.value.field == field
    assert "24 letters and digits" in str(caught.value)


def test_the_account_s_pair_comes_whole_or_not_at_all() -> None:
    """One half alone is a mistake, and is said to be one."""
    for half, missing in (((DEV[0], None), "dev_secret"), ((None, DEV[1]), "dev_key")):
        with pytest.raises(ConfigurationError, match=missing) as caught:
            JsmsClient(*KEYS, dev_key=half[0], dev_secret=half[1])
        assert caught.value.field == missing


def test_sample_keys_are_for_the_mock() -> None:
    """On loopback they are fine, and with another transport; against a real host they are a copied example."""
    for kind in (JsmsClient, AsyncJsmsClient):
        kind(*SAMPLE, base_url="http://127.0.0.1:9/v1")
        kind(*SAMPLE, transport=object())  # type: ignore[arg-type]
        kind(*SAMPLE, base_url="https://other.example/v1")
        for options in ({}, {"base_url": "https://API.sms.jpush.cn/v1"}, {"base_url": "https://jpush.cn./v1"}):
            with pytest.raises(ConfigurationError, match="sample") as caught:
                kind(*SAMPLE, **options)
            assert "own application" in caught.value.remedy
        with pytest.raises(ConfigurationError, match="sample"):
            kind(*KEYS, dev_key=SAMPLE_DEV[0], dev_secret=DEV[1])


def test_a_proxy_s_password_is_not_shown() -> None:
    """It travels to the proxy only."""
    proxy = unwrap(parse_proxy("http://me:secret@proxy.example:3128"))
    assert proxy is not None
    assert (proxy.host, proxy.port, proxy.authorization.startswith("Basic ")) == ("proxy.example", 3128, True)
    assert "secret" not in repr(proxy)
    assert proxy.authorization not in repr(proxy)
    plain = unwrap(parse_proxy("http://proxy.example:3128/"))
    assert plain is not None
    assert plain.authorization == ""
    assert parse_proxy(None) is None


def environment(**variables: str) -> dict[str, Any]:
    found = read_environment({"JSMS_APP_KEY": KEYS[0], "JSMS_MASTER_SECRET": KEYS[1], **variables}, {})
    assert "hidden" in repr(found)
    return unwrap(found).by_name


def test_the_environment_names_every_setting_that_travels_with_a_deployment(tmp_path: Path) -> None:
    """As a value or as the path of a file, whose line break at the end does not count."""
    path = tmp_path / "secret"
    path.write_text(DEV[1] + "\r\n", encoding="utf-8")
    found = environment(
        JSMS_DEV_KEY=DEV[0], JSMS_DEV_SECRET_FILE=str(path), JSMS_BASE_URL="http://127.0.0.1:9/v1", JSMS_OTHER="x"
    )
    assert found == {
        "app_key": KEYS[0],
        "master_secret": Secret(KEYS[1]),
        "dev_key": DEV[0],
        "dev_secret": Secret(DEV[1]),
        "base_url": "http://127.0.0.1:9/v1",
    }
    assert "dev_key" not in environment(JSMS_DEV_KEY="", JSMS_DEV_KEY_FILE="")


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({}, "JSMS_APP_KEY and JSMS_MASTER_SECRET are not set"),
        ({"JSMS_APP_KEY": KEYS[0]}, "JSMS_MASTER_SECRET is not set"),
        ({"JSMS_APP_KEY": KEYS[0], "JSMS_APP_KEY_FILE": "x"}, "both set"),
        ({"JSMS_APP_KEY_FILE": "/nowhere/at/all"}, "cannot be read"),
        ({"JSMS_APP_KEY_FILE": "\0"}, "cannot be read"),
    ],
)
def test_what_is_wrong_with_the_environment_is_said_by_name(variables: dict[str, str], words: str) -> None:
    """The variable, never the value."""
    with pytest.raises(ConfigurationError, match=words):
        unwrap(read_environment(variables, {}))


def test_a_client_is_made_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is passed goes before what is found; a given mapping goes before the process's environment."""
    monkeypatch.setenv("JSMS_APP_KEY", KEYS[0])
    monkeypatch.setenv("JSMS_MASTER_SECRET", KEYS[1])
    monkeypatch.setenv("JSMS_BASE_URL", "http://127.0.0.1:9/v1")
    for kind in (JsmsClient, AsyncJsmsClient):
        client = kind.from_env(deadline=7.0)
        assert client._executor.deadline == 7.0
        assert client._executor._base == "http://127.0.0.1:9/v1"
        assert kind.from_env(base_url=BASE_URL)._executor._base == BASE_URL
        given = dict(
            zip(("JSMS_APP_KEY", "JSMS_MASTER_SECRET", "JSMS_DEV_KEY", "JSMS_DEV_SECRET"), KEYS + DEV, strict=True)
        )
        other = kind.from_env(environ=given)
        assert other._executor._base == BASE_URL
        assert Credential.DEV in other._executor._credentials.pairs
