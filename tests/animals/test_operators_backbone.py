"""An operator's own backbone: taken in from either kind of archive, resumable, and no card is ever lost by it."""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from rest_framework.test import APIClient

import make
from animals.archives import ENGLISH, WORLD, Name, coldp, dwca
from biologidex.accounts.models import User
from biologidex.animals.errors import BadArchive, OlderVersion
from biologidex.animals.importers import applying, operator, staging
from biologidex.animals.models import Backbone, Taxon, TaxonChange, TaxonName, TaxonomyImport
from biologidex.animals.selectors import search_taxa, taxon_for
from biologidex.animals.services import Named, lookup_or_create
from biologidex.dex.selectors import needing_a_look

pytestmark = pytest.mark.django_db
Write = Callable[..., Path]


def quiet(*_: Any) -> None:
    """Report nothing."""


def take_in(place: Path, version: str = "2026.1", **options: Any) -> TaxonomyImport:
    return operator.take_in(place, source="col", version=version, report=quiet, **options)


def changes(version: str) -> set[tuple[str, str, str]]:
    return set(TaxonChange.objects.filter(version=version).values_list("kind", "before", "after"))


def but(*changed: Name, without: str = "") -> list[Name]:
    """The same world with some rows in place of others, or more of them."""
    rows = {one.id: one for one in WORLD if one.id != without}
    return list((rows | {one.id: one for one in changed}).values())


@pytest.mark.parametrize("write", [coldp, dwca])
def test_both_kinds_of_archive_make_the_same_taxa(tmp_path: Path, write: Write) -> None:
    run = take_in(write(tmp_path / "names.zip"))

    wolf = taxon_for(scientific_name="Canis lupus")
    assert run.state == "done"
    assert wolf
    assert (wolf.kingdom, wolf.phylum, wolf.class_name, wolf.family, wolf.genus, wolf.species) == (
        "Animalia", "Chordata", "Mammalia", "Canidae", "Canis", "Canis lupus",
    )  # fmt: skip
    assert (wolf.common_name, wolf.source, wolf.source_id) == ("Timber wolf", "col", "1")
    assert taxon_for(scientific_name="Canis nubilus") == wolf
    assert search_taxa("prairie wolf") == [taxon_for(scientific_name="Canis latrans")]
    assert not TaxonChange.objects.exists()
    assert Backbone.objects.get(source="col").taxa == 7


def test_a_folder_is_an_archive_too(tmp_path: Path) -> None:
    (tmp_path / "NameUsage.tsv").write_text(
        "ID\tparentID\tstatus\trank\tscientificName\n1\t\taccepted\tphylum\tMollusca\n"
    )

    take_in(tmp_path)

    assert taxon_for(scientific_name="Mollusca")


def test_what_is_known_already_is_referred_to_and_not_made_twice(tmp_path: Path) -> None:
    wolf = make.taxon(
        "Canis lupus", common_name="Gray wolf", phylum="Chordata", source="ncbi", source_id="9612"
    )
    plant = make.taxon("Canis latrans", phylum="Streptophyta")

    take_in(coldp(tmp_path / "names.zip"))

    assert Taxon.objects.get(scientific_name="Canis lupus") == wolf
    assert wolf.references.get().source_id == "1"
    assert Taxon.objects.get(pk=wolf.pk).common_name == "Gray wolf"
    assert search_taxa("timber wolf") == [wolf]
    assert Taxon.objects.filter(scientific_name="Canis latrans").exclude(pk=plant.pk).exists()


def test_the_same_version_again_changes_nothing(tmp_path: Path) -> None:
    place = coldp(tmp_path / "names.zip")
    take_in(place)
    before = list(Taxon.objects.values()), TaxonName.objects.count()

    take_in(place)

    assert (list(Taxon.objects.values()), TaxonName.objects.count()) == before


def test_an_older_version_is_refused_unless_it_is_forced(tmp_path: Path) -> None:
    take_in(coldp(tmp_path / "new.zip"), "2026.10")

    with pytest.raises(OlderVersion):
        take_in(coldp(tmp_path / "old.zip"), "2026.9")
    take_in(coldp(tmp_path / "old.zip"), "2026.9", force=True)

    assert Backbone.objects.get(source="col").version == "2026.9"


