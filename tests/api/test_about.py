"""What the server says about itself: the entrance, its version, and its description."""

import json
from typing import Any

import pytest
import yaml
from django.test import Client
from rest_framework.test import APIClient

pytestmark = pytest.mark.django_db


def test_the_entrance_leads_to_every_address_that_needs_nothing_filled_in(api: APIClient) -> None:
    told = api.get("/api/v1/").json()

    assert (told["name"], told["versions"]) == ("BiologiDex", ["v1", "v2"])
    assert told["documentation"] == "http://testserver/api/docs/"
    assert told["lists"]["dex/entries"] == "http://testserver/api/v1/dex/entries/"
    assert {"animals", "dex/feed", "vision/jobs", "social/friendships"} <= told["lists"].keys()
    assert not any("{" in address or "<" in address for address in told["lists"].values())
    assert {api.get(address).status_code for address in told["lists"].values()} <= {200, 400, 401, 405}


def test_the_version_asks_nobody_to_update_unless_the_operator_says_so(api: APIClient) -> None:
    told = api.get("/api/v1/version/", headers={"X-Client-Version": "0.1"}).json()

    assert (told["version_check_enabled"], told["update_required"], told["expected_version"]) == (
        False,
        False,
        "",
    )
    assert told["version"]
    assert told["features"]["api_versions"] == ["v1", "v2"]
    assert None not in told.values()


@pytest.mark.parametrize(("sent", "outdated"), [("1.2", False), ("1.1", True), ("", True)])
def test_a_program_of_another_version_is_asked_to_update(
    api: APIClient, settings: Any, sent: str, outdated: bool
) -> None:
    settings.CLIENT_VERSION = "1.2"

    told = api.get("/api/v1/version/", headers={"X-Client-Version": sent}).json()

    assert (told["version_check_enabled"], told["update_required"]) == (True, outdated)
    assert bool(told["update_message"]) is outdated


def test_the_description_is_yaml_or_json_and_says_the_same(client: Client) -> None:
    written = client.get("/api/schema/")
    asked = client.get("/api/schema/?format=json")
    preferred = client.get("/api/schema/", headers={"Accept": "application/json"})

    assert written["Content-Type"].startswith("application/vnd.oai.openapi")
    assert asked.content == preferred.content
    assert json.loads(asked.content) == json.loads(json.dumps(yaml.safe_load(written.content), default=str))


@pytest.mark.parametrize("path", ["/api/docs/", "/api/redoc/"])
def test_the_pages_name_no_file_of_anybody_else(client: Client, path: str) -> None:
    page = client.get(path)

    assert page.status_code == 200
    assert "http://" not in page.text.replace("http://www.w3.org", "")
    assert "https://" not in page.text
    assert "'unsafe-inline'" not in page["Content-Security-Policy"].split("script-src")[1].split(";")[0]
