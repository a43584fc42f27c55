"""The offline provider on real photos: what was measured when the rule was chosen must stay so.

The photos come with packages (see `photos` in conftest.py); the numbers in foolbox's names are ImageNet's classes.
"""

from pathlib import Path

import pytest

from biologidex.vision.engine.answer import Provider, Verdict

ANIMALS = [
    # photo, taxon, rank, the mass that rule F measured (None where none was noted)
    ("skimage/data/chelsea.png", "Felis catus", "species", 0.99),
    ("gradio/media_assets/images/lion.jpg", "Panthera leo", "species", 0.98),
    ("gradio/media_assets/images/cheetah.jpg", "Acinonyx jubatus", "species", 0.97),
    ("foolbox/data/imagenet_00_243.jpg", "Canis lupus familiaris", "subspecies", None),
    ("foolbox/data/imagenet_16_251.jpg", "Canis lupus familiaris", "subspecies", None),
    ("foolbox/data/imagenet_14_129.jpg", "Aves", "class", None),
    ("foolbox/data/imagenet_15_99.jpg", "Anatidae", "family", None),
    ("foolbox/data/imagenet_17_22.jpg", "Accipitriformes", "order", None),
    ("foolbox/data/imagenet_18_317.jpg", "Cicadellidae", "family", None),
    ("foolbox/data/imagenet_19_305.jpg", "Coleoptera", "order", None),
]
BREEDS = [
    ("foolbox/data/imagenet_00_243.jpg", "Bullmastiff"),
    ("foolbox/data/imagenet_16_251.jpg", "Dalmatian"),
]
NO_ANIMALS = [
    "skimage/data/astronaut.png",
    "skimage/data/coffee.png",
    "gradio/media_assets/images/tower.jpg",
    *(
        f"foolbox/data/imagenet_{name}.jpg"
        for name in (
            "01_559", "02_438", "03_990", "04_949", "05_853", "06_609", "07_609", "08_915", "09_455", "10_541",
            "11_630", "12_741", "13_471",
        )
    ),
]  # fmt: skip


@pytest.mark.parametrize(("photo", "name", "rank", "mass"), ANIMALS, ids=[row[0] for row in ANIMALS])
def test_an_animal_is_named_as_specifically_as_it_was_measured(
    photo: str, name: str, rank: str, mass: float | None, local: Provider, photos: Path
) -> None:
    answer = local.identify((photos / photo).read_bytes())

    assert answer.verdict == Verdict.ANIMAL
    assert answer.taxon
    assert (answer.taxon.scientific_name, answer.taxon.rank) == (name, rank)
    if mass:
        assert answer.taxon.probability == pytest.approx(mass, abs=0.01)


@pytest.mark.parametrize(("photo", "breed"), BREEDS)
def test_a_dogs_breed_is_named(photo: str, breed: str, local: Provider, photos: Path) -> None:
    answer = local.identify((photos / photo).read_bytes())

    assert answer.taxon
    assert (answer.taxon.breed, answer.candidates[0].breed) == (breed, breed)


@pytest.mark.parametrize("photo", NO_ANIMALS)
def test_where_there_is_no_animal_none_is_found(photo: str, local: Provider, photos: Path) -> None:
    answer = local.identify((photos / photo).read_bytes())

    assert answer.verdict == Verdict.NO_ANIMAL
    assert answer.animal_probability <= 0.20
    assert (answer.taxon, answer.candidates) == (None, ())


def test_a_toy_is_taken_for_an_animal(local: Provider, photos: Path) -> None:
    """The known weakness: toys, statues and drawings cannot be told from animals."""
    answer = local.identify((photos / "gradio/media_assets/images/groot.jpeg").read_bytes())

    assert answer.animal_probability == pytest.approx(0.54, abs=0.01)


@pytest.mark.parametrize(("photo", "name"), [(row[0], row[1]) for row in ANIMALS if row[2] == "species"])
def test_the_species_is_also_the_first_candidate(
    photo: str, name: str, local: Provider, photos: Path
) -> None:
    first, *others = local.identify((photos / photo).read_bytes()).candidates

    assert first.scientific_name == name
    assert all(other.probability < 0.1 for other in others)
