"""What leaves this machine for others' eyes is told without secrets and without what tells of a person."""

import re

from django.conf import settings

from biologidex.core.discretion import GONE, discreet

ADDRESS = re.compile(  # of a machine or of a person's home
    r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.])|(?<![\w:])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?![\w:])",
    re.IGNORECASE,
)
TIME = re.compile(r"\d{1,2}:\d{2}:\d{2}")  # which looks like an address of six words
LONGEST = 4000  # letters of a line


def redacted(text: str) -> str:
    """Return lines of a log without secrets, places, mail and machine addresses, names of photos."""
    return "\n".join(_printable(discreet(line[:LONGEST])) for line in without_secrets(text).splitlines())


def without_secrets(text: str) -> str:
    """Return it without secrets of ours and addresses of machines; numbers stay, which may be places elsewhere."""
    for secret in sorted(settings.SECRETS_HELD, key=len, reverse=True):
        text = text.replace(secret, GONE)
    return ADDRESS.sub(lambda found: found[0] if TIME.fullmatch(found[0]) else GONE, text)


def _printable(line: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in line)
