"""An import as work: it survives a killed worker, is its owner's alone, and waits its turn."""

import io
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

import make
from biologidex.accounts.models import User
from biologidex.core.jobs import runner
from biologidex.core.models import Job
from biologidex.dex.exchange import files, services, taking
from biologidex.dex.exchange.errors import TooManyAtOnce
from biologidex.dex.models import DexEntry, ImportRow, ImportRun
from biologidex.media.errors import DarkroomBusy
from dex.exchange.conftest import EXAMPLES, Download, Send

pytestmark = pytest.mark.django_db
IMPORTS = "/api/v1/dex/import/"


@pytest.fixture
def wolves(ann: User) -> bytes:
    """A file of three finds of two animals."""
    make.taxon("Canis lupus")
    make.taxon("Vulpes vulpes")
    return b"scientific_name,catch_date\nCanis lupus,2024-01-01\nVulpes vulpes,\nCanis lupus,2023-01-01\n"


def _waiting(person: User, content: bytes) -> ImportRun:
    run, _ = services.begin(by=person, pieces=[content], filename="finds.csv")
    return run


def _post(api: APIClient, content: bytes, name: str = "finds.csv") -> Any:
    return api.post(IMPORTS, {"file": SimpleUploadedFile(name, content)}, format="multipart")


def test_a_file_is_taken_at_once_and_read_later(api: APIClient, ann: User, wolves: bytes) -> None:
    api.force_authenticate(ann)

    answer = _post(api, wolves, "../my finds.csv")

    assert answer.status_code == 202
    told = answer.json()
    assert (told["state"], told["total"], told["done"], told["filename"]) == ("waiting", 3, 0, "my finds.csv")
    assert not DexEntry.objects.exists()
    runner.run_due()
    assert api.get(f"{IMPORTS}{told['id']}/").json()["state"] == "done"
    assert DexEntry.objects.count() == 2


def test_the_same_file_sent_twice_in_a_row_is_one_import(
    api: APIClient, ann: User, wolves: bytes, media_folder: Path
) -> None:
    api.force_authenticate(ann)

    first, second = _post(api, wolves), _post(api, wolves)

    assert (first.status_code, second.status_code) == (202, 200)
    assert first.json()["id"] == second.json()["id"]
    assert Job.objects.count() == 1
    assert len(list((media_folder / "imports").iterdir())) == 1


