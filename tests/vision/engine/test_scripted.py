"""The scripted provider does what its script says and makes nothing up."""

import hashlib
import json
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from biologidex.vision.engine.answer import ProviderError, Verdict
from biologidex.vision.engine.providers.scripted import Scripted
from biologidex.vision.engine.registry import PROVIDERS, EngineConfig

LION = {"scientific_name": "Panthera leo", "rank": "species", "common_name": "Lion", "probability": 0.9}
LION_ANSWER = {"taxon": LION, "candidates": [LION]}


def playing(script: dict[str, Any]) -> Scripted:
    return Scripted(EngineConfig(), script)


def test_it_gives_its_answer(picture: bytes) -> None:
    answer = playing({"answer": LION_ANSWER}).identify(picture)

    assert answer.taxon
    assert (answer.verdict, answer.taxon.common_name, answer.provider) == (Verdict.ANIMAL, "Lion", "scripted")


def test_it_has_answers_for_particular_pictures(picture: bytes) -> None:
    digest = hashlib.sha256(picture).hexdigest()

    answer = playing({"answer": LION_ANSWER, "answers": {digest: {"verdict": "no_animal"}}}).identify(picture)

    assert answer.verdict == Verdict.NO_ANIMAL


def test_it_fails_as_it_is_told(picture: bytes) -> None:
    error = {"code": "rate_limited", "temporary": True, "retry_after": 2.5, "message": "Later."}

    with pytest.raises(ProviderError, match="Later") as caught:
        playing({"error": error, "answer": LION_ANSWER}).identify(picture)

    assert (caught.value.code, caught.value.temporary, caught.value.retry_after) == (
        "rate_limited",
        True,
        2.5,
    )


def test_it_takes_the_time_it_is_told_to(picture: bytes) -> None:
    started = time.monotonic()

    answer = playing({"delay": 0.05, "answer": LION_ANSWER}).identify(picture)

    assert time.monotonic() - started >= 0.05
    assert answer.milliseconds >= 50


def test_it_answers_nothing_while_its_file_says_so(tmp_path: Path, picture: bytes) -> None:
    file = tmp_path / "script.json"
    file.write_text(json.dumps({"hold": True}))
    provider = PROVIDERS["scripted"](EngineConfig(script=file))

    with ThreadPoolExecutor() as pool:
        answer = pool.submit(provider.identify, picture)
        with pytest.raises(TimeoutError):
            answer.result(timeout=0.2)
        (tmp_path / "next").write_text(json.dumps({"answer": LION_ANSWER}))
        (tmp_path / "next").replace(file)

        assert answer.result(timeout=10).taxon


def test_its_file_may_change_while_it_plays(tmp_path: Path, picture: bytes) -> None:
    file = tmp_path / "script.json"
    provider = PROVIDERS["scripted"](EngineConfig(script=file))

    file.write_text(json.dumps({"answer": {"verdict": "no_animal"}}))
    first, first_version = provider.identify(picture), provider.version()
    file.write_text(json.dumps({"answer": LION_ANSWER}))
    second, second_version = provider.identify(picture), provider.version()

    assert (first.verdict, second.verdict) == (Verdict.NO_ANIMAL, Verdict.ANIMAL)
    assert first_version != second_version


@pytest.mark.parametrize(
    "script",
    [
        {},
        {"answers": {}},
        {"answer": {"verdict": "perhaps"}},
        {"answer": {"candidates": [{"rank": "genus"}]}},
    ],
)
def test_without_a_proper_answer_it_is_unavailable(script: dict[str, Any], picture: bytes) -> None:
    with pytest.raises(ProviderError) as caught:
        playing(script).identify(picture)

    assert caught.value.code == "unavailable"


@pytest.mark.parametrize("content", [None, "", "[]", "{"])
def test_without_a_proper_file_it_is_unavailable(content: str | None, tmp_path: Path, picture: bytes) -> None:
    file = tmp_path / "script.json"
    if content is not None:
        file.write_text(content)

    with pytest.raises(ProviderError) as caught:
        PROVIDERS["scripted"](EngineConfig(script=file)).identify(picture)

    assert caught.value.code == "unavailable"


def test_without_a_script_it_is_unavailable(picture: bytes) -> None:
    with pytest.raises(ProviderError, match="No script"):
        PROVIDERS["scripted"](EngineConfig()).identify(picture)
