"""Which familiar group an animal belongs to."""

import pytest

import make
from biologidex.animals.models import Taxon
from biologidex.web import groups

ANIMALS = [
    ("Canis lupus", {"class_name": "Mammalia"}, "mammals"),
    ("Pica pica", {"class_name": "Aves"}, "birds"),
    ("Lacerta agilis", {"class_name": "Lepidosauria", "order": "Squamata"}, "reptiles"),
    ("Testudo graeca", {"order": "Testudines"}, "reptiles"),
    ("Crocodylus niloticus", {"order": "Crocodylia"}, "reptiles"),
    ("Rana temporaria", {"class_name": "Amphibia"}, "amphibians"),
    ("Esox lucius", {"class_name": "Actinopteri"}, "fishes"),
    ("Pterois volitans", {"class_name": "Actinopterygii"}, "fishes"),
    ("Papilio machaon", {"class_name": "Insecta"}, "insects"),
    ("Araneus diadematus", {"class_name": "Arachnida"}, "arachnids"),
    ("Cancer pagurus", {"class_name": "Malacostraca"}, "crustaceans"),
    ("Nautilus pompilius", {"phylum": "Mollusca", "class_name": "Cephalopoda"}, "molluscs"),
    ("Asterias rubens", {"phylum": "Echinodermata", "class_name": "Asteroidea"}, "others"),
]


@pytest.mark.parametrize(("name", "above", "key"), ANIMALS)
def test_every_animal_has_one_group(name: str, above: dict[str, str], key: str) -> None:
    assert groups.group_of(Taxon(scientific_name=name, **above)).key == key


def test_what_is_unknown_is_with_the_others() -> None:
    assert groups.group_of(None) is groups.OTHERS


@pytest.mark.django_db
def test_the_database_sorts_as_the_drawing_does() -> None:
    for name, above, _ in ANIMALS:
        make.animal(make.taxon(name, **above))

    for key, group in groups.BY_KEY.items():
        found = set(
            Taxon.objects.filter(groups.within(group, path="animal__taxon")).values_list(
                "scientific_name", flat=True
            )
        )
        assert found == {name for name, _, expected in ANIMALS if expected == key}
