"""What every provider promises. A new one in `PROVIDERS` is held to it without a new test."""

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from biologidex.vision.engine.answer import MOST_CANDIDATES, Answer, Provider, ProviderError, Verdict
from biologidex.vision.engine.registry import PROVIDERS, EngineConfig
from vision.engine import openai_server

CAT = "skimage/data/chelsea.png"


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EngineConfig]:
    """Settings with which every provider works: a server on loopback, and a script."""
    script: Path = tmp_path_factory.mktemp("script") / "script.json"
    lynx = {"scientific_name": "Lynx", "rank": "genus", "common_name": "Lynx", "probability": 0.2}
    cat = lynx | {"scientific_name": "Felis catus", "rank": "species", "probability": 0.7}
    script.write_text(json.dumps({"answer": {"taxon": cat, "candidates": [cat, lynx]}}))
    with openai_server.serving() as scene:
        yield EngineConfig(openai_api_key="sk-test", openai_base_url=scene.address, script=script)


@pytest.fixture(params=PROVIDERS)
def provider(request: pytest.FixtureRequest, config: EngineConfig) -> Provider:
    """Each provider in turn."""
    return PROVIDERS[request.param](config)


def test_an_answer_is_orderly(provider: Provider, photos: Path) -> None:
    answer = provider.identify((photos / CAT).read_bytes())
    chances = [candidate.probability for candidate in answer.candidates]

    assert answer.verdict == Verdict.ANIMAL
    assert 0 < len(chances) <= MOST_CANDIDATES
    assert chances == sorted(chances, reverse=True)
    assert all(0 <= chance <= 1 for chance in chances)
    assert sum(chances) <= 1 + 1e-6
    assert 0 <= answer.animal_probability <= 1
    assert answer.milliseconds > 0


def test_an_answer_names_its_provider_and_version(provider: Provider, photos: Path) -> None:
    answer = provider.identify((photos / CAT).read_bytes())

    assert answer.provider == provider.name
    assert answer.version == provider.version()
    assert answer.version.startswith(provider.name)
    assert len(answer.version) <= 300  # what the host keeps of it


def test_an_answer_comes_back_from_json_as_it_was(provider: Provider, photos: Path) -> None:
    answer = provider.identify((photos / CAT).read_bytes())

    assert Answer.from_dict(json.loads(json.dumps(answer.to_dict()))) == answer


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_tiny_picture_is_answered_or_refused_with_a_reason(provider: Provider, kind: str) -> None:
    tiny = io.BytesIO()
    Image.new("RGB", (1, 1), "white").save(tiny, kind)

    assert provider.identify(tiny.getvalue()).version


@pytest.mark.parametrize("garbage", [b"", b"garbage", b"\xff\xd8\xff\xe0 not a JPEG", b"<svg/>", bytes(5000)])
def test_garbage_is_an_unreadable_picture_and_not_a_crash(provider: Provider, garbage: bytes) -> None:
    with pytest.raises(ProviderError) as caught:
        provider.identify(garbage)

    assert (caught.value.code, caught.value.temporary) == ("unreadable_picture", False)


def test_a_cut_off_picture_is_unreadable(provider: Provider, photos: Path) -> None:
    picture = (photos / CAT).read_bytes()

    with pytest.raises(ProviderError) as caught:
        provider.identify(picture[: len(picture) // 2])

    assert caught.value.code == "unreadable_picture"


def test_a_picture_beyond_the_limit_of_pixels_is_too_large(config: EngineConfig, picture: bytes) -> None:
    for factory in PROVIDERS.values():
        provider = factory(EngineConfig(**{**vars(config), "max_pixels": 1000}))
        with pytest.raises(ProviderError) as caught:
            provider.identify(picture)
        assert caught.value.code == "picture_too_large"


def test_preparing_twice_is_as_good_as_once(provider: Provider) -> None:
    provider.prepare()
    provider.prepare()


def test_nothing_is_prepared_before_it_is_needed() -> None:
    for name, factory in PROVIDERS.items():
        assert factory(EngineConfig()).name == name  # without a key, a script or a look at the weights
