"""The JSON form of what the mock holds: read from a seed file or a control call, written from the state."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

import orjson

from ..model.records import AccessFlags, Account, Application, Balances, CallbackType, ReviewStatus, Sign, Template
from ..model.settings import ApplicationSeed, Seed
from ..state.state import State
from .document import first_breach

_T = TypeVar("_T")


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
    accounts = tuple(
        Account(one["dev_key"], one["dev_secret"], *_purse_and_switches(one)) for one in document.get("accounts", ())
    )
    applications = tuple(_application(one) for one in document.get("applications", ()))
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
    signs = tuple(_approvable(Sign, app_key, one) for one in told.get("signs", ()))
    templates = tuple(_approvable(Template, app_key, one) for one in told.get("templates", ()))
    where = f"applications/{app_key}"
    _check_unique(f"{where}/signs", [str(sign.sign_id) for sign in signs])
    _check_unique(f"{where}/templates", [str(template.temp_id) for template in templates])
    if sum(sign.is_default for sign in signs) > 1:
        raise SeedError(f"{where}/signs: more than one is the default")
    return ApplicationSeed(
        Application(app_key, told["master_secret"], told.get("dev_key", ""), *_purse_and_switches(told)),
        templates=templates,
        signs=signs,
        invalid_numbers=tuple(told.get("invalid_numbers", ())),
        unsubscribed_numbers=tuple(told.get("unsubscribed_numbers", ())),
        fixed_codes=dict(told.get("fixed_codes", {})),
        black_words=tuple(told.get("black_words", ())),
        callbacks={CallbackType(kind): url for kind, url in told.get("callbacks", {}).items()},
    )


def _purse_and_switches(told: Mapping[str, Any]) -> tuple[Balances, AccessFlags]:
    switches = dict(told.get("switches", {}))
    switches["allowed_ips"] = tuple(switches.get("allowed_ips", ()))
    return Balances(**told.get("balances", {})), AccessFlags(**switches)


def _approvable(make: Callable[..., _T], app_key: str, told: Mapping[str, Any]) -> _T:
    """Make a template or sign; one that says nothing of its review is approved, ready for use."""
    status = ReviewStatus(told.get("status", ReviewStatus.APPROVED))
    return make(**{**told, "app_key": app_key, "status": status})


def _check_unique(where: str, keys: list[str]) -> None:
    seen: set[str] = set()
    for key in keys:
        if key in seen:
            raise SeedError(f"{where}: {key} is there more than once")
        seen.add(key)