NEXT = [
    ([Name("3", "G", "species", "Canis aureus")], "", {("new", "", "Canis aureus")}),
    ([Name("2", "G", "species", "Canis latransis")], "", {("renamed", "Canis latrans", "Canis latransis")}),
    (
        [Name("H", "F", "genus", "Lupulella"), Name("2", "H", "species", "Canis latrans")],
        "",
        {("new", "", "Lupulella"), ("moved", "Canis", "Lupulella")},
    ),
    (
        [Name("2", "1", "species", "Canis latrans", "synonym")],
        "",
        {("synonym", "Canis latrans", "Canis lupus"), ("merged", "Canis lupus", "with Canis latrans")},
    ),
    (
        [Name("1s", "G", "species", "Canis nubilus")],
        "",
        {("new", "", "Canis nubilus"), ("split", "Canis lupus", "without Canis nubilus")},
    ),
    ([], "2", {("vanished", "Canis latrans", "")}),
]


@pytest.mark.parametrize(("changed", "gone", "expected"), NEXT, ids=[min(told)[0] for *_, told in NEXT])
def test_a_newer_version_tells_what_it_changes(
    tmp_path: Path, changed: list[Name], gone: str, expected: set[tuple[str, str, str]]
) -> None:
    take_in(coldp(tmp_path / "one.zip"), "1")
    ids = dict(Taxon.objects.values_list("source_id", "pk"))

    run = take_in(coldp(tmp_path / "two.zip", but(*changed, without=gone)), "2")

    assert changes("2") == expected
    kept = dict(Taxon.objects.values_list("source_id", "pk"))
    assert ids.items() <= kept.items()
    report = tmp_path / "report.csv"
    assert operator.write_report(run, report) == len(expected)
    rows = csv.DictReader(report.read_text(encoding="utf-8").splitlines())
    assert {(row["change"], row["before"], row["after"]) for row in rows} == expected


@pytest.mark.parametrize(
    ("changed", "flagged"),
    [
        (Name("2", "1", "species", "Canis latrans", "synonym"), {"Canis lupus", "Canis latrans"}),
        (Name("1s", "G", "species", "Canis nubilus"), {"Canis lupus"}),
        (Name("3", "G", "species", "Canis aureus"), set()),
    ],
)
def test_cards_whose_animal_was_split_or_joined_are_flagged_and_none_is_lost(
    api: APIClient, ann: User, tmp_path: Path, changed: Name, flagged: set[str]
) -> None:
    take_in(coldp(tmp_path / "one.zip"), "1")
    cards = {
        name: make.dex_entry(ann, animal=make.animal(Taxon.objects.get(scientific_name=name)))
        for name in ("Canis lupus", "Canis latrans")
    }

    take_in(coldp(tmp_path / "two.zip", but(changed)), "2")

    assert needing_a_look([card.pk for card in cards.values()]) == {cards[name].pk for name in flagged}
    api.force_authenticate(ann)
    told = api.get("/api/v1/dex/entries/my_entries/").json()["results"]
    assert {one["scientific_name"] for one in told if one["needs_review"]} == flagged
    assert {one["scientific_name"] for one in told} == set(cards)


def test_whoever_says_again_what_it_is_has_looked(ann: User, api: APIClient, tmp_path: Path) -> None:
    take_in(coldp(tmp_path / "one.zip"), "1")
    card = make.dex_entry(ann, animal=make.animal(Taxon.objects.get(scientific_name="Canis lupus")))
    take_in(coldp(tmp_path / "two.zip", but(Name("1s", "G", "species", "Canis nubilus"))), "2")
    api.force_authenticate(ann)

    told = api.put(f"/api/v1/dex/entries/{card.pk}/", {"animal": str(card.animal_id)}).json()

    assert told["needs_review"] is False


@pytest.mark.parametrize("place", ["_keep", "write", "_write_synonyms"])
def test_an_interrupted_import_goes_on_where_it_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    archive = coldp(
        tmp_path / "names.zip",
        [*WORLD, *(Name(f"x{n}", "G", "species", f"Canis x{'ab' * n}us") for n in range(1, 9))],
    )
    monkeypatch.setattr(staging, "BATCH", 3)
    monkeypatch.setattr(applying, "BATCH", 3)
    home = {"_keep": staging, "write": applying._Batch, "_write_synonyms": applying}[place]
    whole, calls = getattr(home, place), [0]

    def cut(*args: Any) -> Any:
        calls[0] += 1
        if calls[0] == (1 if place == "_write_synonyms" else 3):
            raise KeyboardInterrupt
        return whole(*args)

    monkeypatch.setattr(home, place, cut)
    with pytest.raises(KeyboardInterrupt):
        take_in(archive)
    half = TaxonomyImport.objects.get()

    take_in(archive)

    assert half.state != "done"
    assert Taxon.objects.filter(source="col").count() == 15
    assert taxon_for(scientific_name="Canis nubilus") == taxon_for(scientific_name="Canis lupus")
    assert not half.names.exists()


