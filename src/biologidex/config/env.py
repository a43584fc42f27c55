"""The only reader of the environment. Every variable is declared here, once, by being read.

`DECLARED` is what docs/configuration.md must list; a test holds the two equal.
"""

import ipaddress
import os
import re
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from urllib.parse import unquote

from biologidex.config import secret_stores


@dataclass(frozen=True)
class Variable:
    """One variable of the environment: its name, what stands for it when unset, and what it means."""

    name: str
    default: str
    meaning: str
    plain: bool = (
        False  # its kind can hold no secret and nobody's name: a number, yes or no, one of a few words
    )


DECLARED: dict[str, Variable] = {}
HELD: set[str] = set()  # every secret that was read, and the password in it if it is an address
FILES: set[Path] = set()  # in which secrets are
SHORTEST_HELD = 6  # letters: what is shorter would be found in innocent words


class BadValue(Exception):
    """A variable holds something that cannot be used."""


def text(name: str, default: str, meaning: str, *, plain: bool = False) -> str:
    """Return the variable as it stands, or the default when it is unset or empty."""
    DECLARED[name] = Variable(name, default, meaning, plain)
    return os.environ.get(name) or default


def is_set(name: str) -> bool:
    """Whether a variable, which is read besides, was set to anything."""
    return bool(os.environ.get(name))


def hand_on(name: str, value: str) -> None:
    """Set a variable of a library that reads the environment by itself."""
    os.environ[name] = value


def number(name: str, default: int, meaning: str, *, least: int = 0, most: int | None = None) -> int:
    """Return a whole number within these bounds, or raise BadValue naming the variable."""
    raw = text(name, str(default), meaning, plain=True)
    if not re.fullmatch(r"-?[0-9]{1,18}", raw) or int(raw) < least:
        raise BadValue(f"{name} must be a whole number of at least {least}, not {raw!r}.")
    if most is not None and int(raw) > most:
        raise BadValue(f"{name} must be a whole number of at most {most}, not {raw!r}.")
    return int(raw)


def dollars(name: str, meaning: str) -> Decimal:
    """Return an amount of at least 0, or raise BadValue."""
    raw = text(name, "0", meaning, plain=True)
    if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,6})?", raw):
        raise BadValue(f"{name} must be an amount of dollars like 25 or 0.50, not {raw!r}.")
    return Decimal(raw)


def flag(name: str, meaning: str, *, default: bool) -> bool:
    """Return true for `true`, false for `false`; anything else raises BadValue."""
    raw = text(name, str(default).lower(), meaning, plain=True).lower()
    if raw not in {"true", "false"}:
        raise BadValue(f"{name} must be true or false, not {raw!r}.")
    return raw == "true"


def choice(name: str, default: str, meaning: str, *, among: tuple[str, ...]) -> str:
    """Return one of `among`, or raise BadValue listing them."""
    told = f"{meaning} One of {', '.join(f'`{value}`' for value in among)}."
    raw = text(name, default, told, plain=True)
    if raw not in among:
        raise BadValue(f"{name} must be one of {', '.join(among)}, not {raw!r}.")
    return raw


def listing(name: str, default: str, meaning: str) -> list[str]:
    """Return the comma-separated items, blanks dropped."""
    return [item.strip() for item in text(name, default, meaning).split(",") if item.strip()]


def peers(name: str, meaning: str) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network | str]:
    """Return networks, and the word `unix` as it stands; or raise BadValue. Everybody at once is no network."""
    found: list[ipaddress.IPv4Network | ipaddress.IPv6Network | str] = []
    for item in listing(name, "", meaning):
        try:
            found.append(network := item if item == "unix" else ipaddress.ip_network(item))
        except ValueError as error:
            raise BadValue(
                f"{name} is a list of addresses and networks like 10.0.0.0/24,unix, not {item!r}."
            ) from error
        if not isinstance(network, str) and network.prefixlen == 0:
            raise BadValue(f"{name} must not be everybody, which {item} is.")
    return found


