"""Reading what a model said: names must be names, and chances chances."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from biologidex.vision.engine.config import Thresholds
from biologidex.vision.engine.parse import NotAsAgreed, Parsed, parse
from vision.engine.openai_server import identification, taxon


def read(**fields: Any) -> Parsed:
    return parse(json.dumps(identification(**fields)), Thresholds())


def test_candidates_come_best_first_and_at_most_five() -> None:
    named = [taxon(f"Genus {letter}", confidence=0.01 * place) for place, letter in enumerate("abcdefg")]

    found = read(candidates=named).candidates

    assert [candidate.scientific_name[-1] for candidate in found] == ["g", "f", "e", "d", "c"]


def test_a_taxon_named_twice_counts_once_with_its_better_chance() -> None:
    found = read(
        candidates=[taxon("Panthera leo", confidence=0.2), taxon("Panthera leo", confidence=0.6)]
    ).candidates

    assert [candidate.probability for candidate in found] == [0.6]


def test_chances_that_sum_to_more_than_one_are_scaled_down_together() -> None:
    found = read(
        candidates=[taxon("Panthera leo", confidence=0.9), taxon("Panthera onca", confidence=0.6)]
    ).candidates

    assert [candidate.probability for candidate in found] == pytest.approx([0.6, 0.4])


@pytest.mark.parametrize(
    "name", ["", "unknown", "a bird", "?", "Panthera leo; DROP TABLE", "<b>Panthera</b>", "X" * 200]
)
def test_what_is_no_scientific_name_is_no_candidate(name: str) -> None:
    assert read(candidates=[taxon(name)], certain=None).candidates == ()


@pytest.mark.parametrize(
    "name",
    [
        "Panthera leo",
        "Canis lupus familiaris",
        "Felidae",
        "Equus \N{MULTIPLICATION SIGN} mulus",
        "Larus cf. fuscus",
    ],
)
def test_scientific_names_of_every_kind_are_kept(name: str) -> None:
    assert [candidate.scientific_name for candidate in read(candidates=[taxon(name)]).candidates] == [name]


def test_control_characters_and_broken_letters_do_not_get_through() -> None:
    (found,) = read(candidates=[taxon("Panthera leo", common_name="Li\x00o\ud800n\n king")]).candidates

    assert found.common_name == "Lion king"


def test_who_is_less_than_nine_tenths_sure_is_not_certain() -> None:
    assert read(certain=taxon("Panthera leo", confidence=0.85)).taxon is None


texts = st.text(max_size=20)
anything = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
taxa = st.fixed_dictionaries(
    {
        "scientific_name": texts | anything,
        "rank": st.sampled_from(["species", "genus"]) | anything,
        "common_name": anything,
        "breed": anything,
        "confidence": st.floats(0, 1) | anything,
    }
)


@given(
    said=anything
    | st.fixed_dictionaries(
        {
            "animal_probability": st.floats(0, 1) | anything,
            "candidates": st.lists(taxa, max_size=4) | anything,
            "certain": taxa | anything,
        }
    )
)
def test_whatever_a_model_says_is_understood_or_refused(said: Any) -> None:
    try:
        parsed = parse(json.dumps(said), Thresholds())
    except NotAsAgreed:
        return
    assert sum(candidate.probability for candidate in parsed.candidates) <= 1 + 1e-6


@given(text=st.text())
def test_text_that_is_not_json_is_refused(text: str) -> None:
    with pytest.raises(NotAsAgreed):
        parse(text, Thresholds())
