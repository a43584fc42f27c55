"""Costs are exact, and unknown rather than wrong."""

from decimal import Decimal

import pytest

from biologidex.vision.engine.pricing import PRICES, Tokens, cost

TOKENS = Tokens(input=1_000_000, cached=200_000, written=100_000, output=500_000)


def test_each_kind_of_token_has_its_price() -> None:
    # 0.7 * 0.20 + 0.2 * 0.02 + 0.1 * 0.25 + 0.5 * 1.20
    assert cost("gpt-5.6-luna", TOKENS) == Decimal("0.769")


def test_a_dated_snapshot_costs_what_its_model_costs() -> None:
    assert cost("gpt-6-luna-2026-09-22", TOKENS) == cost("gpt-6-luna", TOKENS)


@pytest.mark.parametrize("model", ["", "gpt-4o", "gpt-5.6-luna-pro", "my-gpt-6-luna"])
def test_another_model_has_no_known_cost(model: str) -> None:
    assert cost(model, TOKENS) is None


@pytest.mark.parametrize(
    ("tier", "known"), [(None, True), ("default", True), ("flex", False), ("priority", False)]
)
def test_another_tier_has_no_known_cost(tier: str | None, known: bool) -> None:
    assert (cost("gpt-6-luna", TOKENS, tier=tier) is not None) == known


@pytest.mark.parametrize("price", PRICES.values(), ids=PRICES.keys())
def test_prices_stand_in_their_usual_relation(price: object) -> None:
    assert price.cached < price.fresh < price.written < price.output
