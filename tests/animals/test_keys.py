"""How names are folded, and what a question may look like."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from biologidex.animals.keys import (
    KEY_LENGTH,
    MOST_WORDS,
    Place,
    asked,
    fold,
    keys_by_language,
    singular,
    turns,
)

SAME = [
    ("Gray wolf", "grey WOLF"),
    ("Père David's deer", "Pere Davids deer"),
    ("Père David's deer", "père david\u2019s deer"),
    ("Blue-footed booby", "blue footed  booby"),
    ("Tūī", "tui"),
    ("\u02bbElepaio", "elepaio"),
    ("Sulphur-crested cockatoo", "sulfur crested cockatoo"),
    ("Mt. Lyell salamander", "Mount Lyell salamander"),
    ("St. Helena plover", "Saint Helena plover"),
    ("Skærgård", "skaergard"),
]


@pytest.mark.parametrize(("name", "typed"), SAME)
def test_people_may_type_a_name_their_way(name: str, typed: str) -> None:
    assert fold(name) == fold(typed)


def test_keys_know_whose_language_they_are_of_and_german_is_also_found_without_its_letters() -> None:
    names = [("Panthera leo", ""), ("Lion", "en"), ("lion", "fr"), ("Löwe", "de")]

    keys = [(key, language) for key, _, language in keys_by_language(names)]

    assert keys == [
        *(("panthera leo", None), ("leo panthera", None), ("lion", None)),
        *(("lion", "fr"), ("lowe", "de"), ("loewe", "de")),
    ]


@pytest.mark.parametrize("nothing", ["", "   ", "%", "'; --", "🦁", "лев", "狼", "\x00", "_"])
def test_what_has_no_latin_letter_asks_for_nothing(nothing: str) -> None:
    assert asked(nothing) == ""


def test_the_article_is_no_part_of_a_name() -> None:
    assert asked("The wolf") == "wolf"
    assert asked("the") == "the"


@given(st.text())
def test_folded_text_is_plain_and_folding_it_again_changes_nothing(text: str) -> None:
    folded = fold(text)

    assert folded == fold(folded)
    assert set(folded) <= set("abcdefghijklmnopqrstuvwxyz0123456789 ")
    assert len(asked(text).split()) <= MOST_WORDS


@given(st.text(min_size=1))
def test_a_name_can_be_found_by_each_of_its_words(text: str) -> None:
    folded = fold(text)
    keys = list(turns(folded))

    assert [key.split()[0] for key, _ in keys] == folded[:KEY_LENGTH].split()
    assert all(len(key) <= KEY_LENGTH for key, _ in keys)


def test_a_key_says_where_in_the_name_it_begins() -> None:
    assert list(turns("great white shark")) == [
        ("great white shark", Place.FIRST),
        ("white shark great", Place.BETWEEN),
        ("shark great white", Place.LAST),
    ]


PLURALS = [
    ("stag beetles", "stag beetle"),
    ("dormice", "dormouse"),
    ("house flies", "house fly"),
    ("magpies", "magpie"),
    ("thrushes", "thrush"),
    ("mongooses", "mongoose"),
    ("grouses", "grouse"),
    ("emus", "emu"),
    ("walruses", "walrus"),
    ("mosquitoes", "mosquito"),
    ("wolves", "wolf"),
    ("starfish", "starfish"),
    ("thrips", "thrips"),
    ("octopus", "octopus"),
    ("mantis", "mantis"),
]


@pytest.mark.parametrize(("many", "one"), PLURALS)
def test_a_group_is_named_after_one_of_it(many: str, one: str) -> None:
    assert singular(many) == one
