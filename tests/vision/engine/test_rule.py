"""Rule F: is there an animal, how specific may the answer be, and what else could it be?"""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from biologidex.vision.engine.answer import MOST_CANDIDATES, Verdict
from biologidex.vision.engine.config import Thresholds
from biologidex.vision.engine.labels import DOG, labels
from biologidex.vision.engine.local.rule import Decision, softmax_mean

LION, TIGER, LEOPARD, WOLF, HEN, ROOSTER = 291, 292, 288, 269, 8, 7
BEAGLE, BOXER = 162, 242
TRICERATOPS, TRILOBITE, TEAPOT = 51, 69, 849

AT_ONCE = Thresholds(temperature=1.0)  # so that a test's probabilities are the ones that are compared


@pytest.fixture
def decide() -> Callable[..., Decision]:
    """Decide about given class probabilities; what is left goes to an object that is no animal."""

    def decision(chances: dict[int, float], thresholds: Thresholds = AT_ONCE) -> Decision:
        probabilities = np.full(1000, 1e-9)
        probabilities[TEAPOT] = 1 - sum(chances.values())
        for index, chance in chances.items():
            probabilities[index] = chance
        return Decision([np.log(probabilities)], thresholds)

    return decision


@pytest.mark.parametrize(
    ("chance", "verdict"),
    [(0.39, Verdict.NO_ANIMAL), (0.41, Verdict.UNSURE), (0.49, Verdict.UNSURE), (0.51, Verdict.ANIMAL)],
)
def test_the_probability_of_all_animals_decides_whether_there_is_one(
    decide: Callable[..., Decision], chance: float, verdict: Verdict
) -> None:
    decision = decide({LION: chance / 2, TIGER: chance / 2})

    assert decision.animal_probability == pytest.approx(chance, abs=1e-5)
    assert decision.verdict == verdict


def test_without_an_animal_nothing_is_named(decide: Callable[..., Decision]) -> None:
    decision = decide({LION: 0.3})

    assert (decision.taxon(), decision.candidates()) == (None, ())


def test_who_is_unsure_offers_candidates_but_names_nothing(decide: Callable[..., Decision]) -> None:
    decision = decide({LION: 0.45})

    assert decision.taxon() is None
    assert [candidate.common_name for candidate in decision.candidates()] == ["Lion"]


@pytest.mark.parametrize(
    ("chances", "name", "rank"),
    [
        ({LION: 0.90, TIGER: 0.02}, "Panthera leo", "species"),
        ({LION: 0.50, TIGER: 0.40}, "Panthera", "genus"),
        ({LION: 0.50, 281: 0.40}, "Felidae", "family"),
        ({LION: 0.50, WOLF: 0.40}, "Carnivora", "order"),
        ({LION: 0.50, 366: 0.40}, "Mammalia", "class"),
        ({LION: 0.50, HEN: 0.40}, "Chordata", "phylum"),
    ],
)
def test_the_answer_is_as_specific_as_the_sum_allows(
    decide: Callable[..., Decision], chances: dict[int, float], name: str, rank: str
) -> None:
    taxon = decide(chances).taxon()

    assert taxon
    assert (taxon.scientific_name, taxon.rank) == (name, rank)
    assert taxon.probability > 0.9


def test_animals_that_share_not_even_a_phylum_get_no_name(decide: Callable[..., Decision]) -> None:
    decision = decide({LION: 0.5, 310: 0.4})

    assert decision.verdict == Verdict.ANIMAL
    assert decision.taxon() is None


def test_the_threshold_of_a_rank_is_that_of_the_settings(decide: Callable[..., Decision]) -> None:
    chances = {LION: 0.80, 281: 0.15}
    bold = Thresholds(temperature=1.0, species=0.8)

    cautious_one, bold_one = decide(chances).taxon(), decide(chances, bold).taxon()

    assert cautious_one
    assert bold_one
    assert (cautious_one.rank, bold_one.rank) == ("family", "species")


