"""What the environment says: keys and base URL of a client, and the proxy of the process."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, final

from .._privacy import Secret
from ..errors import ConfigurationError
from .options import Endpoint

if TYPE_CHECKING:
    from ..recipient_guard import RecipientGuard

_VARIABLES: Final[Mapping[str, str]] = {
    "app_key": "JSMS_APP_KEY",
    "master_secret": "JSMS_MASTER_SECRET",
    "dev_key": "JSMS_DEV_KEY",
    "dev_secret": "JSMS_DEV_SECRET",
    "base_url": "JSMS_BASE_URL",
}


@final
class ClientArguments:
    """Arguments of a client's constructor. Its `repr` hides them: they hold keys, and perhaps a proxy's password."""

    __slots__ = ("by_name",)

    def __init__(self, by_name: dict[str, Any]) -> None:
        self.by_name = by_name

    def __repr__(self) -> str:
        return "ClientArguments(hidden)"


def _read_file(path: str) -> str:
    return Path(path).read_text(encoding="utf-8")


def read_environment(
    variables: Mapping[str, str], options: Mapping[str, Any], *, read_file: Callable[[str], str] = _read_file
) -> ClientArguments | ConfigurationError:
    """Return the arguments that the environment holds, and the options beside them, which win.

    Each variable may be given as `NAME` or as `NAME_FILE`, the path of a file with the value (line breaks at its end do
    not count). An empty variable counts as not set. The error, returned instead of raised, names the variable, never
    the value.
    """
    found: dict[str, Any] = {}
    for argument, variable in _VARIABLES.items():
        value, problem = _look_up(variables, variable, read_file)
        if problem:
            remedy = f"Set one of the two, {variable} or {variable}_FILE."
            return ConfigurationError(problem, field=argument, remedy=remedy)
        if value is not None:
            found[argument] = Secret(value) if argument.endswith("secret") else value
    missing = [_VARIABLES[name] for name in ("app_key", "master_secret") if name not in found]
    if missing:
        both = "JSMS_APP_KEY and JSMS_MASTER_SECRET are not set."
        return ConfigurationError(
            f"{missing[0]} is not set." if len(missing) == 1 else both,
            remedy="Set them to the keys of your application (console: application settings), or pass them.",
        )
    guard = read_guard(variables, options.get("recipients"), options.get("on_withheld", "raise"), read_file=read_file)
    if isinstance(guard, ConfigurationError):
        return guard
    return ClientArguments({**found, **options, **({"recipients": guard} if guard else {})})


_ONLY_TO: Final = "JSMS_ONLY_TO"
_REDIRECT_TO: Final = "JSMS_REDIRECT_TO"


def read_guard(
    variables: Mapping[str, str],
    recipients: object,
    on_withheld: object,
    *,
    read_file: Callable[[str], str] = _read_file,
) -> RecipientGuard | ConfigurationError | None:
    """Return the recipient guard of a client: the rule that was passed, and the one that the environment holds. None if
    there is no rule.

    Both count: the environment can be made stricter by an argument, and never switched off. Here a variable that is set
    and empty is an error: a list that got lost must not mean everyone.
    """
    if on_withheld not in ("raise", "return"):
        return ConfigurationError(
            'on_withheld is neither "raise" nor "return".', field="on_withheld", remedy='Leave it out for "raise".'
        )
    present = [name for name in (_ONLY_TO, _REDIRECT_TO) if name in variables or f"{name}_FILE" in variables]
    if recipients is None and not present:
        return None
    from ..recipient_guard import (  # most clients have no guard, and do not pay for it
        ARGUMENT,
        OnlyTo,
        RecipientGuard,
        RecipientRule,
        RedirectTo,
        read_rule,
    )

    if isinstance(recipients, RecipientGuard):
        rules = [*recipients.rules]
    elif recipients is None or isinstance(recipients, RecipientRule):
        rules = [] if recipients is None else [(ARGUMENT, recipients)]
    else:
        problem = f"recipients is {type(recipients).__name__}, neither OnlyTo nor RedirectTo."
        return ConfigurationError(problem, field=ARGUMENT, remedy="Pass OnlyTo(...), RedirectTo(...), or leave it out.")
    if len(present) > 1:
        return ConfigurationError(
            f"{' and '.join(present)} are both set.", field=ARGUMENT, remedy="Set one of the two."
        )
    for variable in present:
        text, problem = _look_up(variables, variable, read_file)
        if problem:
            remedy = f"Set one of the two, {variable} or {variable}_FILE."
            return ConfigurationError(problem, field=ARGUMENT, remedy=remedy)
        rule = read_rule(OnlyTo if variable == _ONLY_TO else RedirectTo, variable, text or "")
        if isinstance(rule, ConfigurationError):
            return rule
        if (variable, rule) not in rules:
            rules.append((variable, rule))
    return RecipientGuard(rules, on_withheld)


def _look_up(variables: Mapping[str, str], variable: str, read_file: Callable[[str], str]) -> tuple[str | None, str]:
    """Return the value of a variable or of the file that its `_FILE` form names, and what is wrong."""
    direct, path = variables.get(variable, ""), variables.get(f"{variable}_FILE", "")
    if direct and path:
        return None, f"{variable} and {variable}_FILE are both set."
    if direct:
        return direct, ""
    if not path:
        return None, ""
    try:
        return read_file(path).rstrip("\r\n"), ""
    except (OSError, ValueError) as error:
        return None, f"The file that {variable}_FILE names cannot be read ({type(error).__name__})."


def environment_proxy(endpoint: Endpoint) -> str | None:
    """Return the proxy that the process's environment names for this address; None for loopback and excepted hosts."""
    from urllib.request import getproxies_environment, proxy_bypass  # heavy, and seldom asked for

    if endpoint.is_loopback or proxy_bypass(endpoint.host):
        return None
    named = getproxies_environment()
    return named.get(endpoint.scheme) or named.get("all")
