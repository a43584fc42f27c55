"""In which version the API answers, and in which it refuses to."""

import pytest
from rest_framework.test import APIClient

pytestmark = [pytest.mark.urls("core.probe"), pytest.mark.django_db]
NUMBERS = "/api/v1/numbers/"


@pytest.mark.parametrize(
    ("accept", "version"),
    [
        ("", "v1"),
        ("*/*", "v1"),
        ("application/json", "v1"),
        ("application/json; version=v1", "v1"),
        ("application/json; version=v2", "v2"),
        ("application/json;version=v2;q=0.9", "v2"),
        ('application/json; version="v2"', "v2"),
        ("*/*; version=v2", "v2"),
        ("application/*; version=v2, text/html", "v2"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "v1"),
    ],
)
def test_the_accept_header_chooses_the_version(api: APIClient, accept: str, version: str) -> None:
    answer = api.get(NUMBERS, headers={"Accept": accept} if accept else {})

    assert answer.status_code == 200
    assert ("count" in answer.json()) == (version == "v1")
    assert answer["Content-Type"] == "application/json"
    assert "Accept" in answer["Vary"]


@pytest.mark.parametrize("version", ["v9", "v0", "2", "V2", "v2.1", "", "v1,v2", "\x00", "é"])
def test_a_version_that_does_not_exist_is_not_acceptable(api: APIClient, version: str) -> None:
    answer = api.get(NUMBERS, headers={"Accept": f'application/json; version="{version}"'})

    assert answer.status_code == 406
    assert answer.json()["detail"] == "This server speaks version=v1 and version=v2."


@pytest.mark.parametrize("accept", ["text/html", "image/*", "nonsense", ";", "application/json/x"])
def test_a_type_that_the_api_does_not_have_is_not_acceptable(api: APIClient, accept: str) -> None:
    answer = api.get(NUMBERS, headers={"Accept": accept})

    assert answer.status_code == 406
    assert isinstance(answer.json()["detail"], str)


def test_the_address_says_v1_and_nothing_else(api: APIClient) -> None:
    assert api.get("/api/v2/numbers/").status_code == 404
    assert api.get("/api/numbers/").status_code == 404
