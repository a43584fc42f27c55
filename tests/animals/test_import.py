"""Filling the taxonomy, told on a world of nineteen taxa."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from biologidex.accounts.models import User
from biologidex.animals.importers import ncbi, store
from biologidex.animals.importers.drafts import Draft, trace
from biologidex.animals.models import Backbone, SearchKey, Taxon, TaxonName
from biologidex.animals.selectors import search_taxa, taxon_for
from biologidex.animals.services import animal_for

pytestmark = pytest.mark.django_db
World = Callable[..., Path]


def quiet(stage: str, done: int, total: int) -> None:
    """Report to nobody."""


def fill(folder: Path, version: str = "1") -> Backbone:
    return ncbi.fill(report=quiet, folder=folder, version=version)


def test_named_animals_come_with_their_proper_ancestors_and_nothing_else(write_package: World) -> None:
    fill(write_package())

    imported = Taxon.objects.filter(source="ncbi").values_list("scientific_name", flat=True)
    assert set(imported) == {
        *(
            "Animalia",
            "Chordata",
            "Vertebrata",
            "Sauropsida",
            "Lepidosauria",
            "Serpentes",
            "Mammalia",
            "Canidae",
        ),
        *("Canis", "Canis lupus", "Canis lupus familiaris", "Pieris"),  # the butterfly, not the plant
    }


def test_a_taxon_hangs_on_its_nearest_kept_ancestor(write_package: World) -> None:
    fill(write_package())

    assert Taxon.objects.get(scientific_name="Chordata").parent == Taxon.objects.get(
        scientific_name="Animalia"
    )
    assert Taxon.objects.get(scientific_name="Animalia").parent is None


def test_a_line_of_descent_is_written_into_every_taxon(write_package: World) -> None:
    fill(write_package())

    dog = Taxon.objects.get(scientific_name="Canis lupus familiaris")
    line = (dog.kingdom, dog.phylum, dog.class_name, dog.order, dog.family, dog.genus, dog.species)
    assert line == ("Animalia", "Chordata", "Mammalia", "", "Canidae", "Canis", "Canis lupus")


def test_people_read_reptilia(write_package: World) -> None:
    fill(write_package())

    snakes = Taxon.objects.get(scientific_name="Serpentes")
    lizards = Taxon.objects.get(scientific_name="Lepidosauria")
    reptiles = Taxon.objects.get(scientific_name="Reptilia")
    assert (snakes.class_name, lizards.rank) == ("Reptilia", "subclass")
    assert (reptiles.source, reptiles.rank, lizards.parent) == ("biologidex", "class", reptiles)


def test_names_are_kept_by_kind(write_package: World) -> None:
    fill(write_package())

    names = TaxonName.objects.filter(taxon__scientific_name="Canis lupus familiaris")
    assert set(names.values_list("name", "kind")) >= {
        ("Canis lupus familiaris", "accepted"),
        ("Canis familiaris", "synonym"),
        ("Domestic dog", "vernacular"),
        ("Dog", "vernacular"),
    }
    assert Taxon.objects.get(scientific_name="Canis lupus").common_name == "Gray wolf"


def test_every_name_can_be_searched(write_package: World) -> None:
    fill(write_package())

    for question in ("wolf", "gray wo", "canis lup", "lupus", "canis familiaris", "dog"):
        assert {"Gray wolf", "Domestic dog"} & {taxon.common_name for taxon in search_taxa(question)}, (
            question
        )


def test_what_is_missing_from_the_tree_is_passed_over(write_package: World) -> None:
    fill(write_package())

    assert taxon_for(scientific_name="Canis lost") is None


def test_filling_again_does_nothing(write_package: World) -> None:
    folder = write_package()
    first = fill(folder)

    with CaptureQueriesContext(connection) as queries:
        second = fill(folder)

    assert second == first
    assert len(queries) == 1


def test_it_says_how_far_it_is(write_package: World) -> None:
    told: list[tuple[str, int, int]] = []

    ncbi.fill(report=lambda *news: told.append(news), folder=write_package(), version="1")

    stages = dict.fromkeys(stage for stage, _, _ in told)
    assert list(stages) == ["Reading names", "Writing taxa", "Writing names", "Writing the search index"]
    assert all(done <= total for _, done, total in told)


def test_a_new_version_changes_names_and_keeps_ids(write_package: World) -> None:
    fill(write_package())
    before = dict(Taxon.objects.values_list("source_id", "pk"))

    backbone = fill(write_package(changed={9612: {"common_name": "timber wolf", "title": ""}}), version="2")

    assert backbone.version.startswith("2+")
    assert dict(Taxon.objects.values_list("source_id", "pk")) == before
    assert Taxon.objects.get(source_id="9612").common_name == "Timber wolf"
    assert [taxon.source_id for taxon in search_taxa("timber")] == ["9612"]
    assert not TaxonName.objects.filter(name="Gray wolf").exists()


def test_a_taxon_that_is_gone_stays_if_somebody_has_found_it(write_package: World, ann: User) -> None:
    fill(write_package())
    found = animal_for(by=ann, taxon=Taxon.objects.get(source_id="9615"))

    fill(write_package(without={9612, 9615, 7115}), version="2")

    found.refresh_from_db()
    assert found.taxon.scientific_name == "Canis lupus familiaris"
    assert found.taxon.parent is not None
    assert found.taxon.parent.scientific_name == "Canis lupus"  # what it hangs on stays too
    assert [taxon.pk for taxon in search_taxa("canis familiaris")] == [found.taxon.pk]
    assert not Taxon.objects.filter(source_id="7115").exists()
    assert not SearchKey.objects.filter(key="pieris").exists()


def test_an_interrupted_fill_leaves_what_was_there(
    write_package: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(write_package())
    names = sorted(TaxonName.objects.values_list("taxon", "name"))
    changed = write_package(changed={9612: {"common_name": "timber wolf"}})

    def interrupted(stage: str, done: int, total: int) -> None:
        if stage == "Writing the search index":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ncbi.fill(report=interrupted, folder=changed, version="2")

    assert sorted(TaxonName.objects.values_list("taxon", "name")) == names
    assert search_taxa("gray wolf")
    assert fill(changed, version="2").version.startswith("2+")
    assert search_taxa("timber wolf")


def test_of_two_fills_at_once_the_second_finds_its_work_done(write_package: World) -> None:
    backbone = fill(write_package())

    again = store.write([], source="ncbi", version=backbone.version, report=quiet)

    assert again == backbone
    assert Taxon.objects.exists()


def test_a_damaged_tree_is_refused_whole(write_package: World) -> None:
    fill(write_package())
    nameless = trace({"ncbi:1": Draft("ncbi:1", "", "species", "")})

    with pytest.raises(DatabaseError), transaction.atomic():
        store.write(nameless, source="ncbi", version="2", report=quiet)

    assert search_taxa("gray wolf")


def test_the_counts_are_those_of_the_tables(write_package: World) -> None:
    backbone = fill(write_package())

    assert backbone.taxa == Taxon.objects.count()
    assert backbone.names == TaxonName.objects.count()
    assert backbone.with_english == Taxon.objects.exclude(common_name="").count()
