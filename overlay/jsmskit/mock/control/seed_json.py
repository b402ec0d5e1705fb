"""The JSON form of what the mock holds: read from a seed file or a control call, written from the state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import orjson

from ..model.from_json import read_record
from ..model.records import Account, Application, ReviewStatus, Sign, Template
from ..model.settings import ApplicationSeed, Seed
from ..state.state import State
from .document import first_breach


class SeedError(ValueError):
    """A seed that cannot be. The text says where and what; for a file it begins with its name."""


def read_seed(told: object) -> Seed:
    """Read the JSON form.

    Raises:
        SeedError: against the document, two of the same key, or two default signs.
    """
    breach = first_breach("StateDocument", told)
    if breach is not None:
        raise SeedError(f"{breach[0]}: {breach[1]}")
    document: dict[str, Any] = told  # type: ignore[assignment]  # an object, by the document
    accounts = tuple(read_record(Account, one) for one in document.get("accounts", ()))
    applications = tuple(map(_application, document.get("applications", ())))
    _check_unique("accounts", [account.dev_key for account in accounts])
    _check_unique("applications", [seed.application.app_key for seed in applications])
    return Seed(accounts, applications)


def read_seed_file(path: Path) -> Seed:
    """Read a seed file.

    Raises:
        SeedError: no such file, no JSON, or no seed.
    """
    try:
        told: object = orjson.loads(path.read_bytes())
    except OSError as error:
        raise SeedError(f"{path}: {error.strerror}; name a JSON file that can be read") from None
    except orjson.JSONDecodeError as error:
        raise SeedError(f"{path}: is not JSON ({error})") from None
    try:
        return read_seed(told)
    except SeedError as error:
        raise SeedError(f"{path}: {error}; GET /_mock/state of a running mock shows the form") from None


def write_state(state: State) -> dict[str, Any]:
    """Return the present accounts and applications in the JSON form; reading it gives an equal beginning."""
    with state.database.lock:
        return {
            "accounts": [asdict(account) for account in state.accounts.find("TRUE ORDER BY dev_key")],
            "applications": [
                _write_application(state, one) for one in state.applications.find("TRUE ORDER BY app_key")
            ],
        }


def _write_application(state: State, application: Application) -> dict[str, Any]:
    app_key = application.app_key
    lists = state.lists_of(app_key)
    addresses = state.callback_addresses.find("app_key = ? ORDER BY type", app_key)
    return {
        **asdict(application),
        "templates": [_without_key(one) for one in state.templates.find("app_key = ? ORDER BY temp_id", app_key)],
        "signs": [_without_key(one) for one in state.signs.find("app_key = ? ORDER BY sign_id", app_key)],
        "invalid_numbers": sorted(lists.invalid),
        "unsubscribed_numbers": sorted(lists.unsubscribed),
        "fixed_codes": dict(sorted(lists.fixed_codes.items())),
        "black_words": sorted(lists.black_words),
        "callbacks": {address.type.value: address.url for address in addresses},
    }


def _without_key(record: Template | Sign) -> dict[str, Any]:
    fields = asdict(record)
    del fields["app_key"]
    return fields


def _application(told: Mapping[str, Any]) -> ApplicationSeed:
    app_key: str = told["app_key"]
    # A template or sign that says nothing of its review is approved, ready for use.
    filled_in = {
        name: [{"status": ReviewStatus.APPROVED, **one, "app_key": app_key} for one in told.get(name, ())]
        for name in ("templates", "signs")
    }
    seed = read_record(ApplicationSeed, {**told, **filled_in, "application": told})
    where = f"applications/{app_key}"
    _check_unique(f"{where}/signs", [str(sign.sign_id) for sign in seed.signs])
    _check_unique(f"{where}/templates", [str(template.temp_id) for template in seed.templates])
    if sum(sign.is_default for sign in seed.signs) > 1:
        raise SeedError(f"{where}/signs: more than one is the default")
    return seed


def _check_unique(where: str, keys: list[str]) -> None:
    seen: set[str] = set()
    for key in keys:
        if key in seen:
            raise SeedError(f"{where}: {key} is there more than once")
        seen.add(key)
