"""Every language is complete: no word is missing, none is left from a page that is gone, and what ships is compiled."""

import io
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po
from django.conf import settings

import biologidex

LANGUAGES = [code for code, _ in settings.LANGUAGES if code != "en"]
CODE = Path(biologidex.__file__).parent
PLACEHOLDERS = re.compile(r"%\(\w+\)[sd]|%%|</?\w+[^>]*>")


def file_of(language: str, suffix: str = "po") -> Path:
    return CODE / "locale" / language / "LC_MESSAGES" / f"django.{suffix}"


def catalog(language: str) -> Catalog:
    return read_po(io.BytesIO(file_of(language).read_bytes()), locale=language)


def words_of(message: Message) -> tuple[str, ...]:
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def said_of(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ("",))


def known(language: str) -> list[Message]:
    return [message for message in catalog(language) if message.id]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_is_translated(language: str) -> None:
    missing = [m.id for m in known(language) if m.fuzzy or not all(said_of(m))]

    assert missing == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_filled_in_and_marked_up_is_the_same_in_every_language(language: str) -> None:
    wrong = []
    for message in known(language):
        wanted = {tuple(sorted(PLACEHOLDERS.findall(words))) for words in words_of(message)}
        # A plural may leave out the number; nothing may be made up.
        allowed = set().union(*wanted)
        for said in said_of(message):
            found = tuple(sorted(PLACEHOLDERS.findall(said)))
            if not (found in wanted or (len(words_of(message)) > 1 and set(found) <= allowed)):
                wrong.append((message.id, said))

    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_ships_is_compiled_from_what_was_written(language: str) -> None:
    compiled = io.BytesIO()
    write_mo(compiled, catalog(language))
    shipped, written = file_of(language, "mo").read_bytes(), compiled.getvalue()

    assert {words_of(m): said_of(m) for m in read_mo(io.BytesIO(shipped)) if m.id} == {
        words_of(m): said_of(m) for m in read_mo(io.BytesIO(written)) if m.id
    }


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("xgettext") is None, reason="apt install gettext")
def test_no_word_of_a_page_is_forgotten(tmp_path: Path) -> None:
    copy = tmp_path / "biologidex"
    shutil.copytree(CODE, copy, ignore=shutil.ignore_patterns("__pycache__", "static", "locale"))
    (copy / "locale").mkdir()
    command = ["django-admin", "makemessages", "--locale", "de", "--no-location", "--verbosity", "0"]
    environment = {key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"}
    subprocess.run(command, cwd=copy, env=environment, check=True, timeout=120)

    found = read_po(io.BytesIO((copy / "locale/de/LC_MESSAGES/django.po").read_bytes()))
    assert {words_of(m) for m in found if m.id} == {words_of(m) for m in known("de")}
