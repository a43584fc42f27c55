"""What a call to a paid model costs, from the tokens it reports.

Prices are those of the standard tier below 272,000 input tokens, in dollars per million tokens, as the model's
own page at developers.openai.com/api/docs/models/ gave them on the date beside it. A model that is not listed
has no price here, and its calls no cost: better none than a wrong one. Reasoning tokens are part of the output.
"""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

MILLION = Decimal(1_000_000)
DATED_MODEL = re.compile(r"-\d{4}-\d{2}-\d{2}$")  # "gpt-x-2026-04-23" is a snapshot of "gpt-x" at its price
STANDARD_TIERS = (None, "", "auto", "default")


@dataclass(frozen=True)
class Price:
    """Dollars per million tokens: fresh input, input read from the cache or written to it, and output."""

    seen: date
    fresh: Decimal
    cached: Decimal
    written: Decimal
    output: Decimal


PRICES = {
    "gpt-5.6-luna": Price(
        date(2026, 11, 23), Decimal("0.20"), Decimal("0.02"), Decimal("0.25"), Decimal("1.20")
    ),
    "gpt-6-luna": Price(
        date(2026, 11, 23), Decimal("0.10"), Decimal("0.01"), Decimal("0.125"), Decimal("0.50")
    ),
}


@dataclass(frozen=True)
class Tokens:
    """What a call reports. `cached` and `written` are parts of `input`."""

    input: int
    cached: int
    written: int
    output: int


def cost(model: str, tokens: Tokens, *, tier: str | None = None) -> Decimal | None:
    """Return the dollars a call cost, or None when the model's price or the tier's is not known."""
    price = PRICES.get(DATED_MODEL.sub("", model))
    if price is None or tier not in STANDARD_TIERS:
        return None
    fresh = tokens.input - tokens.cached - tokens.written
    return (
        fresh * price.fresh
        + tokens.cached * price.cached
        + tokens.written * price.written
        + tokens.output * price.output
    ) / MILLION


def most(model: str, tokens: Tokens) -> Decimal | None:
    """Return what a call with so many tokens costs if none of them is cheap, or None if the price is not known."""
    price = PRICES.get(DATED_MODEL.sub("", model))
    if price is None:
        return None
    return (tokens.input * max(price.fresh, price.written) + tokens.output * price.output) / MILLION
