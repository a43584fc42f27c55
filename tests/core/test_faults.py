"""What people and programs get when no view answers."""

import pytest
from django.http import HttpRequest
from django.test import Client

from biologidex.accounts import api
from biologidex.core import faults


def test_an_unknown_address_of_the_api_is_json_and_elsewhere_a_page(client: Client) -> None:
    answer, page = client.get("/api/v1/nothing-here/"), client.get("/nothing-here/")

    assert (answer.status_code, answer["Content-Type"]) == (404, "application/json")
    assert set(answer.json()) == {"detail"}
    assert page.status_code == 404
    assert page["Content-Type"].startswith("text/html")


def test_a_fault_of_ours_tells_nothing_of_the_inside(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: object, request: HttpRequest) -> None:
        raise RuntimeError("the inside: password=hunter2")

    monkeypatch.setattr(api.Myself, "get", broken)
    monkeypatch.setattr(api.Myself, "permission_classes", [])
    client.raise_request_exception = False

    answer = client.get("/api/v1/users/me/")

    assert answer.status_code == 500
    assert answer.json() == {"detail": "Something broke on this server. Please try again later."}


@pytest.mark.parametrize("path", ["/api/v1/x/", "/x/"])
def test_what_django_refuses_to_read_is_a_bad_request(path: str) -> None:
    request = HttpRequest()
    request.path = path

    assert faults.bad_request(request, ValueError("inside")).status_code == 400


def test_every_answer_carries_a_request_id_and_keeps_a_harmless_one_of_the_caller(client: Client) -> None:
    given = client.get("/health/", headers={"X-Request-ID": "my-own-id-0001"})
    forged = client.get("/health/", headers={"X-Request-ID": "x\nSet-Cookie: a=b"})

    assert given["X-Request-ID"] == "my-own-id-0001"
    assert len(forged["X-Request-ID"]) == 32
