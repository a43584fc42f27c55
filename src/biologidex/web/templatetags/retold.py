"""Sentences that were written down in English, told once more in the reader's language."""

import re
from functools import cache

from django import template
from django.utils.translation import gettext

from biologidex.dex.exchange.sentences import FILLED_IN

register = template.Library()


@register.filter
def retold(written: str) -> str:
    """Translate one or several sentences; what is none of ours stays as it was written."""
    whole = gettext(written)
    if whole != written:
        return whole
    told = []
    while written:
        said = ((sentence, match) for looks, sentence in _beginnings() if (match := looks.match(written)))
        sentence, match = next(said, ("", None))
        if match is None:
            return whole
        told.append(gettext(sentence) % match.groupdict())
        written = written[match.end() :]
    return " ".join(told)


@cache
def _beginnings() -> list[tuple[re.Pattern[str], str]]:
    """Return how each sentence looks once it is filled in."""
    return [(re.compile(_filled(sentence) + r"(?: |$)", re.DOTALL), sentence) for sentence in FILLED_IN]


def _filled(sentence: str) -> str:
    parts = re.split(r"%\((\w+)\)s", sentence)
    return "".join(f"(?P<{part}>.*?)" if place % 2 else re.escape(part) for place, part in enumerate(parts))
