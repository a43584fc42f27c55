"""Finds from other sites: what is clear is taken in, privately; what is not is kept with its line and the reason."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from rest_framework.test import APIClient

import make
from biologidex.accounts.models import User
from biologidex.animals.models import Taxon
from biologidex.dex.models import DexEntry
from dex.exchange.conftest import Send, example

pytestmark = pytest.mark.django_db
Rows = Callable[..., list[dict[str, Any]]]
OUTCOMES = ("imported", "joined", "known", "unclear", "refused")


@pytest.fixture(autouse=True)
def _known_animals(ann: User) -> None:
    make.taxon("Vulpes vulpes", common_name="Red fox", english=["Fox"])
    make.taxon("Canis lupus", common_name="Gray wolf")
    make.taxon("Anas platyrhynchos", common_name="Mallard")
    make.taxon("Columba livia", common_name="Rock pigeon")
    make.taxon("Branta canadensis", common_name="Canada goose")


def _card(name: str) -> DexEntry:
    return DexEntry.objects.get(animal__taxon__scientific_name=name)


def _counts(run: dict[str, Any]) -> dict[str, int]:
    return {outcome: run[outcome] for outcome in OUTCOMES if run[outcome]}


def test_an_export_of_inaturalist_becomes_private_cards_and_a_report(
    ann: User, send: Send, rows: Rows
) -> None:
    run = send(ann, example("inaturalist_export.csv"))

    assert (run["kind"], run["total"], run["done"]) == ("inaturalist", 5, 5)
    assert _counts(run) == {"imported": 2, "joined": 1, "unclear": 1, "refused": 1}
    unclear, refused = rows(run, outcome="unclear"), rows(run, outcome="refused")
    assert [(row["line"], row["name"]) for row in unclear] == [(6, "Fagus sylvatica")]
    assert "not the name of an animal" in unclear[0]["message"]
    assert [(row["line"], row["column"]) for row in refused] == [(7, "observed_on")]
    assert "2024-13-40" in refused[0]["message"]
    assert set(DexEntry.objects.values_list("visibility", flat=True)) == {"private"}


def test_a_card_tells_of_the_first_find_with_its_own_place(ann: User, send: Send) -> None:
    send(ann, example("inaturalist_export.csv"))

    fox = _card("Vulpes vulpes")
    assert fox.catch_date == date(2023, 4, 1)
    assert (fox.latitude, fox.longitude, fox.place_name) == (47.456789, 8.456789, "Secret Meadow")
    assert fox.geoprivacy == "obscured"
    assert (fox.license, fox.establishment) == ("CC-BY-NC-4.0", "wild")
    assert fox.notes == "Crossed the path, looked back.\nGone."


def test_what_a_site_hides_stays_hidden(ann: User, send: Send) -> None:
    ann.profile.default_geoprivacy = "open"
    ann.profile.save()

    send(ann, example("inaturalist_export.csv"))

    wolf = _card("Canis lupus")
    assert (wolf.geoprivacy, wolf.accuracy_m) == ("obscured", 28_000)  # the taxon is obscured there
    assert (wolf.establishment, wolf.license) == ("captive", "CC0-1.0")


def test_the_same_file_again_changes_nothing(ann: User, send: Send) -> None:
    send(ann, example("inaturalist_export.csv"))
    before = list(DexEntry.objects.order_by("pk").values())

    run = send(ann, example("inaturalist_export.csv"))

    assert _counts(run) == {"known": 3, "unclear": 1, "refused": 1}
    assert list(DexEntry.objects.order_by("pk").values()) == before


def test_what_was_unclear_comes_in_once_its_animal_is_known_here(ann: User, send: Send) -> None:
    send(ann, example("inaturalist_export.csv"))
    make.taxon("Fagus sylvatica")

    assert _counts(send(ann, example("inaturalist_export.csv")))["imported"] == 1


def test_a_card_that_was_deleted_can_be_had_again(ann: User, send: Send) -> None:
    send(ann, example("ebird_all_data.csv"))
    DexEntry.objects.all().delete()

    assert _counts(send(ann, example("ebird_all_data.csv"))) == {"imported": 2, "joined": 1}


def test_the_columns_for_sending_to_inaturalist_are_read_by_their_order(
    ann: User, send: Send, rows: Rows
) -> None:
    run = send(ann, example("inaturalist_upload.csv"))

    fox = _card("Vulpes vulpes")
    assert (run["kind"], _counts(run)) == ("inaturalist-upload", {"imported": 1, "refused": 1})
    assert (fox.catch_date, fox.place_name, fox.geoprivacy) == (
        date(2024, 5, 17),
        "Example Forest",
        "private",
    )
    (refused,) = rows(run, outcome="refused")
    assert (refused["line"], refused["column"]) == (3, "latitude")


def test_a_life_list_of_ebird_comes_in_by_scientific_name(ann: User, send: Send, rows: Rows) -> None:
    run = send(ann, example("ebird_life_list.csv"))

    mallard = _card("Anas platyrhynchos")
    assert (run["kind"], _counts(run)) == ("ebird", {"imported": 2, "unclear": 4})
    assert (mallard.catch_date, mallard.place_name) == (date(2024, 8, 19), "Example Pond, north side")
    assert (mallard.latitude, mallard.visibility) == (None, "private")
    assert _card("Columba livia").verbatim_identification == "Columba livia (Feral Pigeon)"
    assert [row["line"] for row in rows(run, outcome="unclear")] == [4, 5, 6, 7]


def test_all_data_of_ebird_have_places_notes_and_the_first_day(ann: User, send: Send) -> None:
    run = send(ann, example("ebird_all_data.csv"))

    mallard = _card("Anas platyrhynchos")
    assert _counts(run) == {"imported": 2, "joined": 1}
    assert (mallard.catch_date, mallard.latitude) == (date(2021, 3, 5), 47.3667)
    assert mallard.notes == 'Two pairs, one "green"'
    assert _card("Branta canadensis").catch_date == date(2020, 3, 5)


def test_a_card_with_a_photo_keeps_what_it_says(ann: User, send: Send) -> None:
    fox = DexEntry.objects.get(
        pk=make.dex_entry(
            ann, animal=make.animal(_taxon("Vulpes vulpes")), catch_date=date(2025, 1, 1), visibility="public"
        ).pk
    )

    send(ann, example("inaturalist_export.csv"))

    after = DexEntry.objects.get(pk=fox.pk)
    assert (after.catch_date, after.place_name, after.visibility) == (fox.catch_date, "", "public")


def _taxon(name: str) -> Any:
    return make.Taxon.objects.get(scientific_name=name)


def test_an_english_name_counts_where_it_means_one_animal_only(ann: User, send: Send, rows: Rows) -> None:
    make.taxon("Coluber robini", common_name="Robin")
    make.taxon("Erithacus rubecula", common_name="European robin", english=["Robin"])
    table = "Row #,Species,Location,Date,SubID\n1,Fox,Wood,2024-05-01,S1\n2,Robin,Wood,2024-05-01,S2\n"

    run = send(ann, table.encode())

    assert _counts(run) == {"imported": 1, "unclear": 1}
    (unclear,) = rows(run, outcome="unclear")
    assert "Coluber robini, Erithacus rubecula" in unclear["message"]


def test_long_notes_are_cut_and_the_report_says_so(ann: User, send: Send, rows: Rows) -> None:
    table = f"observed_on,scientific_name,description\n2024-01-01,Canis lupus,{'long ' * 500}\n"

    run = send(ann, table.encode())

    (row,) = rows(run)
    assert row["outcome"] == "imported"
    assert "only the first 2000 of 2499 characters" in row["message"]


BAD_CELLS = [
    ("latitude", "47,1"),
    ("latitude", "nan"),
    ("longitude", "180.5"),
    ("longitude", ""),
    ("positional_accuracy", "-5"),
    ("observed_on", "2999-01-01"),
    ("observed_on", "1700-01-01"),
    ("geoprivacy", "secret"),
    ("captive_cultivated", "maybe"),
    ("description", "a\x00b"),
]


@pytest.mark.parametrize(("column", "value"), BAD_CELLS)
def test_a_bad_cell_refuses_its_line_alone_and_names_the_column(
    ann: User, send: Send, rows: Rows, column: str, value: str
) -> None:
    good = {
        "observed_on": "2024-01-01",
        "scientific_name": "Canis lupus",
        "latitude": "47.1",
        "longitude": "8.2",
        "positional_accuracy": "5",
        "geoprivacy": "",
        "captive_cultivated": "",
        "description": "",
    }
    lines = [good, good | {column: value, "scientific_name": "Vulpes vulpes"}]
    table = "\n".join([",".join(good), *(",".join(f'"{cell}"' for cell in line.values()) for line in lines)])

    run = send(ann, table.encode())

    assert _counts(run) == {"imported": 1, "refused": 1}
    (row,) = rows(run, outcome="refused")
    assert (row["line"], row["name"]) == (3, "Vulpes vulpes")
    assert row["column"] == column
    assert row["message"]


ENCODINGS = ["utf-8", "utf-8-sig", "utf-16"]


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_tables_are_read_as_spreadsheets_save_them(
    ann: User, send: Send, encoding: str, delimiter: str
) -> None:
    table = "observed_on,scientific_name,description\r\n2024-01-01,Canis lupus,Kühl\r\n".replace(
        ",", delimiter
    )

    send(ann, table.encode(encoding))

    assert _card("Canis lupus").notes == "Kühl"


@pytest.mark.parametrize("created_at", ["1900-01-01T00:00:00+00:00", "2020-01-01T00:00:00+00:00"])
def test_a_moment_in_a_file_decides_nothing_about_who_found_an_animal_first(
    api: APIClient, ann: User, bob: User, send: Send, created_at: str
) -> None:
    fox = make.animal(Taxon.objects.get(scientific_name="Vulpes vulpes"))
    make.dex_entry(ann, animal=fox, visibility="private")
    line = {"id": str(uuid4()), "scientific_name": "Vulpes vulpes", "created_at": created_at}
    told = {"format": "biologidex-finds", "version": 1, "entries": [line]}

    assert send(bob, json.dumps(told).encode(), "finds.json")["imported"] == 1

    assert api.get("/api/v1/dex/stats/").json()["first_finds"] == 0
    assert "user_id" not in api.get(f"/api/v1/animals/{fox.pk}/first_finder/").json()
