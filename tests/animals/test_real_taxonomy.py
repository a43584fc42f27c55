"""The taxonomy as it ships: one fill of the real package, and what people and models ask of it."""

import csv
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db.models import F
from django.template.loader import render_to_string
from django.utils import translation
from pytest_django import DjangoDbBlocker

from biologidex.animals.importers import ncbi, supplement, vernaculars
from biologidex.animals.models import Backbone, Taxon, TaxonName
from biologidex.animals.selectors import search, search_taxa, taxon_for
from biologidex.animals.services.sensitivity import starting_list
from biologidex.dex.collection.sets import all_sets

pytestmark = [
    pytest.mark.slow,
    pytest.mark.usefixtures("taxonomy"),
]

LABELS = Path(supplement.__file__).parents[2] / "vision" / "engine" / "labels.csv"


@pytest.fixture(scope="module")
def taxonomy(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Backbone]:
    """Fill the database from the installed package, for this file's tests, and empty it afterwards.

    They only read, so they do without a transaction each: checking 750,000 rows at the end of every one takes longer
    than all the tests.
    """
    with django_db_blocker.unblock():
        begun = time.perf_counter()
        backbone = ncbi.fill(report=lambda *_: None)
        sys.stdout.write(f"\nfilled {backbone.taxa:,} taxa in {time.perf_counter() - begun:.1f} s\n")
        yield backbone
        call_command("flush", interactive=False, verbosity=0)


def labels() -> list[dict[str, str]]:
    with LABELS.open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def first(text: str) -> str:
    """Return the best find, as people read it."""
    return next((taxon.common_name or taxon.scientific_name for taxon in search_taxa(text)), "")


class TestWhatIsThere:
    def test_at_least_30000_animals_have_english_names(self) -> None:
        assert Taxon.objects.filter(rank="species").exclude(common_name="").count() >= 30_000

    def test_every_sensitive_taxon_of_the_starting_list_is_known(self) -> None:
        for row in starting_list():
            taxon = taxon_for(scientific_name=row["name"], rank=row["rank"])
            assert getattr(taxon, "rank", "") == row["rank"], row["name"]

    def test_every_member_of_a_set_is_known_at_its_rank(self) -> None:
        members = {member for one in all_sets() for member in one.members}

        unknown = [
            member for member in members
            if not Taxon.objects.filter(scientific_name=member.scientific_name, rank=member.rank).exists()
        ]  # fmt: skip

        assert unknown == []

    def test_every_animal_is_in_one_tree(self) -> None:
        assert Taxon.objects.filter(parent=None).values_list("scientific_name", flat=True).get() == "Animalia"
        assert not Taxon.objects.exclude(kingdom="Animalia").exists()

    def test_a_line_of_descent_is_that_of_the_taxon_above(self) -> None:
        odd = Taxon.objects.exclude(parent__phylum="").exclude(phylum=F("parent__phylum"))
        assert not odd.exists()
        assert not Taxon.objects.filter(rank="species").exclude(species=F("scientific_name")).exists()

    def test_every_taxon_can_be_searched_by_its_accepted_name(self) -> None:
        assert TaxonName.objects.filter(kind="accepted").count() == Taxon.objects.count()
        assert not Taxon.objects.filter(search_keys=None).exists()

    def test_every_row_of_our_own_table_holds(self) -> None:
        for row in supplement.rows():
            source, number = row["taxon"].split(":")
            taxon = Taxon.objects.get(source=source, source_id=number)
            assert taxon.common_name == (row["common_name"] or taxon.common_name), row
            assert taxon.rank == (row["rank"] or taxon.rank), row
            assert row["reason"]

    def test_filling_again_takes_no_time(self, taxonomy: Backbone) -> None:
        begun = time.perf_counter()

        assert ncbi.fill(report=lambda *_: None) == taxonomy
        assert time.perf_counter() - begun < 0.2

    @pytest.mark.parametrize(
        ("name", "shown", "class_name"),
        [
            ("Canis lupus", "Gray wolf", "Mammalia"),
            ("Canis lupus familiaris", "Domestic dog", "Mammalia"),
            ("Felis catus", "Domestic cat", "Mammalia"),
            ("Alligator mississippiensis", "American alligator", "Reptilia"),
            ("Chelonia mydas", "Green sea turtle", "Reptilia"),
            ("Python regius", "Ball python", "Reptilia"),
            ("Sphenodon punctatus", "Tuatara", "Reptilia"),
            ("Gallus gallus", "Red junglefowl", "Aves"),
            ("Salmo trutta", "Brown trout", "Actinopterygii"),
            ("Ailurus fulgens", "Red panda", "Mammalia"),
            ("Danaus plexippus", "Monarch butterfly", "Insecta"),
        ],
    )
    def test_animals_are_called_and_placed_as_people_do(self, name: str, shown: str, class_name: str) -> None:
        taxon = taxon_for(scientific_name=name)

        assert taxon is not None
        assert (taxon.common_name, taxon.class_name) == (shown, class_name)


