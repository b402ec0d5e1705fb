"""The mock's Python face where no other test looks: waiting in threads, seeds, applications, lazy names."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from datetime import timedelta

import pytest
from jsmskit.mock import (
    APP_KEY,
    SECOND_APP_KEY,
    Balances,
    Clock,
    JsmsMock,
    NoMessageError,
    Seed,
    UnknownApplicationError,
    sample_application,
)

from tests.mock.bench import PHONE, ask_for_code
from tests.mock.conftest import START


def test_equal_seeds_give_equal_answers() -> None:
    """Ids and codes repeat from run to run; another seed gives others."""

    def play(seed: int) -> list[tuple[str, str | None]]:
        with JsmsMock(seed, clock=Clock(frozen_at=START)) as mock:
            for _ in range(3):
                ask_for_code(mock)
            return [(message.msg_id, message.code) for message in mock.messages()]

    assert play(7) == play(7)
    assert play(7) != play(8)


def test_a_wait_in_a_thread_ends_when_the_code_comes(mock: JsmsMock) -> None:
    """Also after messages for others; the wait looks again at each, and costs nothing in between."""
    got: list[str] = []
    waiting = threading.Thread(target=lambda: got.append(mock.wait_for_code(PHONE, 60)))
    waiting.start()
    ask_for_code(mock, "13900139000")
    ask_for_code(mock)
    waiting.join(60)

    assert got == [mock.messages(PHONE)[0].code]


def test_a_wait_in_vain_says_for_what(mock: JsmsMock) -> None:
    with pytest.raises(NoMessageError, match=rf"no new code for {PHONE} came within 0 s; none has ever come"):
        mock.wait_for_code(PHONE, 0)
    with pytest.raises(NoMessageError, match="no new message for any number"):
        asyncio.run(mock.wait_for_message_async(timeout=0))


def test_time_is_advanced_in_seconds_or_spans_and_never_back(mock: JsmsMock) -> None:
    """Going back is `clock.set`."""
    mock.advance(timedelta(minutes=1))
    mock.advance(0.5)
    assert mock.clock.now() == START + 60.5

    for wrong in (-1, float("nan"), timedelta(seconds=-1)):
        with pytest.raises(ValueError, match="cannot be advanced"):
            mock.advance(wrong)


def test_another_seed_is_another_beginning(mock: JsmsMock) -> None:
    """Planted applications replace the samples, and a reset brings them back."""
    pair = ("a" * 24, "b" * 24)
    mock.load_seed(Seed(applications=(sample_application(*pair, balances=Balances(balance=1)),)))

    assert mock.review_template(1).app_key == pair[0]
    assert ask_for_code(mock).status_code == 401
    assert ask_for_code(mock, pair=pair).status_code == 200
    mock.reset()
    assert mock.messages() == []
    assert ask_for_code(mock, pair=pair).status_code == 200


def test_an_application_is_named_where_it_must_be(mock: JsmsMock) -> None:
    """The samples' own, unless another is named; several others leave no choice."""
    assert mock.review_template(1).app_key == APP_KEY
    assert mock.review_template(1, app_key=SECOND_APP_KEY).app_key == SECOND_APP_KEY
    with pytest.raises(UnknownApplicationError, match="no application 'x'"):
        mock.review_template(1, app_key="x")
    mock.load_seed(Seed(applications=(sample_application("a", "b"), sample_application("c", "d"))))
    with pytest.raises(UnknownApplicationError, match="name one of the 2"):
        mock.callbacks.addresses()


def test_a_mock_in_process_needs_neither_a_server_nor_httpx() -> None:
    """Whoever tests through the client's seam loads the brain alone."""
    program = (
        "import sys\n"
        "for name in ('httpx', 'starlette', 'uvicorn', 'click'): sys.modules[name] = None\n"
        "from jsmskit import TransportRequest\n"
        "from jsmskit.mock import JsmsMock\n"
        "request = TransportRequest('GET', 'http://x/v1/codes', {}, b'')\n"
        "with JsmsMock() as mock: print(mock.transport.exchange(request, timeout=1)[0])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)

    assert done.stdout == "405\n", done.stderr
