"""The provider `openai` when something goes wrong: every failure has its name, its cost, and no key in it."""

import logging
import time
import traceback
from email.utils import formatdate
from typing import Any

import pytest

from biologidex.vision.engine.answer import Provider, ProviderError
from biologidex.vision.engine.registry import PROVIDERS, EngineConfig
from vision.engine import openai_server as server
from vision.engine.openai_server import KEY, PAID, Scene, completed, identification, provider_for, taxon


def failure(provider: Provider, picture: bytes) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        provider.identify(picture)
    return caught.value


REFUSED_REQUESTS = [
    # status, (type, code) in the body, (our code, temporary)
    (400, ("invalid_request_error", "unknown_parameter"), ("rejected", False)),
    (400, ("invalid_request_error", "image_parse_error"), ("unreadable_picture", False)),
    (400, ("invalid_request_error", "content_policy_violation"), ("filtered", False)),
    (401, ("invalid_request_error", "invalid_api_key"), ("unauthorized", False)),
    (403, (None, "unsupported_country_region_territory"), ("forbidden", False)),
    (404, ("invalid_request_error", "model_not_found"), ("unknown_model", False)),
    (408, (None, None), ("timeout", True)),
    (409, (None, None), ("server_error", True)),
    (422, (None, None), ("rejected", False)),
    (429, ("requests", "rate_limit_exceeded"), ("rate_limited", True)),
    (429, ("insufficient_quota", "insufficient_quota"), ("quota", False)),
    (429, ("insufficient_quota", "credit_balance_exhausted"), ("quota", False)),
    (429, ("insufficient_quota", "project_spend_limit_exceeded"), ("quota", False)),
    (500, ("server_error", None), ("server_error", True)),
    (503, (None, "slow_down"), ("server_error", True)),
]


@pytest.mark.parametrize(("status", "words", "outcome"), REFUSED_REQUESTS)
def test_a_refused_request_is_told_apart_and_never_repeated(
    status: int,
    words: tuple[str | None, str | None],
    outcome: tuple[str, bool],
    scene: Scene,
    provider: Provider,
    picture: bytes,
) -> None:
    scene.status, scene.body = status, server.error("No.", kind=words[0], code=words[1])

    error = failure(provider, picture)

    assert (error.code, error.temporary) == outcome
    assert error.usage is None
    assert len(scene.requests) == 1


@pytest.mark.parametrize(
    "body", [b"<html>Bad gateway</html>", b"", b"[]", b'{"error": "no"}', b'{"error": {"code": 7}}']
)
def test_an_error_in_another_shape_is_still_an_error(
    body: bytes, scene: Scene, provider: Provider, picture: bytes
) -> None:
    scene.status, scene.body = 502, body

    error = failure(provider, picture)

    assert (error.code, error.temporary) == ("server_error", True)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after-ms": "1500"}, 1.5),
        ({"retry-after": "20"}, 20.0),
        ({"retry-after-ms": "250", "retry-after": "20"}, 0.25),
        ({"retry-after": "-5"}, 0.0),
        ({"retry-after": "1e300"}, 3600.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "nan"}, None),
        ({}, None),
    ],
)
def test_the_time_to_wait_is_passed_on(
    headers: dict[str, str], seconds: float | None, scene: Scene, provider: Provider, picture: bytes
) -> None:
    scene.status, scene.headers, scene.body = 429, headers, server.error("Slow down.", kind="requests")

    assert failure(provider, picture).retry_after == seconds


def test_the_time_to_wait_may_be_a_date(scene: Scene, provider: Provider, picture: bytes) -> None:
    scene.status, scene.body = 503, server.error("Overloaded.")
    scene.headers = {"retry-after": formatdate(time.time() + 30, usegmt=True)}

    assert failure(provider, picture).retry_after == pytest.approx(30, abs=5)


@pytest.mark.parametrize(("status", "says", "temporary"), [(500, "false", False), (400, "true", True)])
def test_the_service_has_the_last_word_on_asking_again(
    status: int, says: str, temporary: bool, scene: Scene, provider: Provider, picture: bytes
) -> None:
    scene.status, scene.body, scene.headers = status, server.error("Hm."), {"x-should-retry": says}

    assert failure(provider, picture).temporary is temporary


def test_no_money_stays_no_money_whatever_the_service_advises(
    scene: Scene, provider: Provider, picture: bytes
) -> None:
    scene.status, scene.headers = 429, {"x-should-retry": "true"}
    scene.body = server.error("Pay.", kind="insufficient_quota")

    assert failure(provider, picture).temporary is False


