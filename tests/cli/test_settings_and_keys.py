"""Where keys and addresses come from, that they are never shown, and what `jsms doctor` finds."""

from __future__ import annotations

import json
import re
import ssl
from collections.abc import Iterator
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from time import time

import pytest
import trustme
from jsmskit.mock import APP_KEY, DEV_KEY, DEV_SECRET, MASTER_SECRET, JsmsMock
from shell import Shell
from test_every_command import commands


@pytest.fixture
def ring(tmp_path: Path, shell: Shell) -> Path:
    """A keyring in a file, which the shell's commands use."""
    place = tmp_path / "keyring.json"
    shell.env |= {"PYTHON_KEYRING_BACKEND": "file_keyring.FileKeyring", "FILE_KEYRING": str(place)}
    return place


@pytest.fixture
def without_keys(shell: Shell) -> Shell:
    """A shell whose environment names the address only."""
    for name in ("JSMS_APP_KEY", "JSMS_MASTER_SECRET", "JSMS_DEV_KEY", "JSMS_DEV_SECRET"):
        del shell.env[name]
    return shell


def test_no_option_takes_a_key() -> None:
    """Every user of the machine can read the command lines of all processes."""
    options = [option for _path, found in commands() for parameter in found.params for option in parameter.opts]
    assert len(options) > 100
    assert not re.search("secret|app-key|dev-key|password|master", " ".join(options).lower())


def test_keys_from_files(without_keys: Shell, mock: JsmsMock, tmp_path: Path) -> None:
    (tmp_path / "key").write_text(APP_KEY + "\n")
    (tmp_path / "secret").write_text(MASTER_SECRET + "\n")
    env = {"JSMS_APP_KEY_FILE": str(tmp_path / "key"), "JSMS_MASTER_SECRET_FILE": str(tmp_path / "secret")}

    assert without_keys.piped("balance", env=env).code == 0
    assert "the file in JSMS_APP_KEY_FILE" in without_keys.piped("doctor", env=env).out


def test_login_balance_logout(without_keys: Shell, ring: Path, mock: JsmsMock) -> None:
    """Stored once, used where the environment has no keys, deleted again."""
    keys = f"export JSMS_APP_KEY='{APP_KEY}'\nJSMS_MASTER_SECRET={MASTER_SECRET}\n# ours\n\n"
    before = without_keys.piped("balance")
    stored = without_keys.piped("login", typed=keys)
    used = without_keys.piped("balance")
    deleted = without_keys.piped("logout")
    again = without_keys.piped("logout")

    assert [done.code for done in (before, stored, used, deleted, again)] == [3, 0, 0, 0, 10]
    assert MASTER_SECRET not in f"{stored}{used}{deleted}"
    assert "jsms login" in before.err


def test_login_stores_nothing_that_the_service_does_not_know(without_keys: Shell, ring: Path, mock: JsmsMock) -> None:
    """Tried first; --no-check leaves it out; a form that cannot be right is refused in any case."""
    wrong = f"JSMS_APP_KEY={'a' * 24}\nJSMS_MASTER_SECRET={'b' * 24}\n"

    refused = without_keys.piped("login", typed=wrong)
    malformed = without_keys.piped("login", "--no-check", typed="JSMS_APP_KEY=x\nJSMS_MASTER_SECRET=y\n")
    strange = without_keys.piped("login", typed="PASSWORD=1\n")

    assert [done.code for done in (refused, malformed, strange)] == [3, 3, 2]
    assert not ring.exists()
    assert without_keys.piped("login", "--no-check", typed=wrong).code == 0
    assert ring.exists()


def test_a_whole_pair_from_one_place(shell: Shell, ring: Path, mock: JsmsMock) -> None:
    """The environment goes before the keyring, and a profile that is named before both."""
    other = f"JSMS_APP_KEY={'a' * 24}\nJSMS_MASTER_SECRET={'b' * 24}\n"
    shell.piped("login", "--profile", "other", "--no-check", typed=other)

    assert shell.piped("balance").code == 0
    assert shell.piped("balance", "--profile", "other").code == 3
    told = json.loads(shell.piped("doctor", "--offline", "--profile", "other", "--json").out)
    origins = {one["check"]: one["what"] for one in told["findings"]}
    assert origins["JSMS_APP_KEY"] == "aaaa..., from keyring, profile other"
    assert origins["JSMS_MASTER_SECRET"] == "hidden (24 characters), from keyring, profile other"