def test_a_killed_worker_loses_nothing_and_repeats_nothing(
    ann: User, wolves: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = _waiting(ann, wolves)
    real, taken = taking.take, []

    def killed(*line: Any) -> None:
        if len(taken) == 2:
            raise KeyboardInterrupt
        taken.append(line[2])
        real(*line)

    monkeypatch.setattr(services, "take", killed)
    with pytest.raises(KeyboardInterrupt):
        runner.run_one()
    monkeypatch.setattr(services, "take", real)
    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    runner.run_due()

    run.refresh_from_db()
    assert (run.state, list(run.rows.order_by("number").values_list("outcome", flat=True))) == (
        "done",
        ["imported", "imported", "joined"],
    )


def test_two_workers_on_one_file_take_each_line_once(ann: User, wolves: bytes) -> None:
    run = ImportRun.objects.select_related("owner__profile").get(pk=_waiting(ann, wolves).pk)
    with files.opened(run.pk) as content, services.recognised(content) as source:
        (first, *_) = source.rows()
        taking.take(run, source, 1, first)
        taking.take(run, source, 1, first)

    assert ImportRow.objects.get().outcome == "imported"
    assert DexEntry.objects.get().import_rows.count() == 1


def test_a_busy_darkroom_puts_the_import_off(
    fox: DexEntry, eve: User, download: Download, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = _waiting(eve, download("zip"))

    def busy(**_: Any) -> None:
        raise DarkroomBusy("Later.")

    monkeypatch.setattr(taking.media, "store_photo", busy)
    runner.run_one()

    assert Job.objects.get().state == "queued"
    assert not run.rows.exists()


def test_an_import_that_cannot_end_says_so_and_its_file_goes(
    ann: User, wolves: bytes, media_folder: Path
) -> None:
    run = _waiting(ann, wolves)
    files.remove(run.pk)
    for _ in range(5):
        Job.objects.update(run_after=timezone.now())
        runner.run_one()

    run.refresh_from_db()
    assert (run.state, Job.objects.get().state) == ("failed", "dead")
    assert "send the file again" in run.message
    assert run.finished_at


def test_only_the_person_who_sent_a_file_sees_what_became_of_it(
    api: APIClient, ann: User, eve: User, wolves: bytes
) -> None:
    run = _waiting(ann, wolves)
    api.force_authenticate(eve)

    assert api.get(f"{IMPORTS}{run.pk}/").status_code == 404
    assert api.get(f"{IMPORTS}{run.pk}/rows/").status_code == 404
    assert api.get(IMPORTS).json()["results"] == []
    api.force_authenticate(None)
    assert api.get(IMPORTS).status_code == _post(api, wolves).status_code == 401


def test_a_person_has_three_files_read_at_once(api: APIClient, ann: User, wolves: bytes) -> None:
    api.force_authenticate(ann)
    for number in range(3):
        assert _post(api, wolves + b"Canis lupus,\n" * (number + 1)).status_code == 202

    answer = _post(api, wolves)

    assert (answer.status_code, answer.json()["code"]) == (409, "too_many_imports")


def test_a_file_too_many_is_not_even_looked_through(
    api: APIClient, ann: User, wolves: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    api.force_authenticate(ann)
    sent = [wolves + b"Canis lupus,\n" * (number + 1) for number in range(3)]
    for content in sent:
        _post(api, content)
    monkeypatch.setattr(services, "recognised", None)

    assert [_post(api, content).status_code for content in (wolves, sent[0])] == [409, 200]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_of_files_that_come_at_once_three_are_taken(media_folder: Path, settings: Any) -> None:
    settings.JOBS_DOORBELL = "biologidex.core.jobs.threads.ring"  # nobody reads them yet
    ann, start = make.user("ann"), threading.Barrier(8)

    def give(number: int) -> str:
        start.wait()
        try:
            _waiting(ann, b"scientific_name,catch_date\n" + b"Canis lupus,\n" * (number + 1))
        except TooManyAtOnce:
            return "too many"
        finally:
            connections.close_all()
        return "taken"

    with ThreadPoolExecutor(8) as phones:
        outcomes = list(phones.map(give, range(8)))

    assert sorted(outcomes) == ["taken"] * 3 + ["too many"] * 5
    assert len(list((media_folder / "imports").iterdir())) == 3


@pytest.mark.parametrize(("fields", "field"), [({}, "file"), ({"file": "text"}, "file")])
def test_a_request_without_a_file_names_what_is_missing(
    api: APIClient, ann: User, fields: dict[str, str], field: str
) -> None:
    api.force_authenticate(ann)

    answer = api.post(IMPORTS, fields, format="multipart")

    assert (answer.status_code, list(answer.json())) == (400, [field])


@pytest.mark.parametrize("count", [1, 3])
def test_lists_of_imports_and_lines_take_as_many_queries_whatever_their_length(
    api: APIClient, ann: User, send: Send, count: int
) -> None:
    make.taxon("Canis lupus")
    for number in range(count):
        table = "scientific_name,catch_date\n" + "Canis lupus,\n" * (number + 1)
        run = send(ann, table.encode())

    with CaptureQueriesContext(connection) as listing:
        assert len(api.get(IMPORTS).json()["results"]) == count
    with CaptureQueriesContext(connection) as lines:
        assert len(api.get(f"{IMPORTS}{run['id']}/rows/").json()["results"]) == count

    assert (len(listing), len(lines)) == (2, 3)


def test_files_that_nobody_will_read_go_after_an_hour(
    ann: User, wolves: bytes, media_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting, orphan = _waiting(ann, wolves).pk, uuid4()
    files.keep(orphan, io.BytesIO(b"left behind"))
    services.sweep()
    kept = {UUID(file.name) for file in (media_folder / "imports").iterdir()}
    monkeypatch.setattr(files, "GRACE", timedelta(0))

    services.sweep()

    assert kept == {waiting, orphan}
    assert {UUID(file.name) for file in (media_folder / "imports").iterdir()} == {waiting}


def test_the_file_goes_when_it_has_been_read(
    ann: User, send: Send, wolves: bytes, media_folder: Path
) -> None:
    send(ann, wolves)

    assert list((media_folder / "imports").iterdir()) == []


def test_the_command_reads_a_file_and_tells_what_needs_a_look(ann: User, capsys: Any, settings: Any) -> None:
    make.taxon("Vulpes vulpes")
    settings.MAX_UPLOAD_MB = 0  # whoever sits at the server sends what they like

    call_command("import", "ann", EXAMPLES / "inaturalist_export.csv")

    told = capsys.readouterr().out
    assert "line 6: “Fagus sylvatica” is not the name of an animal that this server knows." in told
    assert "line 7, observed_on: “2024-13-40” is not a date" in told
    assert "5 finds in the file: 1 imported, 1 joined, 0 known, 2 unclear, 1 refused." in told
    assert DexEntry.objects.get().owner == ann


def test_the_command_refuses_in_one_sentence(ann: User, tmp_path: Path) -> None:
    (tmp_path / "no.csv").write_text("no table")
    for name, file, sentence in (
        ("zoe", EXAMPLES / "ebird_life_list.csv", "nobody called zoe"),
        ("ann", tmp_path / "no.csv", "not known here"),
        ("ann", tmp_path / "none.csv", "cannot be read"),
    ):
        with pytest.raises(CommandError, match=sentence):
            call_command("import", name, file)