def shares(name: str, default: str, meaning: str) -> dict[str, float]:
    """Return `a=0.5,b=0.9` as numbers by name, or raise BadValue."""
    found = {}
    for item in listing(name, default, meaning):
        key, _, value = item.partition("=")
        try:
            found[key.strip()] = float(value)
        except ValueError as error:
            raise BadValue(f"{name} is a list like animal=0.6,species=0.95, not {item!r}.") from error
    return found


def choices(name: str, default: str, meaning: str, *, among: tuple[str, ...]) -> dict[str, str]:
    """Return `a=X,b=Y` by name, each one of `among`, or raise BadValue."""
    found = {}
    for item in listing(name, default, meaning):
        key, _, value = (part.strip() for part in item.partition("="))
        if not key or value not in among:
            raise BadValue(f"{name} is a list like name={among[0]}, with {', '.join(among)}, not {item!r}.")
        found[key] = value
    return found


PERIODS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400}


EVERY_KIND = "all"


def rates(name: str, defaults: dict[str, str], meaning: str) -> dict[str, tuple[int, int]]:
    """Return requests allowed and seconds by kind: `defaults`, but for what the variable names. 0 means no limit.

    `all=...` is for every kind that is not named itself. Raises BadValue for a kind that does not exist and for
    anything that is not like `upload=60/hour`.
    """
    told = {}
    for item in listing(name, "", meaning):
        kind, _, rate = (part.strip() for part in item.partition("="))
        if kind not in {*defaults, EVERY_KIND}:
            raise BadValue(f"{name} knows {', '.join([*sorted(defaults), EVERY_KIND])}, not {kind!r}.")
        told[kind] = rate
    everywhere = told.pop(EVERY_KIND, None)
    chosen = {kind: told.get(kind, everywhere or rate) for kind, rate in defaults.items()}
    return {kind: _rate(name, rate) for kind, rate in chosen.items()}


def _rate(name: str, rate: str) -> tuple[int, int]:
    match = re.fullmatch(rf"([0-9]{{1,9}})/({'|'.join(PERIODS)})", rate)
    if not match:
        raise BadValue(f"{name} is a list like upload=60/hour,log_in=100/hour, not {rate!r}.")
    return int(match[1]), PERIODS[match[2]]


def path(name: str, default: str, meaning: str) -> Path:
    """Return an absolute path; `~` is the home directory."""
    return Path(text(name, default, meaning)).expanduser().absolute()


def secret(name: str, default: str, meaning: str) -> str:
    """Return a secret. It need not stand in the environment: NAME_FILE may name a file, and either may name a store.

    Raises BadValue if it is not where it should be.
    """
    held = text(name, default, meaning)
    if file_name := os.environ.get(f"{name}_FILE"):
        FILES.add(Path(file_name))
        try:
            held = Path(file_name).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise BadValue(f"{name}_FILE names a file that cannot be read: {error.strerror}.") from error
    try:
        found = secret_stores.resolved(held)
    except secret_stores.Unreadable as error:
        raise BadValue(f"{name} names a secret that cannot be read. {error}") from error
    if found != default:
        _hold(found)
    return found


def shown() -> dict[str, str]:
    """Return every variable with what may be shown to strangers: its value if it is plain, else whether it is set."""
    return {name: _shown(variable) for name, variable in sorted(DECLARED.items())}


def _shown(variable: Variable) -> str:
    if variable.plain:
        return os.environ.get(variable.name) or variable.default
    if os.environ.get(f"{variable.name}_FILE"):
        return "(set, in a file)"
    return "(set)" if os.environ.get(variable.name) else "(not set)"


def _hold(found: str) -> None:
    """Remember a secret, so that it can be taken out of what is shown to others."""
    pieces = {found, *re.split(r"[,\s]+", found), *re.findall(r"://[^/@]*:([^/@]+)@", found)}
    pieces |= set(re.findall(r"://([^/@:]+):", found)) if found.startswith("s3:") else set()
    HELD.update(one for piece in pieces for one in (piece, unquote(piece)) if len(one) >= SHORTEST_HELD)