def test_mock_uses_the_mock_of_this_machine_and_says_so(
    shell: Shell, served: tuple[JsmsMock, str], mock: JsmsMock
) -> None:
    """Whatever the environment says of another service."""
    env = {"JSMS_BASE_URL": "https://jsms.invalid/v1", "JSMS_MOCK_URL": served[1], "JSMS_APP_KEY": "a" * 24}

    done = shell.piped("codes", "send", "13800138000", "--mock", env=env)

    assert done.code == 0
    assert done.err == f"--mock: {served[1]}/v1, sample keys; nothing reaches a phone, nothing is billed.\n"
    assert len(mock.messages()) == 1
    as_json = shell.piped("balance", "--mock", "--json", env=env)
    assert (json.loads(as_json.out)["general"] > 0, as_json.err) == (True, "")


def test_verbose_shows_a_line_a_request(shell: Shell, mock: JsmsMock) -> None:
    done = shell.piped("codes", "send", "13800138000", "--verbose")

    assert "sendCode status=200" in done.err
    assert "13800138000" not in done.err


def test_doctor_hides_what_is_secret(shell: Shell, mock: JsmsMock) -> None:
    """Keys by their first four characters, passwords of proxies not at all."""
    env = {"HTTPS_PROXY": "http://me:letmein@proxy.invalid:3128", "JSMS_BASE_URL": "https://jsms.invalid/v1"}

    done = shell.piped("doctor", "--offline", env=env)

    assert "https://jsms.invalid/v1, from JSMS_BASE_URL" in done.out
    assert "http://****@proxy.invalid:3128" in done.out
    for secret in (APP_KEY, MASTER_SECRET, DEV_KEY, DEV_SECRET, "letmein"):
        assert secret not in done.out + done.err


@pytest.mark.parametrize(
    ("env", "code", "check"),
    [
        ({"JSMS_APP_KEY": "", "JSMS_MASTER_SECRET": "", "JSMS_DEV_KEY": "", "JSMS_DEV_SECRET": ""}, 3, "JSMS_APP_KEY"),
        ({"JSMS_APP_KEY": "a" * 24}, 3, "keys of the application"),
        ({"JSMS_DEV_KEY": "a" * 24}, 3, "keys of the account"),
        ({"JSMS_BASE_URL": "http://127.0.0.1:1/v1"}, 7, "connection"),
        ({"JSMS_CA_FILE": "/nonexistent"}, 3, "JSMS_CA_FILE"),
        ({"JSMS_BASE_URL": "http://example.invalid/v1"}, 7, "connection"),
    ],
)
def test_doctor_finds(shell: Shell, mock: JsmsMock, env: dict[str, str], code: int, check: str) -> None:
    """Each thing that is wrong, with its remedy; the exit code is that of the first."""
    done = shell.piped("doctor", "--json", env=env)

    wrong = [one for one in json.loads(done.out)["findings"] if one["state"] == "wrong"]
    assert (done.code, wrong[0]["check"]) == (code, check), done
    assert wrong[0]["remedy"]


@pytest.fixture
def secure(tmp_path: Path) -> Iterator[tuple[str, str]]:
    """An https server of its own authority, which answers HEAD from a clock that is an hour slow."""

    class Slow(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.send_response_only(404)
            self.send_header("date", formatdate(time() - 3600, usegmt=True))
            self.end_headers()

        def log_message(self, *args: object) -> None:
            """Quiet."""

    authority = trustme.CA(organization_name="tests")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    server = HTTPServer(("127.0.0.1", 0), Slow)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"https://localhost:{server.server_port}/v1", str(tmp_path / "ca.pem")
    server.shutdown()
    thread.join()
    server.server_close()


def test_doctor_looks_at_certificate_and_clock(shell: Shell, secure: tuple[str, str]) -> None:
    """Whose the certificate is and for how long; that the clocks differ."""
    url, authority = secure

    trusted = json.loads(shell.piped("doctor", "--json", env={"JSMS_BASE_URL": url, "JSMS_CA_FILE": authority}).out)
    strange = json.loads(shell.piped("doctor", "--json", env={"JSMS_BASE_URL": url}).out)

    seen = {one["check"]: one for one in trusted["findings"]}
    assert "TLSv1.3" in seen["connection"]["what"]
    assert seen["certificate"]["what"].startswith("issued by tests, valid for ")
    assert seen["clock"]["what"].startswith("+36")
    refused = {one["check"]: one for one in strange["findings"]}
    assert "certificate is not trusted" in refused["connection"]["what"]