PAID_FOR_NOTHING = {
    "cut off": (server.incomplete("max_output_tokens", '{"animal_pro'), "truncated", False),
    "filtered": (server.incomplete("content_filter", ""), "filtered", False),
    "stopped for another reason": (server.incomplete("steered", ""), "bad_answer", True),
    "declined": (server.refusal(), "refused", False),
    "failed with a fault of the service": (server.failed("server_error"), "server_error", True),
    "failed for too many requests": (server.failed("rate_limit_exceeded"), "rate_limited", True),
    "failed over the picture": (server.failed("image_parse_error"), "unreadable_picture", False),
    "failed over what it shows": (server.failed("image_content_policy_violation"), "filtered", False),
    "failed over the request": (server.failed("invalid_prompt"), "rejected", False),
    "cancelled": (completed("", status="cancelled"), "bad_answer", True),
    "empty": (completed(""), "bad_answer", True),
    "without a message": (server.answer([], output=[]), "bad_answer", True),
    "with an output that is none": (server.answer([], output=["?", {"type": "message", "content": None}]),
                                    "bad_answer", True),
    "prose": (completed("That is a lion."), "bad_answer", True),
    "half of the JSON": (completed('{"animal_probability": 0.9, "cand'), "bad_answer", True),
    "JSON of another kind": (completed("[1, 2]"), "bad_answer", True),
    "a field is missing": (completed({"animal_probability": 0.9, "certain": None}), "bad_answer", True),
    "a probability above one": (completed(identification(animal_probability=95)), "bad_answer", True),
    "a probability that is no number": (completed('{"animal_probability": NaN, "candidates": [], "certain": null}'),
                                        "bad_answer", True),
    "a rank that does not exist": (completed(identification(candidates=[taxon("Panthera leo", "kind")])),
                                   "bad_answer", True),
    "a candidate that is none": (completed(identification(candidates=["Panthera leo"])), "bad_answer", True),
}  # fmt: skip


@pytest.mark.parametrize(
    ("body", "ours", "temporary"), PAID_FOR_NOTHING.values(), ids=PAID_FOR_NOTHING.keys()
)
def test_an_answer_that_is_of_no_use_is_told_apart_and_its_cost_remembered(
    body: dict[str, Any], ours: str, temporary: bool, scene: Scene, provider: Provider, picture: bytes
) -> None:
    scene.body = body

    error = failure(provider, picture)

    assert (error.code, error.temporary, error.usage) == (ours, temporary, PAID)


@pytest.mark.parametrize(
    "body", [b"", b"<html>Please sign in to the hotel's network</html>", b"[]", b"[" * 5000]
)
def test_a_success_that_is_no_answer_is_one_to_ask_again(
    body: bytes, scene: Scene, provider: Provider, picture: bytes
) -> None:
    scene.body = body

    error = failure(provider, picture)

    assert (error.code, error.temporary) == ("bad_answer", True)


@pytest.mark.slow
def test_a_slow_service_is_given_up(scene: Scene, picture: bytes) -> None:
    scene.delay = 2.0
    started = time.monotonic()

    error = failure(provider_for(scene.address, openai_timeout=0.2), picture)

    assert (error.code, error.temporary) == ("timeout", True)
    assert time.monotonic() - started < 1.5
    assert len(scene.requests) == 1


@pytest.mark.parametrize("moment", ["before", "within"])
def test_a_dropped_connection_is_one_to_try_again(
    moment: str, scene: Scene, provider: Provider, picture: bytes
) -> None:
    scene.drop = moment

    error = failure(provider, picture)

    assert (error.code, error.temporary) == ("connection", True)
    assert len(scene.requests) == 1


def test_nobody_listening_is_one_to_try_again(picture: bytes) -> None:
    with server.serving() as gone:
        address = gone.address

    error = failure(provider_for(address), picture)

    assert (error.code, error.temporary) == ("connection", True)


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"openai_api_key": ""}, "No key"),
        ({"openai_api_key": "sk-\N{EURO SIGN}"}, "characters"),
        ({"openai_api_key": "sk-two\nlines"}, "characters"),
        ({"openai_base_url": "localhost:1"}, "web address"),
        ({"openai_base_url": "http://["}, "web address"),
    ],
)
def test_settings_that_cannot_work_make_it_unavailable(
    settings: dict[str, str], reason: str, picture: bytes
) -> None:
    provider = PROVIDERS["openai"](EngineConfig(**{"openai_api_key": KEY} | settings))

    assert failure(provider, picture).code == "unavailable"
    with pytest.raises(ProviderError, match=reason):
        provider.prepare()


@pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 500])
def test_the_key_is_in_no_message_no_log_and_no_chain_of_errors(
    status: int, scene: Scene, provider: Provider, picture: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    scene.status, scene.body = status, server.error(f"Incorrect key: {KEY}", kind=KEY, code=KEY)

    error = failure(provider, picture)

    assert KEY not in "".join(traceback.format_exception(error))
    assert KEY not in repr(error.__dict__)
    assert (error.__cause__, error.__context__) == (None, None)
    assert KEY not in caplog.text
    assert KEY not in repr(provider) + repr(vars(provider))
