"""What goes wrong is told in the reader's language, wherever the sentence comes from; to programs in English."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext

import biologidex
import make
from biologidex.accounts.models import User
from biologidex.core import errors
from biologidex.core.api import said
from biologidex.core.jobs import runner
from biologidex.media import sentences
from biologidex.media.errors import NotAPhoto
from biologidex.web.templatetags.retold import retold

CODE = Path(biologidex.__file__).parent
GERMAN = {"Accept-Language": "de"}
# Told to operators, or to programs that send what no page does.
ENGLISH_ONLY = (
    *("animals/importers/", "animals/services/conservation.py", "animals/services/names.py", "ops/"),
    *("core/parsers.py", "dex/details.py", "dex/exchange/api.py", "media/api/uploads.py"),
)
ENGLISH_SENTENCES = {
    "The rotation is 0, 90, 180 or 270 degrees clockwise.",
    'Transformations are an object like {"rotation": 90}.',
    "The transformations are `rotation` and `crop`.",
    "This is no framing.",
    "f\"Finds are given out as {', '.join(FORMS)}.\"",
    "f'This identification has {len(detected)} animals, from 0.'",
    "f'BIOLOGIDEX_VISION_THRESHOLDS cannot be used: {error}'",
    "f'BIOLOGIDEX_VISION_PROVIDERS cannot be used: {error}'",
}


@pytest.fixture
def german(ann: User) -> Client:
    browser = Client(headers=GERMAN)
    browser.force_login(ann)
    return browser


def text(content: str, name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content.encode())


@pytest.mark.django_db
def test_a_photo_that_the_darkroom_refuses_is_explained_in_the_readers_language(german: Client) -> None:
    page = german.post("/capture/", {"image": text("%PDF-1.7 none of it a photo", "trip.jpg")})

    words = page.content.decode()
    assert "trip.jpg: Das ist ein PDF-Dokument, kein Foto, das hier gelesen werden kann." in words


@pytest.mark.django_db
def test_programs_are_answered_in_english_whatever_their_language_and_the_script_of_a_page_is_not(
    german: Client,
) -> None:
    begin = {"path": "/api/v1/uploads/", "data": {"size": 2**31 - 1}, "content_type": "application/json"}

    assert "MB are taken. Please send a smaller photo." in german.post(**begin).content.decode()
    for_a_page = german.post(**begin, headers={"X-For-Page": "1"})
    assert "MB werden angenommen. Bitte schicke ein kleineres Foto." in for_a_page.content.decode()
    # What is only read may be kept for others: it stays as it is.
    gone = german.get("/api/v1/uploads/00000000-0000-0000-0000-000000000001/", headers={"X-For-Page": "1"})
    assert "There is no such thing" in gone.content.decode()


@pytest.mark.django_db
def test_what_was_written_of_the_lines_of_a_file_is_told_again_in_the_readers_language(
    german: Client, ann: User
) -> None:
    make.taxon("Canis lupus")
    lines = "scientific_name,catch_date\nCanis lupus,2024-13-40\nNobody knows,2024-05-01\n"
    sent = german.post("/settings/data/", {"file": text(lines, "finds.csv")})
    runner.run_due()

    page = german.get(sent["Location"]).content.decode()

    assert "„2024-13-40“ ist kein Datum, das hier gelesen werden kann" in page
    assert "„Nobody knows“ ist nicht der Name eines Tieres, das dieser Server kennt." in page


def test_several_sentences_are_told_again_one_by_one_and_strange_words_stay() -> None:
    written = "notes: only the first 5 of 9 characters were kept. a.jpg is missing, too large or damaged."
    with translation.override("de"):
        assert retold(written) == (
            "notes: Nur die ersten 5 von 9 Zeichen wurden behalten. a.jpg fehlt, ist zu groß oder beschädigt."
        )
        assert retold("Something else. 100 %(odd)s") == "Something else. 100 %(odd)s"
        assert retold("") == ""


def test_a_word_in_a_sentence_is_translated_and_what_somebody_typed_is_not() -> None:
    error = NotAPhoto(sentences.NOT_A_PHOTO, told={"kind": sentences.VIDEO})
    typed = errors.Invalid("“%(told)s” is not a number.", told={"told": "a video"})

    with translation.override("de"):
        assert said(error).startswith("Das ist ein Video, kein Foto")
        assert said(typed) == "„a video“ ist keine Zahl."
    assert error.message.startswith("This is a video, not a photo that can be read here.")


def kinds() -> set[str]:
    """Return the names of all errors of the domain."""
    found, waiting = set(), [errors.DomainError]
    while waiting:
        kind = waiting.pop()
        found.add(kind.__name__)
        waiting += kind.__subclasses__()
    return found


def bare_sentences() -> Iterator[tuple[str, str]]:
    """Give what errors are raised with that is neither looked up nor could be."""
    known = kinds()
    for file in CODE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            first = node.args[0]
            if ast.unparse(node.func).rpartition(".")[2] not in known:
                continue
            if isinstance(first, ast.JoinedStr):
                yield str(file.relative_to(CODE)), ast.unparse(first)
            elif isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield str(file.relative_to(CODE)), first.value


def test_no_error_that_a_person_may_see_is_told_in_a_sentence_without_a_translation() -> None:
    with translation.override("de"):
        untold = {
            sentence
            for place, sentence in bare_sentences()
            if not place.startswith(ENGLISH_ONLY) and gettext(sentence) == sentence
        }

    assert untold == ENGLISH_SENTENCES
