"""Which English names are taken from the sources, and how they are written."""

import pytest

from biologidex.animals.importers.wording import Lexicon, Reading, Titles, preferred, tidy

LEXICON = Lexicon.of(
    [
        *(
            "gray wolf",
            "harbor seal",
            "pygmy shrew",
            "dwarf shrew",
            "forest shrew",
            "water shrew",
            "elephant shrew",
        ),
        *(
            "tree shrew",
            "Gila monster",
            *(f"lesser pygmy {kind}" for kind in ("owl", "hog", "goby", "skink", "frog")),
        ),
        *("sea urchin", "Black Sea porpoise", "rock pitta", "Faunus anglewing"),
    ],
    ["Rufous-backed stipplethroat"],
)
SCIENTIFIC = {"Canis", "Wildcat", "Pelophila", "Alabama", "Pitta", "Polygonia", "Minervarya nilagirica"}
TITLES = Titles(LEXICON, SCIENTIFIC.__contains__)

ENGLISH = [
    ("Wolf", "Canis lupus", "species"),
    ("Map (butterfly)", "Araschnia levana", "species"),
    ("Great blue heron", "Ardea herodias", "species"),
    ("Alabama pygmy shrew", "Sorex minor", "species"),
    ("Père David's deer", "Elaphurus davidianus", "species"),
    ("Pitta", "Pittidae", "family"),
    ("Stipplethroat", "Epinecrophylla", "genus"),
    ("Wolf spider", "Lycosidae", "family"),
]
SYNONYMS = [
    ("Canis familiaris", "Canis lupus familiaris", "subspecies"),
    ("Polygonia faunus", "Nymphalis faunus", "species"),
    ("Dichotomyctere ocellatus", "Tetraodon biocellatus", "species"),
    ("Amidostomatidae", "Amidostomidae", "family"),
]
NEITHER = [
    ("", "Canis lupus", "species"),
    ("Pieris (butterfly)", "Pieris", "genus"),
    ("Canis", "Canis lupus", "species"),  # the article on its genus
    ("Pelophila", "Acoelopelophila", "genus"),  # the article on another taxon
    ("Minervarya nilagirica", "Minervarya mudduraja", "species"),
    ("Lizard", "Sauria", "clade"),  # a redirect that misleads
]


@pytest.mark.parametrize(("title", "name", "rank"), ENGLISH)
def test_a_title_can_be_an_english_name(title: str, name: str, rank: str) -> None:
    english = title.partition(" (")[0]

    assert TITLES.read(title, scientific_name=name, rank=rank) == Reading(english=english)


@pytest.mark.parametrize(("title", "name", "rank"), SYNONYMS)
def test_a_title_can_be_another_scientific_name(title: str, name: str, rank: str) -> None:
    assert TITLES.read(title, scientific_name=name, rank=rank) == Reading(synonym=title)


@pytest.mark.parametrize(("title", "name", "rank"), NEITHER)
def test_a_title_can_be_no_name_of_the_taxon_at_all(title: str, name: str, rank: str) -> None:
    assert TITLES.read(title, scientific_name=name, rank=rank) == Reading()


SHOWN = [
    ("gray wolf", "Wolf", "species", "gray wolf"),  # one word is often the wider article
    ("domestic cat", "Wildcat", "species", "domestic cat"),
    ("Egyptian mightjar", "Egyptian nightjar", "species", "Egyptian nightjar"),
    ("puma", "Cougar", "species", "Cougar"),
    ("horse", "", "species", "horse"),
    ("birds", "Bird", "class", "Bird"),
    ("magpies", "", "genus", "magpie"),
    ("frogs & toads", "", "order", "frogs and toads"),
    ("dog, coyote, wolf, fox", "", "family", "dog, coyote, wolf, fox"),
    ("", "", "genus", ""),
]


@pytest.mark.parametrize(("common", "title", "rank", "shown"), SHOWN)
def test_the_name_to_show(common: str, title: str, rank: str, shown: str) -> None:
    assert preferred(common, title, rank=rank) == shown


WRITTEN = [
    ("gray wolf", "Gray wolf"),
    ("American alligator", "American alligator"),
    ("Madagascan Pygmy Shrew", "Madagascan pygmy shrew"),
    ("Black Sea harbor porpoise", "Black Sea harbor porpoise"),
    ("Jack Dempsey", "Jack Dempsey"),
    ("Gila monster", "Gila monster"),
    ("red-winged Pygmy owl", "Red-winged Pygmy owl"),
    ("", ""),
]


@pytest.mark.parametrize(("name", "written"), WRITTEN)
def test_names_are_written_as_at_the_start_of_a_sentence(name: str, written: str) -> None:
    assert LEXICON.capitalised(name) == written


TIDIED = [
    ("white-rumped tamarin,", "white-rumped tamarin"),
    ("manatees and dugongs (seacows)", "manatees and dugongs"),
    ("Leftraru`s lizard", "Leftraru's lizard"),
    ("Oneirodes carlsbergi (Regan & Trewavas, 1932)", "Oneirodes carlsbergi"),
    ("Lepidotrigla kanagashira Kamohara, 1936", ""),
    ("tortoiseshells, admirals &c.", ""),
]


@pytest.mark.parametrize(("name", "clean"), TIDIED)
def test_remarks_are_no_part_of_a_name(name: str, clean: str) -> None:
    assert tidy(name) == clean
