"""A file on trial: what taking it in would do is told line by line, and nothing is done before its owner's yes."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

import make
from biologidex.accounts.models import User
from biologidex.core.jobs import runner
from biologidex.dex.exchange import files, services
from biologidex.dex.exchange.errors import NothingToConfirm
from biologidex.dex.models import DexEntry, ImportRun

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media_folder")]
FILE = (
    b"scientific_name,catch_date,visibility\n"
    b"Canis lupus,2024-01-01,private\n"
    b"Canis lupus,2024-02-01,private\n"
    b"Canis lupus,2024-01-01,private\n"
    b"Vulpes vulpes,2024-01-01,\n"
    b"Nobody knows,2024-01-01,\n"
    b"Canis lupus,yesterday,\n"
)
EACH = ["imported", "joined", "known", "joined", "unclear", "refused"]


@pytest.fixture
def taxa(ann: User) -> None:
    """Wolf and fox are known here; Ann shows a fox to her friends."""
    make.taxon("Canis lupus")
    make.dex_entry(ann, animal=make.animal(make.taxon("Vulpes vulpes")), visibility="friends")


def tried(person: User, content: bytes = FILE) -> ImportRun:
    run, _ = services.begin(by=person, pieces=[content], filename="finds.csv", is_trial=True)
    runner.run_due()
    return ImportRun.objects.get(pk=run.pk)


def outcomes(run: ImportRun) -> list[str]:
    return list(run.rows.order_by("number").values_list("outcome", flat=True))


def kept(run: ImportRun) -> bool:
    return default_storage.exists(f"imports/{run.pk}")


@pytest.mark.usefixtures("taxa")
def test_each_line_is_told_what_it_would_become_and_becomes_nothing(ann: User) -> None:
    run = tried(ann)

    assert run.state == "checked"
    assert outcomes(run) == EACH
    fox, unknown, broken = run.rows.order_by("number")[3:]
    assert fox.message.startswith("Others see your card")
    assert "Nobody knows" in unknown.message
    assert (broken.line, broken.column) == (7, "catch_date")
    assert DexEntry.objects.filter(owner=ann).count() == 1


@pytest.mark.usefixtures("taxa")
def test_what_was_foretold_is_what_becomes_of_it(ann: User) -> None:
    run = tried(ann)
    foretold = outcomes(run)

    services.confirm(by=ann, run=run)
    services.confirm(by=ann, run=run)
    runner.run_due()
    run.refresh_from_db()

    assert (run.state, outcomes(run)) == ("done", foretold)
    assert DexEntry.objects.filter(owner=ann).count() == 2
    assert not kept(run)
    assert outcomes(tried(ann)) == ["known"] * 4 + ["unclear", "refused"]


@pytest.mark.usefixtures("taxa")
def test_a_trial_that_was_cut_short_begins_anew(ann: User, monkeypatch: pytest.MonkeyPatch) -> None:
    run, _ = services.begin(by=ann, pieces=[FILE], is_trial=True)
    run.rows.create(number=1, line=2, outcome="refused")

    services.carry_out(run_id=run.pk)

    assert outcomes(run) == EACH


@pytest.mark.usefixtures("taxa")
def test_no_only_forgets_and_the_latest_file_is_the_one_that_waits(ann: User, bob: User) -> None:
    first = tried(ann)
    second = tried(ann, FILE + b"Canis lupus,2020-01-01,\n")

    assert not kept(first)
    with pytest.raises(NothingToConfirm):
        services.confirm(by=ann, run=first)
    with pytest.raises(NothingToConfirm):
        services.confirm(by=bob, run=second)
    services.discard(by=bob, run=second)
    assert kept(second)
    services.discard(by=ann, run=second)
    assert not kept(second)
    assert not ImportRun.objects.exists()


@pytest.mark.usefixtures("taxa")
def test_a_file_that_is_never_confirmed_is_gone_after_a_day(
    ann: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = tried(ann)
    monkeypatch.setattr(files, "GRACE", timedelta(0))

    services.sweep()
    assert kept(run)
    ImportRun.objects.update(created_at=timezone.now() - timedelta(days=1, minutes=1))
    services.sweep()

    assert not kept(run)
    assert not ImportRun.objects.exists()


@pytest.mark.usefixtures("taxa")
def test_whoever_leaves_takes_a_file_on_trial_along(ann: User, media_folder: Path) -> None:
    tried(ann)

    services.remove_files(owner_id=ann.pk)

    assert list((media_folder / "imports").iterdir()) == []
