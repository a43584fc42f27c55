"""The product's command line."""

import json
import os
import subprocess
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from PIL import Image

import make
from biologidex.accounts.models import User
from biologidex.config.cli import CommandLine
from biologidex.core.logging import pseudonym
from biologidex.dex.models import DexEntry
from biologidex.media.models import Photo
from biologidex.ops import demo
from ops.disks import small_disk
from running import COMMAND

PHOTOS = Path(os.environ.get("BIOLOGIDEX_TEST_PHOTOS", Path(__file__).parents[2] / "var" / "photos"))


def _run(name: str, *words: str, **options: Any) -> str:
    out = StringIO()
    call_command(name, *words, stdout=out, **options)
    return out.getvalue()


def test_help_shows_the_products_commands_before_the_frameworks() -> None:
    text = CommandLine(["biologidex"]).main_help_text()

    ours, framework = text.split("Django's own commands:")
    for name in ("demo", "identify", "loadtest", "prepare", "serve", "taxonomy"):
        assert f"\n  {name} " in ours
    assert "migrate" in framework


@pytest.mark.slow
def test_a_full_disk_is_told_in_a_sentence() -> None:
    with small_disk(1) as disk:
        done = subprocess.run(
            [COMMAND, "page-files"],
            env=os.environ | {"BIOLOGIDEX_DATA_DIR": str(disk)},
            capture_output=True,
            text=True,
            check=False,
        )

    assert done.returncode == 1
    assert done.stderr.startswith("biologidex: There is no room left for ")
    assert done.stderr.count("\n") == 1


@pytest.mark.slow
def test_identify_prints_a_table_without_server_or_database(tmp_path: Path) -> None:
    environment = {"PATH": "/usr/bin:/bin", "BIOLOGIDEX_DATA_DIR": str(tmp_path)}
    photos = [str(PHOTOS / "skimage/data/chelsea.png"), str(PHOTOS / "skimage/data/coffee.png")]

    done = subprocess.run(
        [COMMAND, "identify", *photos], env=environment, capture_output=True, text=True, check=True
    )

    heading, cat, coffee = done.stdout.splitlines()
    assert heading.split() == ["photo", "answer", "rank", "prob.", "candidates", "ms"]
    assert "Felis catus" in cat
    assert "species" in cat
    assert "not an animal" in coffee
    assert not (tmp_path / "biologidex.sqlite3").exists()


@pytest.mark.slow
def test_identify_speaks_json_to_programs_and_names_what_it_cannot_read(tmp_path: Path) -> None:
    text = tmp_path / "text.jpg"
    text.write_text("not a photo")
    out = StringIO()

    with pytest.raises(CommandError, match="1 of 2 photos"):
        call_command("identify", str(PHOTOS / "skimage/data/chelsea.png"), str(text), json=True, stdout=out)

    cat, broken = [json.loads(line) for line in out.getvalue().splitlines()]
    assert cat["taxon"]["scientific_name"] == "Felis catus"
    assert cat["version"]
    assert set(broken) == {"photo", "error"}


@pytest.mark.slow
def test_identify_tells_the_whole_reason_and_reads_no_more_than_a_photo(
    settings: Any, tmp_path: Path
) -> None:
    settings.MAX_UPLOAD_MB = 1
    text, out = tmp_path / "text.jpg", StringIO()
    text.write_text("not a photo")

    with pytest.raises(CommandError, match="3 of 3 photos"):
        call_command("identify", str(text), "/dev/zero", str(tmp_path), stdout=out)

    _, broken, endless, folder = out.getvalue().splitlines()
    assert broken.endswith("error: This file is not a picture that can be opened, or it is damaged.")
    assert endless.endswith("error: The file is larger than 1 MB.")
    assert folder.endswith("error: Is a directory")


@pytest.mark.django_db
def test_the_load_tests_user_can_sign_in_and_go_away_again(tmp_path: Path) -> None:
    _run("loadtest", folder=tmp_path)
    _run("loadtest", folder=tmp_path)

    assert User.objects.get(username="testuser").check_password("testpass")
    with Image.open(tmp_path / "test_image.jpg") as picture:
        assert picture.format == "JPEG"

    _run("loadtest", remove=True)
    assert not User.objects.exists()


@pytest.mark.django_db
def test_the_load_tests_user_is_refused_where_others_could_use_it(settings: Any, tmp_path: Path) -> None:
    settings.SITE_URL = "https://dex.example.org"

    with pytest.raises(CommandError, match="Everybody knows this password"):
        _run("loadtest", folder=tmp_path)

    assert not User.objects.exists()


@pytest.fixture
def one_photo(tmp_path: Path) -> Path:
    folder = tmp_path / "skimage" / "data"
    folder.mkdir(parents=True)
    (folder / "chelsea.png").symlink_to(PHOTOS / "skimage/data/chelsea.png")
    return tmp_path


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_demos_cards_are_made_by_real_identification(one_photo: Path) -> None:
    cat = make.taxon("Felis catus", common_name="Domestic cat")
    user, password = demo.make_account()

    made = list(demo.fill(user, demo.photos_in(one_photo)))

    assert user.check_password(password)
    assert [file.name for file, _ in made] == ["chelsea.png"]
    card = DexEntry.objects.get()
    assert made[0][1] == card
    assert (card.owner, card.animal.taxon, card.visibility) == (user, cat, "private")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_demo_photo_that_is_not_certain_is_left_out_with_all_its_traces(one_photo: Path) -> None:
    user, _ = demo.make_account()  # and no names of animals: nothing can be certain

    (made,) = demo.fill(user, demo.photos_in(one_photo))

    assert made[1] is None
    assert not DexEntry.objects.exists()
    assert not Photo.objects.exists()


@pytest.mark.django_db
def test_without_photographs_the_demo_says_how_to_get_them(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="make demo"):
        _run("demo", photos=tmp_path)

    assert not User.objects.exists()


@pytest.mark.django_db
def test_an_operator_can_find_what_the_log_says_of_somebody_who_asks(ann: User) -> None:
    out = StringIO()
    call_command("pseudonym", "ann@example.org", stdout=out)

    assert out.getvalue().strip() == pseudonym(ann.pk)
    with pytest.raises(CommandError, match="There is no account"):
        call_command("pseudonym", "nobody")
