"""The provider `openai`, talking to a server on loopback: what it sends and what it understands."""

import base64
import io
from collections.abc import Iterator
from typing import Any

import pytest
from openai.types.responses import Response
from PIL import Image

from biologidex.vision.engine import prompt
from biologidex.vision.engine.answer import Answer, Provider, Verdict
from vision.engine import openai_server as server
from vision.engine.openai_server import KEY, PAID, Scene, completed, identification, provider_for, taxon


def test_one_request_is_sent_to_the_responses_api_with_the_key(
    scene: Scene, provider: Provider, picture: bytes
) -> None:
    provider.identify(picture)

    (request,) = scene.requests
    assert request["path"] == "/v1/responses"
    assert request["headers"]["authorization"] == f"Bearer {KEY}"


def test_the_answer_is_asked_for_in_a_strict_schema_and_not_to_be_stored(
    scene: Scene, provider: Provider, picture: bytes
) -> None:
    provider.identify(picture)

    sent = scene.requests[0]["json"]
    assert sent["model"] == "gpt-5.6-luna"
    assert sent["store"] is False
    assert sent["reasoning"] == {"effort": "low"}
    assert sent["instructions"] == prompt.INSTRUCTIONS
    assert sent["text"]["format"]["strict"] is True
    assert sent["text"]["format"]["schema"] == prompt.SCHEMA


def test_a_model_that_cannot_reason_is_not_told_to(scene: Scene, picture: bytes) -> None:
    provider_for(scene.address, openai_reasoning="").identify(picture)

    assert "reasoning" not in scene.requests[0]["json"]


def objects(schema: Any) -> Iterator[dict[str, Any]]:
    """Walk through all objects a schema describes."""
    if isinstance(schema, dict):
        if schema.get("type") == "object":
            yield schema
        for value in schema.values():
            yield from objects(value)
    if isinstance(schema, list):
        for value in schema:
            yield from objects(value)


def test_the_schema_keeps_the_rules_of_strict_mode() -> None:
    found = list(objects(prompt.SCHEMA))

    assert found
    for one in found:
        assert one["required"] == list(one["properties"])
        assert one["additionalProperties"] is False


def test_a_small_jpeg_without_metadata_is_sent(scene: Scene, provider: Provider) -> None:
    exif = Image.Exif()
    exif[0x010F] = "Camera of a particular person"
    photo = io.BytesIO()
    Image.new("RGB", (4000, 3000), "green").save(photo, "JPEG", exif=exif, comment=b"at home")

    provider.identify(photo.getvalue())

    content = scene.requests[0]["json"]["input"][0]["content"]
    scheme, data = content[1]["image_url"].split(",")
    sent = Image.open(io.BytesIO(base64.b64decode(data)))
    assert scheme == "data:image/jpeg;base64"
    assert sent.size == (1024, 768)
    assert not sent.getexif()
    assert set(sent.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_an_identification_becomes_an_answer_with_its_cost(provider: Provider, picture: bytes) -> None:
    answer = provider.identify(picture)

    assert answer.verdict == Verdict.ANIMAL
    assert answer.taxon
    assert answer.taxon.scientific_name == "Panthera leo"
    assert [(one.common_name, one.probability) for one in answer.candidates] == [
        ("Lion", 0.95),
        ("Tiger", 0.03),
    ]
    assert answer.usage == PAID
    assert answer.milliseconds > 0


@pytest.mark.parametrize(
    ("chance", "verdict"), [(0.05, Verdict.NO_ANIMAL), (0.45, Verdict.UNSURE), (0.8, Verdict.ANIMAL)]
)
def test_a_picture_without_an_animal_is_recognised(
    chance: float, verdict: Verdict, scene: Scene, provider: Provider, picture: bytes
) -> None:
    scene.body = completed(identification(animal_probability=chance))

    answer = provider.identify(picture)

    assert (answer.verdict, answer.animal_probability) == (verdict, chance)
    assert bool(answer.taxon) == (verdict == Verdict.ANIMAL)
    assert bool(answer.candidates) == (verdict != Verdict.NO_ANIMAL)


def test_the_model_may_be_sure_of_a_family_only(scene: Scene, provider: Provider, picture: bytes) -> None:
    scene.body = completed(identification(certain=taxon("Felidae", "family", 0.97)))

    taxon_found = provider.identify(picture).taxon

    assert taxon_found
    assert (taxon_found.scientific_name, taxon_found.rank) == ("Felidae", "family")


def test_an_answer_without_an_account_has_no_cost(scene: Scene, provider: Provider, picture: bytes) -> None:
    scene.body = completed(identification(), usage=None)

    assert provider.identify(picture).usage is None


def test_a_model_without_a_known_price_has_no_cost(scene: Scene, provider: Provider, picture: bytes) -> None:
    scene.body = completed(identification(), model="gpt-99-nova")

    usage = provider.identify(picture).usage

    assert usage
    assert (usage.model, usage.input_tokens, usage.cost_usd) == ("gpt-99-nova", 1200, None)


@pytest.mark.parametrize(
    "body",
    [
        completed(identification()),
        server.refusal(),
        server.incomplete("max_output_tokens", "{"),
        server.failed("server_error"),
    ],
)
def test_the_server_of_these_tests_speaks_as_the_sdk_says(body: dict[str, Any]) -> None:
    Response.model_validate(body)


def test_a_version_names_model_question_and_sdk() -> None:
    version = provider_for("http://127.0.0.1/v1", openai_model="gpt-6-luna").version()

    assert "model=gpt-6-luna" in version
    assert f"prompt={prompt.digest()}" in version
    assert "sdk=3." in version


def test_an_answer_can_be_stored(provider: Provider, picture: bytes) -> None:
    answer = provider.identify(picture)

    assert Answer.from_dict(answer.to_dict()) == answer
