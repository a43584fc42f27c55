"""An answer cannot mislead, and survives being stored."""

import json
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from biologidex.vision.engine.answer import Answer, Candidate, Failure, Usage, Verdict

chances = st.floats(0, 1)
words = st.text(min_size=1, max_size=20)
usages = st.builds(
    Usage,
    model=words,
    input_tokens=st.integers(0),
    cached_tokens=st.integers(0),
    output_tokens=st.integers(0),
    cost_usd=st.none() | st.decimals(0, 100, allow_nan=False),
)
candidates = st.builds(
    Candidate,
    scientific_name=words,
    rank=words,
    common_name=st.text(),
    probability=chances,
    ncbi_taxid=st.none() | st.integers(1),
    breed=st.text(),
)
answers = st.builds(
    Answer,
    verdict=st.just(Verdict.ANIMAL),
    taxon=st.none() | candidates,
    candidates=st.lists(candidates, max_size=1).map(tuple),
    animal_probability=chances,
    provider=words,
    version=words,
    embedding=st.binary(max_size=30),
    usage=st.none() | usages,
    milliseconds=chances,
    failures=st.lists(
        st.builds(Failure, provider=words, code=words, temporary=st.booleans(), usage=st.none() | usages),
        max_size=2,
    ).map(tuple),
)
LION = Candidate("Panthera leo", "species", "Lion", 0.6)
TIGER = Candidate("Panthera tigris", "species", "Tiger", 0.3)
SURE = Answer(Verdict.ANIMAL, LION, (LION, TIGER), 0.9, provider="someone", version="someone 1")


@given(answer=answers)
def test_an_answer_comes_back_from_json_as_it_was(answer: Answer) -> None:
    assert Answer.from_dict(json.loads(json.dumps(answer.to_dict()))) == answer


def test_a_cost_keeps_every_digit() -> None:
    usage = Usage("some-model", 1, 0, 1, Decimal("0.00000125"))

    assert json.loads(json.dumps(usage.to_dict()))["cost_usd"] == "0.00000125"


@pytest.mark.parametrize(
    "wrong",
    [
        {"candidates": (TIGER, LION)},
        {"candidates": (LION,) * 6},
        {"candidates": (LION, replace(TIGER, probability=0.5))},
        {"animal_probability": 1.2},
        {"verdict": Verdict.UNSURE},
        {"verdict": Verdict.NO_ANIMAL},
        {"provider": ""},
        {"version": ""},
    ],
)
def test_an_answer_that_would_mislead_cannot_be_made(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        replace(SURE, **wrong)


@pytest.mark.parametrize(
    "wrong", [{"probability": -0.1}, {"probability": 1.1}, {"scientific_name": ""}, {"rank": ""}]
)
def test_a_candidate_needs_a_name_and_a_real_probability(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        replace(LION, **wrong)
