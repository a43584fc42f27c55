"""Requests of any shape that the description allows, and of some that it does not: none of them is our fault.

Every answer has a status, a type and a shape that the description tells of. FUZZ_EXAMPLES asks for more
examples than a run of the suite has time for.
"""

import os
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core import signals
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    use_after_free,
)

import make
from api.world import World, plant
from biologidex.config.wsgi import application

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "4"))
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


def whole(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """Answer as the application does, and close its files, as servers do and this client does not."""
    answer = application(environ, start_response)
    body = b"".join(answer)
    answer.close()
    return [body]


# Says that the server is unwell with a 503, which it is where a test holds the only connection of a pool.
HEALTH = {"GET /ready/", "GET /api/v1/health/"}
QUICK = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
ENDS_THE_SIGN_IN = ["sign_out", "sign_out_everywhere", "end_session", "change_password", "delete_myself"]
schemathesis.serializer.alias("application/offset+octet-stream", "application/octet-stream")
schema = schemathesis.openapi.from_wsgi("/api/schema/?format=json", whole)


@pytest.fixture
def world(db: None, settings: Any) -> Iterator[World]:
    """Ann's world, on a connection that outlives the requests, and with nobody held back."""
    settings.RATES = dict.fromkeys(settings.RATES, (0, 1))
    ends = [signals.request_started, signals.request_finished]
    for end in ends:
        end.disconnect(close_old_connections)
    yield plant(visibility="friends")
    for end in ends:
        end.connect(close_old_connections)


OPERATIONS = {operation.ok().label: operation.ok() for operation in schema.get_all_operations()}


@pytest.mark.parametrize("label", OPERATIONS)
def test_every_operation_answers_as_described(label: str, world: World) -> None:
    headers = {"Authorization": f"Bearer {make.tokens(world.ann)['access']}"}

    @QUICK
    @given(case=OPERATIONS[label].as_strategy())
    def check(case: schemathesis.Case) -> None:
        # With another method than the described one it may be refused in any way, as long as that is no fault of ours.
        described = case.method.upper() == case.operation.method.upper()
        checks = CHECKS if described else [not_a_server_error]
        if label in HEALTH:
            checks = [check for check in checks if check is not not_a_server_error]
        for one in (case, about(world, case)):
            with transaction.atomic():
                one.call_and_validate(headers=headers, checks=checks)
                transaction.set_rollback(True)

    check()


def test_what_one_call_answers_serves_the_next(world: World) -> None:
    """Follow ids from answers into further calls, as far as schemathesis sees which belong together."""
    journey = schema.exclude(operation_id=ENDS_THE_SIGN_IN).as_state_machine()
    headers = {"Authorization": f"Bearer {make.tokens(world.ann)['access']}"}
    followed: set[str] = set()

    class Journey(journey):  # type: ignore[misc, valid-type]
        def setup(self) -> None:
            self.begun = transaction.atomic()
            self.begun.__enter__()

        def teardown(self) -> None:
            transaction.set_rollback(True)
            self.begun.__exit__(None, None, None)

        def get_call_kwargs(self, case: schemathesis.Case) -> dict[str, Any]:
            return {"headers": headers}

        def validate_response(self, response: Any, case: schemathesis.Case, **kwargs: Any) -> None:
            if response.status_code < 300 and "{" in case.path:
                followed.add(case.operation.label)
            described = case.method.upper() == case.operation.method.upper()
            case.validate_response(
                response, checks=[*CHECKS, use_after_free] if described else [not_a_server_error]
            )

    Journey.run(settings=settings(QUICK, max_examples=EXAMPLES * 10, stateful_step_count=12))

    assert len(followed) >= 5, followed


def about(world: World, case: schemathesis.Case) -> schemathesis.Case:
    """Return the same request about things that are there, wherever it names one."""
    known = {name: str(value) for name, value in {**world.ids, **world.references}.items()}
    known["id"] = world.fill(f"{case.path}").split("/")[4] if "{id}" in case.path else known["id"]

    def real(sent: Any) -> Any:
        return (
            {name: known.get(name, value) for name, value in sent.items()} if isinstance(sent, dict) else sent
        )

    return case.operation.Case(
        method=case.method,
        path_parameters=real(case.path_parameters),
        query=real(case.query),
        headers=case.headers,
        body=real(case.body),
        media_type=case.media_type,
    )
