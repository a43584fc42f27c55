"""Finds as files on pages: out in every form, and in after a look at what that would do."""

import json
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

import make
from biologidex.accounts.models import User
from biologidex.core.jobs import runner
from biologidex.dex.models import DexEntry, ImportRun

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media_folder")]
PATH = "/settings/data/"
FILE = b"scientific_name,catch_date,notes\nCanis lupus,2024-01-01,<script>alert(1)</script>\n<img src=x>,2024-01-01,\n"


@pytest.fixture
def wolf(db: None) -> None:
    """The wolf is known here."""
    make.taxon("Canis lupus")


def sent(browser: Client, content: bytes = FILE, name: str = "finds.csv") -> Any:
    return browser.post(PATH, {"file": SimpleUploadedFile(name, content)})


def tried(browser: Client) -> ImportRun:
    sent(browser)
    runner.run_due()
    return ImportRun.objects.get()


@pytest.mark.parametrize("kind", ["csv", "json", "dwca", "zip"])
def test_every_form_is_offered_and_downloads_ones_own_finds(
    anns: Client, ann: User, eve: User, kind: str
) -> None:
    mine, others = make.dex_entry(ann, notes="my own"), make.dex_entry(eve, notes="not mine")
    assertContains(anns.get(PATH), f'href="{PATH}export/{kind}/"')

    answer = anns.get(f"{PATH}export/{kind}/")
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]

    assert answer["Content-Disposition"].startswith('attachment; filename="biologidex-')
    assert "no-store" in answer["Cache-Control"]
    if kind == "zip":
        content = zipfile.ZipFile(BytesIO(content)).read("entries.json")
    if kind == "json":
        assert json.loads(content)
    if kind != "dwca":  # nothing of this is licensed to be passed on
        assert b"my own" in content
        assert str(mine.pk).encode() in content
    assert str(others.pk).encode() not in content


def test_no_other_form_is_given_out_and_nobody_elses_finds(browser: Client, anns: Client) -> None:
    assert anns.get(f"{PATH}export/pdf/").status_code == 404
    assertRedirects(browser.get(f"{PATH}export/csv/"), f"/sign-in/?next={PATH}export/csv/")


def test_all_that_is_kept_is_one_press_away(anns: Client) -> None:
    assertContains(anns.get(PATH), 'href="/api/v1/users/me/export/"')

    answer = anns.get("/api/v1/users/me/export/")
    answer.close()

    assert (answer.status_code, answer["Content-Type"]) == (200, "application/zip")


@pytest.mark.usefixtures("wolf")
def test_a_file_is_tried_first_and_imported_after_a_yes(anns: Client, ann: User) -> None:
    answer = sent(anns)
    run = ImportRun.objects.get()
    page = f"{PATH}import/{run.pk}/"
    assertRedirects(answer, page)
    assertContains(anns.get(page), "Looking through the file")
    assertContains(anns.get(page), '<noscript><meta http-equiv="refresh"')
    assertContains(anns.get(page, headers={"HX-Request": "true"}), 'hx-trigger="every 1s"')
    runner.run_due()

    looked = anns.get(page)
    assertContains(looked, "Nothing has been changed yet.")
    assertContains(looked, "is not the name of an animal that this server knows")
    assert "<img src=x>" not in looked.content.decode()
    assert not DexEntry.objects.exists()
    assertContains(anns.get(PATH), "Waits for your yes")

    assertRedirects(anns.post(f"{page}confirm/"), page)
    runner.run_due()

    done = anns.get(page)
    assertContains(done, f'href="/dex/{DexEntry.objects.get(owner=ann).pk}/"')
    assertNotContains(done, "Nothing has been changed yet.")


@pytest.mark.usefixtures("wolf")
def test_a_no_leaves_nothing(anns: Client, media_folder: Path) -> None:
    run = tried(anns)

    assertRedirects(anns.post(f"{PATH}import/{run.pk}/discard/"), PATH)

    assert not ImportRun.objects.exists()
    assert not DexEntry.objects.exists()
    assert list((media_folder / "imports").iterdir()) == []


@pytest.mark.usefixtures("wolf")
def test_a_file_is_its_owners_business(anns: Client, eves: Client) -> None:
    run = tried(anns)

    assert eves.get(f"{PATH}import/{run.pk}/").status_code == 404
    assert eves.post(f"{PATH}import/{run.pk}/confirm/").status_code == 404
    eves.post(f"{PATH}import/{run.pk}/discard/")
    assert ImportRun.objects.get().state == "checked"
    assertNotContains(eves.get(PATH), "finds.csv")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        (b"a,b\n1,2\n", "This file is not known here."),
        (b"x" * 1_100_000, "larger than 1 MB"),
    ],
)
def test_a_file_that_is_none_is_refused_beside_its_field(
    anns: Client, settings: Any, content: bytes, sentence: str
) -> None:
    settings.MAX_UPLOAD_MB = 1

    answer = sent(anns, content)

    assert answer.status_code in {400, 413}
    assertContains(answer, sentence, status_code=answer.status_code)
    assert not ImportRun.objects.exists()


@pytest.mark.usefixtures("wolf")
def test_lines_are_shown_by_outcome_and_page_by_page(anns: Client) -> None:
    lines = b"".join(b"Nothing number%d,2024-01-01,\n" % number for number in range(60))
    sent(anns, FILE.partition(b"\n")[0] + b"\nCanis lupus,2024-01-01,\n" + lines)
    runner.run_due()
    run = ImportRun.objects.get()

    unclear = anns.get(f"{PATH}import/{run.pk}/?outcome=unclear")

    assertContains(unclear, "Page 1 of 2")
    assertNotContains(unclear, "Canis lupus")
    assertContains(anns.get(f"{PATH}import/{run.pk}/?outcome=imported"), "Canis lupus")


@pytest.mark.usefixtures("wolf")
@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_files_takes_as_many_queries_whatever_its_length(
    anns: Client, ann: User, count: int, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        ImportRun.objects.create(owner=ann, kind="ebird", sha256=str(number), size=1, total=1, state="done")

    with django_assert_num_queries(7):
        anns.get(PATH)
