"""Who carries our mail, read from one address."""

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from biologidex.config import env

SMTP = "django.core.mail.backends.smtp.EmailBackend"
CONSOLE = "django.core.mail.backends.console.EmailBackend"
PORTS = {"smtp": 25, "smtp+tls": 587, "smtps": 465}


@dataclass(frozen=True)
class Mail:
    """What Django wants to know of a mail server."""

    backend: str
    host: str = ""
    port: int = 0
    user: str = ""
    password: str = ""
    starttls: bool = False
    tls: bool = False


def read() -> Mail:
    """Read who carries our mail from the environment, or raise BadValue. Its words never repeat the password."""
    address = env.secret(
        "BIOLOGIDEX_EMAIL_URL",
        "console://",
        "Who carries our mail: `smtp://USER:PASSWORD@HOST:PORT`, "  # pragma: allowlist secret
        "`smtp+tls://` (STARTTLS) or `smtps://`; "
        "`console://` prints it.",
    )
    return parsed("BIOLOGIDEX_EMAIL_URL", address)


def parsed(name: str, address: str) -> Mail:
    """Read the address that the variable `name` holds, or raise BadValue.

    >>> parsed("MAIL", "smtp+tls://ann:a%40b@mail.example.org").password
    'a@b'
    """
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        raise _bad(name) from None
    if parts.scheme == "console":
        return Mail(CONSOLE)
    if parts.scheme not in PORTS or not parts.hostname or parts.path not in {"", "/"}:
        raise _bad(name)
    return Mail(
        SMTP,
        host=parts.hostname,
        port=port or PORTS[parts.scheme],
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        starttls=parts.scheme == "smtp+tls",
        tls=parts.scheme == "smtps",
    )


def _bad(name: str) -> env.BadValue:
    return env.BadValue(
        f"{name} must be like smtp+tls://USER:PASSWORD@HOST:PORT, smtps://, smtp:// or console://"
    )