class TestLocalIdentification:
    @pytest.mark.parametrize("row", labels(), ids=lambda row: row["index"])
    def test_every_label_means_a_taxon_of_its_name_and_rank(self, row: dict[str, str]) -> None:
        number = int(row["ncbi_taxid"]) if row["ncbi_taxid"] else None

        taxon = taxon_for(scientific_name=row["scientific_name"], rank=row["rank"], ncbi_taxid=number)

        assert taxon is not None
        assert (taxon.scientific_name, taxon.rank) == (row["scientific_name"], row["rank"])
        assert taxon.common_name  # nobody is shown Latin alone
        assert (taxon.kingdom, taxon.phylum, taxon.class_name) == (
            row["kingdom"],
            row["phylum"],
            row["class"],
        )

    def test_pieris_is_the_butterfly(self) -> None:
        butterfly = taxon_for(scientific_name="Pieris", rank="genus", ncbi_taxid=7115)

        assert butterfly is not None
        assert (butterfly.source_id, butterfly.order) == ("7115", "Lepidoptera")

    @pytest.mark.parametrize(
        ("name", "rank", "number"),
        [
            ("Drosophila", "genus", "7215"),
            ("Drosophila", "subgenus", "32281"),
            ("Aedes", "genus", "7158"),
            ("Dictyoptera", "superorder", "6970"),
            ("Equus ferus caballus", "", "9796"),
            ("Bos primigenius taurus", "", "9913"),
            ("Canis familiaris", "species", "9615"),
            ("Rana catesbeiana", "species", "8400"),
            ("Aquarana catesbeiana", "species", "8400"),
            ("Metazoa", "", "33208"),
        ],
    )
    def test_homonyms_and_synonyms(self, name: str, rank: str, number: str) -> None:
        taxon = taxon_for(scientific_name=name, rank=rank)

        assert taxon is not None
        assert taxon.source_id == number


WELL_KNOWN = [
    *(
        ("wolf", "Gray wolf"),
        ("gray wolf", "Gray wolf"),
        ("grey wolf", "Gray wolf"),
        ("canis lup", "Gray wolf"),
    ),
    *(("lion", "Lion"), ("tigers", "Tiger"), ("monarch", "Monarch butterfly"), ("lionfish", "Lionfish")),
    *(("king penguin", "King penguin"), ("penguin king", "King penguin"), ("praying mantis", "Mantis")),
    *(("dog", "Domestic dog"), ("cat", "Domestic cat"), ("cow", "Domestic cattle"), ("pig", "Domestic pig")),
    *(
        ("chicken", "Domestic chicken"),
        ("hen", "Domestic chicken"),
        ("goat", "Domestic goat"),
        ("horse", "Horse"),
    ),
    *(("rabbit", "European rabbit"), ("seagull", "Gull"), ("budgie", "Budgerigar"), ("ladybug", "Ladybird")),
    *(
        ("red fox", "Red fox"),
        ("orca", "Killer whale"),
        ("spider", "Spider"),
        ("mice", "Mouse"),
        ("bird", "Bird"),
    ),
    *(
        ("homo sapiens", "Human"),
        ("pere david", "Père David's deer"),
        ("przewalskis horse", "Przewalski's horse"),
    ),
    *(("great white", "Great white shark"), ("triceratops", "Triceratops"), ("reptile", "Reptile")),
]
HARD = (
    "a",
    "s",
    "x",
    "ca",
    "th",
    "the",
    "red",
    "beetle",
    "common",
    "pseudo",
    "red b",
    "a b",
    "ma qu",
    "so sp",
    "zz z",
)


class TestSearch:
    @pytest.mark.parametrize(("text", "expected"), WELL_KNOWN)
    def test_well_known_animals_come_first(self, text: str, expected: str) -> None:
        assert first(text) == expected

    @pytest.mark.parametrize("text", ["wolf", "bear", "shark", "frog", "red", "b"])
    def test_the_first_page_is_of_animals_with_english_names(self, text: str) -> None:
        taxa = search_taxa(text)

        assert len(taxa) == 20
        assert all(taxon.common_name for taxon in taxa)

    @pytest.mark.parametrize("language", ["", "de"])
    @pytest.mark.parametrize("text", HARD)
    def test_no_question_reads_a_whole_table(self, text: str, language: str) -> None:
        for keys in search._hits(text, language):
            plan = keys[:80].explain()
            assert "INDEX" in plan.upper(), plan
            assert "SCAN ANIMALS" not in plan.upper(), plan
            assert "SEQ SCAN" not in plan.upper(), plan