def test_only_animals_are_taken(tmp_path: Path) -> None:
    plants = [Name("P", "", "kingdom", "Plantae"), Name("R", "P", "genus", "Rosa")]

    take_in(coldp(tmp_path / "names.zip", [*WORLD, *plants]))

    assert taxon_for(scientific_name="Rosa") is None


def test_what_cannot_be_a_name_stands_for_its_parent(tmp_path: Path) -> None:
    odd = [Name("O", "F", "unranked", "incertae sedis"), Name("9", "O", "genus", "Cuon")]

    take_in(coldp(tmp_path / "names.zip", [*WORLD, *odd]))

    dhole = taxon_for(scientific_name="Cuon")
    assert dhole
    assert dhole.parent == taxon_for(scientific_name="Canidae")


HEAD = "ID\tparentID\tstatus\trank\tscientificName\n"
GOOD = "1\t\taccepted\tgenus\tCanis\n"
BROKEN = [
    ("NameUsage.tsv", "ID\tstatus\n1\taccepted\n", "no column parentid"),
    ("Other.tsv", "x\n", "NameUsage.tsv; that file is missing"),
    ("NameUsage.tsv", HEAD + "1\t\taccepted\n", "line 2: 3 columns"),
    ("NameUsage.tsv", HEAD.encode() + b"1\t\taccepted\tgenus\tCan\xff\n", "cannot be read"),
    ("NameUsage.tsv", HEAD + "1\t7\taccepted\tgenus\tCanis\n", "Line 2: Canis hangs on the id 7"),
    ("NameUsage.tsv", HEAD + GOOD + GOOD, "Line 3: the id 1 has been used"),
    ("NameUsage.tsv", HEAD, "no accepted name"),
    ("meta.xml", "<archive", "no XML"),
    ("meta.xml", '<archive xmlns="http://rs.tdwg.org/dwc/text/"/>', "holds no taxa"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "content", "sentence"), BROKEN, ids=[sentence for *_, sentence in BROKEN])
def test_a_broken_archive_is_refused_by_file_and_line_and_leaves_nothing(
    tmp_path: Path, name: str, content: str | bytes, sentence: str
) -> None:
    (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())

    with pytest.raises(BadArchive) as refused:
        take_in(tmp_path)

    assert sentence in refused.value.message
    assert not Taxon.objects.exists()
    assert not TaxonomyImport.objects.exists()


def test_the_command_tells_how_it_goes_and_what_changed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, two = coldp(tmp_path / "one.zip"), coldp(tmp_path / "two.zip", but(without="2"), ENGLISH[:1])
    call_command("import_taxonomy", str(one), source="col", release="1")

    call_command("import_taxonomy", str(two), source="col", release="2", report=tmp_path / "changes.csv")

    said = capsys.readouterr()
    assert "col 2: 6 taxa, 7 names, 1 with an English name" in said.out
    assert "Changes: 1 vanished." in said.out
    assert "Placing taxa: 1 of 7" in said.err
    assert "a second" in said.err
    assert (tmp_path / "changes.csv").exists()


@pytest.mark.parametrize(("source", "release"), [("ncbi", "1"), ("Col Source", "1"), ("col", "")])
def test_the_command_refuses_what_cannot_be(tmp_path: Path, source: str, release: str) -> None:
    with pytest.raises(CommandError):
        call_command("import_taxonomy", str(coldp(tmp_path / "one.zip")), source=source, release=release)


def test_what_a_player_has_named_is_verified_once_a_backbone_has_it(tmp_path: Path, ann: User) -> None:
    make.taxon("Canis", rank="genus", phylum="Chordata", genus="Canis")
    animal, _ = lookup_or_create(by=ann, named=Named("Canis latrans"))
    assert not animal.verified

    take_in(coldp(tmp_path / "names.zip"))

    animal.refresh_from_db()
    assert animal.verified
    assert Taxon.objects.filter(scientific_name="Canis latrans").count() == 1
