"""`biologidex conservation`: how threatened taxa are, taken in by name from a list whose source is named."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

import make
from biologidex.accounts.models import User
from biologidex.animals import services
from biologidex.animals.models import Animal, Taxon

pytestmark = pytest.mark.django_db
SOURCE = "Red List 2026-1"


@pytest.fixture
def tiger() -> Taxon:
    return make.taxon("Panthera tigris", common_name="Tiger", synonyms=["Felis tigris"])


@pytest.fixture
def take_in(tmp_path: Path) -> Any:
    """Take a list in. Returns what the command says, and the lines of its report without their headings."""

    def run(*lines: str, heading: str = "scientificName,redlistCategory", source: str = SOURCE) -> Any:
        file, report, out = tmp_path / "list.csv", tmp_path / "report.csv", io.StringIO()
        file.write_text("\n".join([heading, *lines]), encoding="utf-8")
        call_command("conservation", file, source=source, report=report, stdout=out)
        with report.open(encoding="utf-8", newline="") as written:
            return out.getvalue().strip(), list(csv.reader(written))[1:]

    return run


def told(api: APIClient, animal: Animal) -> tuple[str, str, bool]:
    """Return what everybody is told of an animal's status."""
    said = api.get(f"/api/v1/animals/{animal.pk}/").json()
    return said["conservation_status"], said["conservation_source"], said["is_sensitive"]


def test_a_list_sets_the_status_of_what_it_names_and_its_report_says_what_became_of_each_line(
    api: APIClient, tiger: Taxon, take_in: Any
) -> None:
    animal = make.animal(tiger)

    said, report = take_in(
        "Panthera tigris,Endangered", "Quercus robur,Least Concern", "Panthera tigris,fine"
    )

    assert told(api, animal) == ("EN", SOURCE, True)
    assert said == "3 lines: 1 set, 1 unknown name, 1 unknown category."
    assert report == [
        ["2", "Panthera tigris", "Endangered", "set", "Panthera tigris"],
        ["3", "Quercus robur", "Least Concern", "unknown name", ""],
        ["4", "Panthera tigris", "fine", "unknown category", "Panthera tigris"],
    ]


@pytest.mark.parametrize(
    ("category", "code", "is_sensitive"),
    [
        *(
            ("NT", "NT", True),
            ("Near Threatened", "NT", True),
            ("vulnerable", "VU", True),
            ("cr", "CR", True),
        ),
        *(("EW", "EW", True), ("LC", "LC", False), ("Data Deficient", "DD", False), ("EX", "EX", False)),
        *(("Lower Risk/near threatened", "NT", True), ("Lower Risk/least concern", "LC", False)),
        ("LR/cd", "NT", True),
    ],
)
def test_near_threatened_or_worse_is_sensitive_by_itself(
    api: APIClient, tiger: Taxon, take_in: Any, category: str, code: str, is_sensitive: bool
) -> None:
    animal = make.animal(tiger)

    take_in(f"Panthera tigris,{category}")

    assert told(api, animal) == (code, SOURCE, is_sensitive)


def test_the_place_of_a_threatened_animal_is_told_to_others_only_roughly(
    api: APIClient, ann: User, eve: User, tiger: Taxon, take_in: Any
) -> None:
    place = {"latitude": 48.2741, "longitude": 11.4618, "place_name": "Behind the mill"}
    entry = make.dex_entry(
        ann, animal=make.animal(tiger), visibility="public", geoprivacy="open", place_source="person", **place
    )
    api.force_authenticate(eve)
    before = api.get(f"/api/v1/dex/entries/{entry.pk}/").json()

    take_in("Panthera tigris,NT")

    after = api.get(f"/api/v1/dex/entries/{entry.pk}/").json()
    assert {name: before[name] for name in place} == place
    assert (after["latitude"], after["longitude"], after["place_name"]) == (48.3, 11.5, "")