class TestNamesInOtherLanguages:
    def test_every_row_of_the_table_means_a_taxon_that_is_known(self) -> None:
        named = set(TaxonName.objects.filter(language="fr").values_list("taxon__scientific_name", flat=True))

        assert {row["scientific_name"] for row in vernaculars.rows()} == named

    def test_it_has_what_people_look_for(self) -> None:
        assert len(vernaculars.rows()) >= 1000

    def test_whatever_a_photo_is_identified_as_has_a_name_in_every_language(self) -> None:
        answers = {row["scientific_name"] for row in labels()} - {""}
        rows = {row["scientific_name"]: row for row in vernaculars.rows()}

        for name in answers:
            assert all(rows[name][language] for language in vernaculars.LANGUAGES), name

    def test_no_row_stands_there_twice_or_says_nothing_and_no_name_is_said_twice(self) -> None:
        rows = vernaculars.rows()

        assert len({row["scientific_name"] for row in rows}) == len(rows)
        for row in rows:
            said = [vernaculars.several(row[language]) for language in vernaculars.LANGUAGES]
            assert any(said), row
            assert all(len(set(names)) == len(names) for names in said), row

    @pytest.mark.parametrize(("language", "least"), [("de", 1.0), ("es", 0.95), ("fr", 1.0), ("pt", 0.9)])
    def test_a_name_that_is_not_surely_known_is_left_out_but_few_are(
        self, language: str, least: float
    ) -> None:
        cells = [row[language] for row in vernaculars.rows()]

        assert sum(map(bool, cells)) / len(cells) >= least

    def test_german_nouns_are_capital_and_others_are_not_but_for_names_of_places_and_people(self) -> None:
        for row in vernaculars.rows():
            assert all(name[0].isupper() for name in vernaculars.several(row["de"])), row
            for language in ("es", "fr", "pt"):
                assert all(name[0].islower() for name in vernaculars.several(row[language])), row

    @pytest.mark.parametrize(
        ("typed", "meant"),
        [
            ("Pinguin", "Spheniscidae"),
            ("pingüino", "Spheniscidae"),
            ("pinguino", "Spheniscidae"),
            ("manchot", "Spheniscidae"),
            ("Wasserschwein", "Hydrochoerus hydrochaeris"),
            ("carpincho", "Hydrochoerus hydrochaeris"),
            ("capivara", "Hydrochoerus hydrochaeris"),
            ("loup", "Canis lupus"),
            ("Lowe", "Panthera leo"),
            ("Löwe", "Panthera leo"),
            ("Ente", "Anas platyrhynchos"),
            ("Gottesanbeterin", "Mantodea"),
            ("chat", "Felis catus"),
        ],
    )
    def test_an_animal_is_found_by_its_name_in_any_language(self, typed: str, meant: str) -> None:
        assert search_taxa(typed)[0].scientific_name == meant

    @pytest.mark.parametrize(
        ("language", "typed", "meant"),
        [
            ("de", "wal", "Cetacea"),
            ("de", "Kaefer", "Coleoptera"),
            ("de", "Loewe", "Panthera leo"),
            ("de", "star", "Sturnus vulgaris"),
            ("de", "canis lup", "Canis lupus"),
            ("es", "raton", "Rodentia"),
            ("es", "picaflor", "Trochilidae"),
            ("fr", "rat", "Rattus norvegicus"),
            ("fr", "pie", "Pica"),
            ("fr", "ane", "Equus asinus"),
            ("pt", "ra", "Anura"),
            ("pt", "leao", "Panthera leo"),
            ("fr", "Pinguin", "Spheniscidae"),
        ],
    )
    def test_names_in_the_readers_language_come_first(self, language: str, typed: str, meant: str) -> None:
        assert search_taxa(typed, language=language)[0].scientific_name == meant

    def test_a_letter_of_english_does_not_find_what_begins_so_elsewhere(self) -> None:
        assert "Columba livia" not in {taxon.scientific_name for taxon in search_taxa("s")}  # Stadttaube
        assert search_taxa("s", language="de")[0].scientific_name == "Columba livia"

    @pytest.mark.parametrize("language", ["en", *vernaculars.LANGUAGES])
    def test_what_an_empty_answer_advises_finds_something(self, language: str) -> None:
        with translation.override(language):
            told = render_to_string("web/_nothing_found.html", {"query": "zzzz"})
        advised = set(re.findall(r"[“„«]\s*(.+?)\s*[”“»]", told)) - {"zzzz"}

        assert len(advised) == 2
        for word in advised:
            assert search_taxa(word, language=language)[0].family == "Anatidae"

    def test_english_comes_first_where_it_is_typed(self) -> None:
        assert [first(word) for word in ("wolf", "duck", "cat")] == [
            "Gray wolf",
            "Ducks, geese and swans",
            "Domestic cat",
        ]
