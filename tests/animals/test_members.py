"""The best known species of a group are those that a person is likeliest to mean."""

import pytest

import make
from biologidex.accounts.models import User
from biologidex.animals.models import Taxon
from biologidex.animals.selectors import best_known, is_within

pytestmark = pytest.mark.django_db
FISHES = {
    "phylum": "Chordata",
    "class_name": "Actinopterygii",
    "order": "Perciformes",
    "family": "Scorpaenidae",
}


@pytest.fixture
def lionfishes() -> Taxon:
    return make.taxon("Pterois", rank="genus", genus="Pterois", **FISHES)


def lionfish(epithet: str, english: str = "", german: str = "", **fields: str) -> Taxon:
    of = {"genus": "Pterois", **FISHES, **fields}
    made = make.taxon(f"Pterois {epithet}", common_name=english, **of)
    if german:
        made.names.create(name=german, kind="vernacular", language="de")
    return made


def test_names_in_several_languages_and_finds_here_come_first_then_english_names_by_fame(
    lionfishes: Taxon, ann: User
) -> None:
    clearfin = lionfish("radiata", "Clearfin lionfish")
    luna = lionfish("lunulata", "Luna lionfish")
    found = lionfish("miles", "Devil firefish")
    red = lionfish("volitans", "Red lionfish", german="Rotfeuerfisch")
    make.animal(found, created_by=ann)

    assert best_known(lionfishes) == [found, red, clearfin, luna]


def test_what_has_no_name_but_the_latin_one_is_not_among_them(lionfishes: Taxon) -> None:
    lionfish("andover")

    assert best_known(lionfishes) == []


def test_what_a_player_named_is_among_them_only_when_somebody_has_looked_at_it(
    lionfishes: Taxon, ann: User
) -> None:
    lionfish("rudis", "Rude fish", source_id="made:1", created_by=ann)
    make.animal(Taxon.objects.get(source_id="made:1"), created_by=ann, verified=False)

    assert best_known(lionfishes) == []


def test_there_are_a_handful_of_them_and_no_more(lionfishes: Taxon) -> None:
    for number in range(9):
        lionfish(f"n{number}", f"Lionfish {number}")

    assert len(best_known(lionfishes)) == 6


def test_a_genus_of_another_phylum_with_the_same_name_lends_none(lionfishes: Taxon) -> None:
    lionfish("falsa", "False lionfish", phylum="Mollusca")

    assert best_known(lionfishes) == []


def test_of_a_class_there_are_none_for_they_would_have_little_in_common() -> None:
    fishes = make.taxon("Actinopterygii", rank="class", phylum="Chordata", class_name="Actinopterygii")
    lionfish("volitans", "Red lionfish", german="Rotfeuerfisch")

    assert best_known(fishes) == []


def test_a_taxon_is_within_a_group_that_its_line_of_descent_names(lionfishes: Taxon) -> None:
    red = lionfish("volitans")
    centipedes = make.taxon("Chilopoda", rank="class", phylum="Arthropoda", class_name="Chilopoda")
    clade = make.taxon("Bilateria", rank="clade")

    assert is_within(red, lionfishes)
    assert is_within(lionfishes, lionfishes)
    assert is_within(centipedes, lionfishes) is False
    assert is_within(red, clade) is None
