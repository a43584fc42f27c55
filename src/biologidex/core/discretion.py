"""What a log must not learn is taken out here, whoever wrote the line: ours, a library's, or an exception's words."""

import re
import traceback
from collections.abc import Iterator

from django.db import IntegrityError

GONE = "…"
LONGEST_MESSAGE = 1000
LONGEST_REASON = 300
MOST_LINKS = 5  # of a chain of exceptions
MOST_FRAMES = 40
UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"

# Each with what a text must hold to be looked at more closely: most lines hold nothing of the kind.
# In this order: what an earlier one took out, a later one does not see.
PATTERNS = (
    (("://",), re.compile(r"(?<=://)[^/\s@]+@"), f"{GONE}@"),  # name and password in an address
    (("?",), re.compile(r"\?[^\s\"']+"), f"?{GONE}"),  # a query string
    (
        ("@", "%40"),
        re.compile(r"[^\s\"'<>()=,;:/]{1,80}(?:@|%40)[^\s\"'<>()=,;:/]+", re.IGNORECASE),
        f"{GONE}@{GONE}",
    ),
    (
        ("bearer", "basic", "token"),
        re.compile(r"\b(bearer|basic|token(?=\s+\S*\d))\s+[\w.~+/=-]{6,}", re.IGNORECASE),
        rf"\1 {GONE}",
    ),
    (("eyj",), re.compile(r"\beyJ[\w-]+\.[\w-]+(\.[\w-]*)?"), GONE),  # a signed token
    (("sk-",), re.compile(r"\bsk-[\w-]{6,}"), GONE),  # a key of a paid service
    (
        (".jp", ".png", ".hei", ".webp", ".gif", ".tif", ".avif", ".bmp", ".dng"),
        re.compile(r"[^\s\"'/=(]{0,200}\.(jpe?g|png|hei[cf]|webp|gif|tiff?|avif|bmp|dng)\b", re.IGNORECASE),
        rf"{GONE}.\1",
    ),
    ((".", ","), re.compile(r"-?\b\d{1,3}[.,]\d{3,}"), GONE),  # a place
)
# Anything long in which letters and digits are mixed may be a token, unless it is an id of ours.
LONG = re.compile(rf"(?<![\w-])(?:({UUID})\b|(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w-]{{24,}})")
QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|\([^()]*\)=\([^()]*\)|=\([^()]*\)")
ORDINARY_PLACE = re.compile(r"^.*/(?:site-packages|dist-packages|src|python3\.\d+)/")


def discreet(text: str) -> str:
    """Return the text without addresses, places, names of photos, query strings, tokens and keys."""
    if len(text) > LONGEST_MESSAGE:  # first, and between words: half a token would not be known for one
        text = f"{text[:LONGEST_MESSAGE].rpartition(' ')[0]} {GONE}"
    held = text.lower()
    for signs, pattern, instead in PATTERNS:
        if any(sign in held for sign in signs):
            text = pattern.sub(instead, text)
    text = LONG.sub(lambda found: found[1] or GONE, text)
    return text.encode("utf-8", "backslashreplace").decode()


def told(error: BaseException) -> str:
    """Tell an exception and what led to it: where, of which kind, and its words without what it quotes.

    A database, for one, quotes the row that it refuses. The places are file, line and function, innermost last.
    """
    return "\n".join(line for link in _chain(error) for line in _link(link))


def _chain(error: BaseException) -> list[BaseException]:
    """Return the exceptions that led to this one, the first first."""
    chain: list[BaseException] = []
    link: BaseException | None = error
    while link is not None and len(chain) < MOST_LINKS and link not in chain:
        chain.append(link)
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    return chain[::-1]


def _link(error: BaseException) -> Iterator[str]:
    frames = list(traceback.walk_tb(error.__traceback__))
    for frame, line in frames[-MOST_FRAMES:]:
        code = frame.f_code
        yield f"{ORDINARY_PLACE.sub('', code.co_filename)}:{line} {code.co_name}"
    yield f"{type(error).__module__}.{type(error).__qualname__}: {_reason(error)}"


def _reason(error: BaseException) -> str:
    first_line = str(error).strip().partition("\n")[0]  # a driver's further lines are the data
    if not isinstance(error, IntegrityError):  # there the quoted name is the constraint's
        first_line = QUOTED.sub(GONE, first_line)
    return discreet(first_line)[:LONGEST_REASON]
