"""What must not be so on a server that others can reach. `biologidex check --deploy` tells all of it.

Errors are reasons not to start: `serve`, `worker`, `beat` and gunicorn refuse. Which server others can reach follows
from its values, not from a switch that somebody could forget: from the address people type (BIOLOGIDEX_SITE_URL) and
the one it listens on (BIOLOGIDEX_HOST).
"""

import ipaddress
import re
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning  # noqa: A004 -- their names there

from biologidex.config import policy

SHORTEST_KEY, SHORTEST_PASSWORD = 32, 12
PLACEHOLDER = re.compile(
    r"change.?me|replace.?me|secret|password|passwort|example|placeholder|default|insecure|biologidex|x{6}",
    re.IGNORECASE,
)
IN_THE_OPEN = {"disable", "allow", "prefer"}  # what libpq calls it when it may go on without TLS
AT_HOME = (".local", ".lan", ".home", ".internal", ".home.arpa", ".test", ".localhost")


def look(**_: Any) -> list[CheckMessage]:
    """Return everything that is wrong with the settings."""
    found = [*_keys(), *_databases_elsewhere()]
    if policy.is_reachable(settings.SITE_URL, settings.HOST):
        found += [*_inside(), *_passwords(), *_one_process(), *_hosts()]
    if _is_public() or settings.HTTPS:
        found += [*_https(), *_mail()]
    return found


def _is_public() -> bool:
    """Whether people come from anywhere: by a name of the Internet or an address of it, not of somebody's home."""
    host = urlsplit(settings.SITE_URL).hostname or ""
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return "." in host and not host.endswith(AT_HOME)


def _is_weak(secret: str, *, shortest: int) -> bool:
    # Random letters contain none of these words; what a person made up does.
    return len(secret) < shortest or len(set(secret)) < 8 or bool(PLACEHOLDER.search(secret))


def _keys() -> list[CheckMessage]:
    given = {
        "BIOLOGIDEX_SECRET_KEY": [settings.SECRET_KEY],
        "BIOLOGIDEX_SECRET_KEY_FALLBACKS": settings.SECRET_KEY_FALLBACKS,
    }
    return [
        Error(
            f"{name} is short, a placeholder or easily guessed: whoever guesses it signs in as anybody.",
            hint="Make one with: openssl rand -base64 48. Unset, a server makes its own and keeps it.",
            id="config.E001",
        )
        for name, keys in given.items()
        if any(_is_weak(key, shortest=SHORTEST_KEY) for key in keys)
    ]


def _inside() -> list[CheckMessage]:
    if not settings.DEBUG:
        return []
    return [
        Error(
            "BIOLOGIDEX_DEBUG shows the inside of this server to whoever meets an error, and others can reach it.",
            hint="Unset BIOLOGIDEX_DEBUG.",
            id="config.E002",
        )
    ]


def _passwords() -> list[CheckMessage]:
    given = {
        "BIOLOGIDEX_CACHE_URL": _password_in(settings.CACHE_URL),
        "BIOLOGIDEX_BROKER_URL": _password_in(settings.BROKER_URL),
        "BIOLOGIDEX_METRICS_TOKEN": settings.METRICS_TOKEN or None,
    }
    for alias, database in settings.DATABASES.items():
        given[_variable(alias)] = database.get("PASSWORD") or None
    return [
        Error(
            f"The password in {name} is short, a placeholder or easily guessed.",
            hint="Make one with: openssl rand -base64 32.",
            id="config.E003",
        )
        for name, password in sorted(given.items())
        if password is not None and _is_weak(password, shortest=SHORTEST_PASSWORD)
    ]


def _variable(alias: str) -> str:
    return "BIOLOGIDEX_DATABASE_URL" if alias == "default" else f"BIOLOGIDEX_{alias.upper()}_URL"


def _databases_elsewhere() -> list[CheckMessage]:
    """Look how far connections to other machines are encrypted: unless told otherwise, libpq takes what it gets.

    https://www.postgresql.org/docs/15/libpq-ssl.html#LIBPQ-SSL-PROTECTION
    """
    found: list[CheckMessage] = []
    for alias, database in settings.DATABASES.items():
        if not any(_is_elsewhere(host) for host in str(database.get("HOST", "")).split(",")):
            continue
        mode = database.get("OPTIONS", {}).get("sslmode", "prefer")
        if mode in IN_THE_OPEN:
            found.append(
                Error(
                    f"{_variable(alias)} leads to another machine, and people's data may travel there in the open.",
                    hint="End the address with ?sslmode=verify-full&sslrootcert=FILE, its authority's certificate.",
                    id="config.E007",
                )
            )
        elif mode == "require":
            found.append(
                Warning(
                    f"{_variable(alias)} leads to another machine, which nobody asks for its certificate.",
                    hint="?sslmode=verify-full&sslrootcert=FILE makes sure that it is the one that is meant.",
                    id="config.W003",
                )
            )
    return found


def _is_elsewhere(host: str) -> bool:
    """Whether a database is on another machine: not behind a socket, and no bare name, as of a container beside us."""
    is_far = "." in host or ":" in host
    return is_far and not host.startswith("/") and not policy.is_loopback(host)


def _password_in(address: str) -> str | None:
    password = urlsplit(address).password
    return unquote(password) if password is not None else None


def _one_process() -> list[CheckMessage]:
    is_sqlite = settings.DATABASES["default"]["ENGINE"].endswith("sqlite3")
    if not is_sqlite or (settings.JOBS_BACKEND != "celery" and not settings.CACHE_URL):
        return []
    return [
        Error(
            "Several processes are to share a database that is a file: SQLite is for one process on one machine.",
            hint="Name a PostgreSQL in BIOLOGIDEX_DATABASE_URL.",
            id="config.E004",
        )
    ]


def _hosts() -> list[CheckMessage]:
    if not any(
        host == "*" or (host.strip(".").count(".") == 0 and host[:1] == ".")
        for host in settings.ALLOWED_HOSTS
    ):
        return []
    return [
        Error(
            "BIOLOGIDEX_ALLOWED_HOSTS lets every name in: links in mails could lead anywhere.",
            hint="List the names of this server. That of BIOLOGIDEX_SITE_URL is always among them.",
            id="config.E005",
        )
    ]


def _https() -> list[CheckMessage]:
    if not settings.HTTPS:
        return [
            Error(
                "BIOLOGIDEX_SITE_URL is public and http: passwords and places would travel in the open.",
                hint="Put https:// there, and nginx or a tunnel in front (docs/security.md).",
                id="config.E006",
            )
        ]
    if settings.TRUSTED_PROXIES:
        return []
    return [
        Warning(
            "Nobody is believed who says that a request came by https, and this server speaks http.",
            hint="Name what stands in front in BIOLOGIDEX_TRUSTED_PROXIES.",
            id="config.W001",
        )
    ]


def _mail() -> list[CheckMessage]:
    if not settings.EMAIL_BACKEND.endswith("console.EmailBackend"):
        return []
    return [
        Warning(
            "Mail is only printed: whoever forgets a password stays out.",
            hint="Name a mail server in BIOLOGIDEX_EMAIL_URL.",
            id="config.W002",
        )
    ]
