"""Finding a taxon by what people type and by what models answer. Taxa made first are the better known."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import make
from biologidex.animals.models import Taxon
from biologidex.animals.selectors import (
    ancestors,
    animals_named,
    is_english,
    search_parts,
    search_taxa,
    taxon_for,
)

pytestmark = pytest.mark.django_db


def found(text: str, *, limit: int = 20) -> list[str]:
    return [taxon.scientific_name for taxon in search_taxa(text, limit=limit)]


class TestSearch:
    @pytest.mark.parametrize(
        "text",
        [
            *("Gray wolf", "gray wolf", "GREY WOLF", "gra", "wo", "w", "wolf gray", "wo gr", "w g"),
            *(
                "Canis lupus",
                "canis lup",
                "lupus",
                "lup canis",
                "Timber wolf",
                "Lupus lupus",
                "wolves",
                "the wolf",
            ),
        ],
    )
    def test_any_name_any_word_cut_short_in_any_order(self, text: str) -> None:
        make.taxon("Canis lupus", common_name="Gray wolf", synonyms=["Lupus lupus"], english=["Timber wolf"])
        make.taxon("Felis catus", common_name="Domestic cat")

        assert found(text) == ["Canis lupus"]

    @pytest.mark.parametrize("text", ["olf", "gray wolf cub", "canis catus", "graywolf", "gray w x", ""])
    def test_what_is_in_no_name_finds_nothing(self, text: str) -> None:
        make.taxon("Canis lupus", common_name="Gray wolf")
        make.taxon("Felis catus", common_name="Domestic cat")

        assert found(text) == []

    def test_words_of_different_names_are_not_put_together(self) -> None:
        make.taxon("Canis lupus", common_name="Gray wolf")

        assert found("canis wolf") == []

    def test_the_exact_name_comes_first_then_its_start_and_end_then_the_rest(self) -> None:
        make.taxon("A", common_name="Wolfish grass mouse")
        make.taxon("B", common_name="Falkland wolf fly")
        make.taxon("C", common_name="Maned wolf")
        make.taxon("D", common_name="Wolf spider")
        make.taxon("E", common_name="Wolf")

        assert found("wolf") == ["E", "C", "D", "A", "B"]

    @pytest.mark.parametrize("text", ["r", "re", "red", "red f", "f r"])
    def test_the_better_known_comes_first(self, text: str) -> None:
        make.taxon("A", common_name="Red fox")
        make.taxon("B", common_name="Red flycatcher")
        make.taxon("C", common_name="Red frog")

        assert found(text) == ["A", "B", "C"]

    def test_a_list_of_animals_is_not_a_name_that_ends_in_one(self) -> None:
        make.taxon("Canidae", common_name="Dog, coyote, wolf, fox")
        make.taxon("Vulpes vulpes", common_name="Red fox")

        assert found("fox") == ["Vulpes vulpes", "Canidae"]

    def test_one_taxon_is_found_once(self) -> None:
        make.taxon("Bison bison", common_name="Bison", english=["American bison", "Plains bison"])

        assert found("bison") == ["Bison bison"]

    def test_no_more_than_asked_for(self) -> None:
        for _ in range(5):
            make.taxon(common_name="Brown bear")

        assert len(found("bear", limit=3)) == 3
        assert found("bear", limit=0) == []

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
    @given(
        st.one_of(st.text(max_size=600), st.sampled_from(["%", "_", "'", '"', "\\", "a" * 500, "🦁", "\x00"]))
    )
    def test_nothing_that_is_typed_is_an_error(self, text: str) -> None:
        assert isinstance(search_taxa(text), list)


class TestSearchInOtherLanguages:
    def test_a_name_in_any_language_is_found_with_and_without_its_signs(self) -> None:
        make.taxon("Panthera leo", common_name="Lion", foreign={"de": "Löwe", "es": "león"})

        assert [found(text) for text in ("Löwe", "lowe", "Loewe", "león", "leon")] == [["Panthera leo"]] * 5

    def test_names_in_ones_own_language_come_before_better_known_ones_in_others(self) -> None:
        make.taxon("Asteroidea", common_name="Star fish", english=["Star"])
        make.taxon("Sturnus vulgaris", common_name="European starling", foreign={"de": "Star"})

        assert found("star") == ["Asteroidea", "Sturnus vulgaris"]
        assert [taxon.scientific_name for taxon in search_taxa("star", language="de")] == [
            "Sturnus vulgaris",
            "Asteroidea",
        ]

    def test_beginnings_in_english_come_before_those_in_other_languages(self) -> None:
        make.taxon("Apis mellifera", common_name="Honey bee", foreign={"es": "abeja"})
        make.taxon("Abelisauridae", common_name="Abelisaur")

        assert found("ab") == ["Abelisauridae"]
        assert found("abe") == ["Abelisauridae", "Apis mellifera"]
        for text in ("ab", "abe"):
            assert [taxon.common_name for taxon in search_taxa(text, language="es")] == [
                "Honey bee",
                "Abelisaur",
            ]

    def test_the_scientific_name_is_found_from_any_language(self) -> None:
        wolf = make.taxon("Canis lupus", common_name="Gray wolf", foreign={"fr": "loup"})

        assert search_taxa("canis lup", language="fr") == search_taxa("gray w", language="fr") == [wolf]

    def test_a_word_of_another_language_is_not_taken_for_english(self) -> None:
        make.taxon("Canis lupus", common_name="Gray wolf", foreign={"fr": "loup"})

        assert is_english("wolf")
        assert not is_english("loup")

    def test_a_name_that_is_the_same_in_latin_and_elsewhere_means_one_taxon(self) -> None:
        lynx = make.taxon("Lynx", rank="genus", common_name="Lynx", foreign={"fr": "lynx"})

        assert taxon_for(scientific_name="Lynx") == lynx
        assert found("lynx") == ["Lynx"]


class TestParts:
    def test_all_parts_must_fit(self) -> None:
        make.taxon("Canis lupus", common_name="Gray wolf")
        make.taxon("Canis latrans", common_name="Coyote")

        assert len(search_parts(genus="canis")) == 2
        assert [taxon.common_name for taxon in search_parts(genus="Canis", species="lat")] == ["Coyote"]
        assert [taxon.common_name for taxon in search_parts(genus="canis", common_name="wolf")] == [
            "Gray wolf"
        ]
        assert search_parts(genus="canis", common_name="cat") == []
        assert search_parts() == []


class TestModelAnswers:
    def test_a_homonym_is_told_by_its_number(self) -> None:
        other = make.taxon("Pieris", rank="genus", source_id="1")
        butterfly = make.taxon("Pieris", rank="genus", source="ncbi", source_id="7115")

        assert taxon_for(scientific_name="Pieris", rank="genus", ncbi_taxid=7115) == butterfly
        assert taxon_for(scientific_name="Pieris", rank="genus") == other

    def test_then_by_its_rank(self) -> None:
        genus = make.taxon("Drosophila", rank="genus", source_id="1")
        subgenus = make.taxon("Drosophila", rank="subgenus", source_id="2")

        assert taxon_for(scientific_name="Drosophila", rank="subgenus") == subgenus
        assert taxon_for(scientific_name="Drosophila", rank="genus") == genus

    def test_then_by_whose_accepted_name_it_is(self) -> None:
        make.taxon("Minervarya mudduraja", synonyms=["Minervarya nilagirica"])
        frog = make.taxon("Minervarya nilagirica")

        assert taxon_for(scientific_name="Minervarya nilagirica", rank="species") == frog

    def test_the_name_counts_more_than_the_number(self) -> None:
        make.taxon("Gallus gallus", source="ncbi", source_id="9031")
        hen = make.taxon("Gallus gallus domesticus", rank="subspecies")

        answer = taxon_for(scientific_name="Gallus gallus domesticus", rank="subspecies", ncbi_taxid=9031)

        assert answer == hen

    def test_an_unknown_name_is_told_by_its_number(self) -> None:
        frog = make.taxon("Aquarana catesbeiana", source="ncbi", source_id="8400")

        assert taxon_for(scientific_name="Rana mugiens", ncbi_taxid=8400) == frog

    def test_a_synonym_means_its_taxon_and_a_vernacular_name_does_not(self) -> None:
        dog = make.taxon("Canis lupus familiaris", common_name="Dog", synonyms=["Canis familiaris"])

        assert taxon_for(scientific_name="canis  FAMILIARIS") == dog
        assert taxon_for(scientific_name="Dog") is None

    @pytest.mark.parametrize(
        ("answered", "meant"),
        [
            ("Equus ferus caballus", "Equus caballus"),
            ("Panthera tigris sumatrensis", "Panthera tigris"),
            ("Felis silvestris catus", "Felis catus"),
        ],
    )
    def test_an_unknown_subspecies_means_the_nearest_that_is_known(self, answered: str, meant: str) -> None:
        for name in ("Equus caballus", "Panthera tigris", "Felis catus", "Felis silvestris"):
            make.taxon(name)

        assert taxon_for(scientific_name=answered, rank="subspecies") == Taxon.objects.get(
            scientific_name=meant
        )

    @pytest.mark.parametrize(
        "nonsense", ["", " ", "\x00", "🦁", "I cannot identify this", "Canis", "%", "a" * 300]
    )
    def test_nonsense_means_nothing(self, nonsense: str) -> None:
        make.taxon("Canis lupus")

        assert taxon_for(scientific_name=nonsense) is None


class TestFoundAnimals:
    def test_are_found_by_words_of_their_names(self) -> None:
        wolf = make.animal(make.taxon("Canis lupus", common_name="Gray wolf"))
        make.animal(make.taxon("Felis catus", common_name="Domestic cat"))

        assert list(animals_named("wo gr")) == list(animals_named("lup")) == [wolf]
        assert animals_named("").count() == 2


def test_ancestors_come_nearest_first() -> None:
    dogs = make.taxon("Canidae", rank="family")
    canis = make.taxon("Canis", rank="genus", parent=dogs)
    wolf = make.taxon("Canis lupus", parent=canis)

    assert ancestors(wolf) == [canis, dogs]
    assert ancestors(dogs) == []