def test_all_breeds_together_make_a_dog(decide: Callable[..., Decision]) -> None:
    taxon = decide({BEAGLE: 0.45, BOXER: 0.48}).taxon()

    assert taxon
    assert (taxon.scientific_name, taxon.rank, taxon.common_name) == (DOG, "subspecies", "Domestic dog")


@pytest.mark.parametrize(("share", "breed"), [(0.45, ""), (0.55, "Beagle")])
def test_a_breed_is_named_when_it_holds_half_of_the_dog(
    decide: Callable[..., Decision], share: float, breed: str
) -> None:
    rest = dict.fromkeys(range(163, 168), (1 - share) * 0.95 / 5)

    decision = decide({BEAGLE: share * 0.95, **rest})

    assert decision.taxon()
    assert decision.taxon().breed == decision.candidates()[0].breed == breed


def test_what_may_be_a_dog_or_a_wolf_is_neither(decide: Callable[..., Decision]) -> None:
    taxon = decide({BEAGLE: 0.5, WOLF: 0.45}).taxon()

    assert taxon
    assert (taxon.scientific_name, taxon.rank) == ("Canis", "genus")


@pytest.mark.parametrize("fossil", [TRICERATOPS, TRILOBITE])
def test_fossils_are_no_animals_and_never_named(decide: Callable[..., Decision], fossil: int) -> None:
    alone, beside_a_lion = decide({fossil: 0.95}), decide({fossil: 0.3, LION: 0.6})

    assert alone.verdict == Verdict.NO_ANIMAL
    assert [candidate.scientific_name for candidate in beside_a_lion.candidates()] == ["Panthera leo"]


def test_classes_of_one_taxon_are_one_candidate_under_the_name_of_the_heavier(
    decide: Callable[..., Decision],
) -> None:
    (chicken, lion) = decide({HEN: 0.4, ROOSTER: 0.2, LION: 0.3}).candidates()

    assert chicken.scientific_name == "Gallus gallus domesticus"
    assert chicken.common_name == "Domestic chicken (hen)"
    assert chicken.probability == pytest.approx(0.6)
    assert lion.probability == pytest.approx(0.3)


def test_a_group_is_not_called_by_the_name_of_one_of_its_members(decide: Callable[..., Decision]) -> None:
    kite_and_eagle = {21: 0.3, 22: 0.65}  # the class "kite" stands for the family both belong to

    taxon = decide(kite_and_eagle).taxon()

    assert taxon
    assert (taxon.scientific_name, taxon.common_name, taxon.ncbi_taxid) == ("Accipitridae", "", None)


def test_what_is_less_likely_than_a_guess_is_no_candidate(decide: Callable[..., Decision]) -> None:
    whispers = {label.index: 0.0005 for label in labels() if label.scientific_name == DOG}

    assert [one.common_name for one in decide({LION: 0.8, **whispers}).candidates()] == ["Lion"]


def test_candidates_keep_honest_probabilities_and_the_answer_its_sharpened_mass(
    decide: Callable[..., Decision],
) -> None:
    decision = decide({LION: 0.6, TIGER: 0.02}, Thresholds())
    taxon = decision.taxon()

    assert taxon
    assert decision.candidates()[0].probability == pytest.approx(0.6, abs=1e-6)
    assert taxon.probability > 0.95


def test_networks_are_averaged_as_probabilities() -> None:
    first, second = np.log([0.5, 0.5]), np.log([0.9, 0.1])

    assert softmax_mean([first, second], 1.0).tolist() == pytest.approx([0.7, 0.3])


@given(seed=st.integers(0, 2**32 - 1), spread=st.floats(0.1, 12))
def test_whatever_the_networks_say_becomes_an_orderly_answer(seed: int, spread: float) -> None:
    logits = np.random.default_rng(seed).normal(0, spread, (2, 1000))
    decision = Decision(list(logits), Thresholds())
    chances = [candidate.probability for candidate in decision.candidates()]

    assert chances == sorted(chances, reverse=True)
    assert len(chances) <= MOST_CANDIDATES
    assert sum(chances) <= 1 + 1e-9
    assert (decision.taxon() is None) or decision.verdict == Verdict.ANIMAL