def test_an_animal_that_is_found_later_has_the_status_from_the_start(
    api: APIClient, ann: User, tiger: Taxon, take_in: Any
) -> None:
    take_in("Felis tigris,EN")

    animal = services.animal_for(by=ann, taxon=tiger)

    assert told(api, animal) == ("EN", SOURCE, True)


@pytest.mark.parametrize(
    "name", ["Felis tigris", "Panthera tigris (Linnaeus, 1758)", " panthera  TIGRIS ", "Panthera_tigris"]
)
def test_however_a_list_writes_the_name(api: APIClient, tiger: Taxon, take_in: Any, name: str) -> None:
    animal = make.animal(tiger)

    take_in(f'"{name}",VU')

    assert told(api, animal)[0] == "VU"


@pytest.mark.parametrize(
    "heading",
    [
        "internalTaxonId,scientificName,redlistCategory",
        "taxonID,scientificName,threatStatus",
        "id,scientific_name,conservation_status",
        "\ufeffkey,ScientificName,iucnRedListCategory",
    ],
)
def test_the_headings_are_those_of_the_lists_that_there_are(
    api: APIClient, tiger: Taxon, take_in: Any, heading: str
) -> None:
    animal = make.animal(tiger)

    take_in("1,Panthera tigris,EN", heading=heading)

    assert told(api, animal)[0] == "EN"


def test_of_two_lines_about_one_taxon_the_graver_counts(api: APIClient, tiger: Taxon, take_in: Any) -> None:
    animal = make.animal(tiger)

    _, report = take_in("Panthera tigris,EN", "Felis tigris,LC", "Panthera tigris,CR")

    assert [line[3] for line in report] == ["set", "repeated", "set"]
    assert told(api, animal)[0] == "CR"


def test_a_newer_list_counts_and_the_same_again_changes_nothing(
    api: APIClient, tiger: Taxon, take_in: Any
) -> None:
    animal = make.animal(tiger)
    take_in("Panthera tigris,EN")
    before = Animal.objects.values().get(pk=animal.pk)

    again, _ = take_in("Panthera tigris,EN")
    assert (again, Animal.objects.values().get(pk=animal.pk)) == ("1 lines: 1 unchanged.", before)

    take_in("Panthera tigris,LC", source="Red List 2030-1")
    assert told(api, animal) == ("LC", "Red List 2030-1", False)


def test_the_number_of_queries_does_not_grow_with_the_lines(take_in: Any) -> None:
    names = [make.taxon(f"Panthera {ending}us").scientific_name for ending in ("a", "bo", "co", "do")]
    counts = []
    for some in (names[:1], names):
        with CaptureQueriesContext(connection) as queries:
            take_in(*(f"{name},EN" for name in some))
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_what_is_no_list_is_refused_in_words(tiger: Taxon, take_in: Any) -> None:
    with pytest.raises(CommandError, match="headings scientificName and redlistCategory"):
        take_in("Panthera tigris,EN", heading="name,status")
    with pytest.raises(CommandError, match="where the conservation status is from"):
        take_in("Panthera tigris,EN", source=" ")


def test_what_players_named_is_listed_and_can_be_confirmed(ann: User) -> None:
    genus = make.taxon("Canis", rank="genus", genus="Canis")
    assert genus.pk
    services.lookup_or_create(by=ann, named=services.Named("Canis incognitus", "Ghost dog"))

    def animals(*words: str) -> str:
        out = io.StringIO()
        call_command("animals", *words, stdout=out)
        return out.getvalue().strip()

    assert animals("unverified") == "#1 Canis incognitus (Ghost dog), by ann"
    animals("verify", "Canis", "incognitus")
    assert animals("unverified") == ""
    animals("doubt", "Canis", "incognitus")
    assert Animal.objects.get().verified is False
    with pytest.raises(CommandError, match="no animal Canis lupus"):
        animals("verify", "Canis", "lupus")
