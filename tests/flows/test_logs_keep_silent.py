"""A server that logs all it can is used, misused and broken; nothing personal or secret stands in its log."""

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

import pictures
from client import PASSWORD
from running import Server

pytestmark = pytest.mark.slow

EMAIL = "canary.kingfisher@example.org"
NAME = "canary-person"
LATITUDE, LONGITUDE = 47.376913, 8.541694
FILE = "canary holiday in Zurich.jpg"
TOKEN = "canarytoken7f3a9c41d2"
NEXT = "osprey-under-the-moon-9"
WORDS = [NEXT, "osprey", "canary", "kingfisher", "47.37", "8.5416", "Zurich", TOKEN, PASSWORD]
GPS = {1: "N", 2: (47.0, 22.0, 36.9), 3: "E", 4: (8.0, 32.0, 30.1)}
QUERY = {"token": TOKEN, "email": EMAIL, "latitude": LATITUDE, "longitude": LONGITUDE, "image": FILE}


@pytest.fixture
def server(data_folder: Path, tmp_path: Path) -> Iterator[Server]:
    """Run a server that logs as much as it can, whose mail and identification fail."""
    script = tmp_path / "script.json"
    script.write_text(
        json.dumps({"error": {"code": "bad_answer", "message": f"no {EMAIL}", "temporary": True}})
    )
    running = Server(
        data_folder,
        BIOLOGIDEX_LOG_FORMAT="json",
        BIOLOGIDEX_LOG_LEVEL="DEBUG",
        BIOLOGIDEX_LOG_LEVELS="biologidex.vision=DEBUG,django=DEBUG",
        BIOLOGIDEX_VISION_PROVIDERS="scripted",
        BIOLOGIDEX_VISION_SCRIPT=str(script),
        BIOLOGIDEX_EMAIL_URL="smtp://canary:kingfisher@127.0.0.1:1",
    )
    try:
        yield running.start()
    finally:
        running.stop()


def use(http: httpx.Client) -> tuple[str, list[str]]:
    """Do what people do. Returns the request id of the photo that was sent, and every secret that was handed out."""
    account = {"username": NAME, "email": EMAIL, "password": PASSWORD, "password_confirm": PASSWORD}
    assert http.post("/api/v1/users/", json=account).status_code == 201
    tokens = http.post("/api/v1/auth/login/", json={"username": EMAIL, "password": PASSWORD}).json()
    http.headers["Authorization"] = f"Bearer {tokens['access']}"
    assert http.post("/api/v1/auth/password/reset/", json={"email": EMAIL}).status_code < 300
    photo = {"image": (FILE, pictures.jpeg(400, 300, exif=pictures.exif(gps=GPS)), "image/jpeg")}
    answer = http.post("/api/v1/vision/jobs/", files=photo)
    assert answer.status_code == 201
    entry = {"notes": EMAIL, "latitude": LATITUDE, "longitude": LONGITUDE}
    assert http.post("/api/v1/dex/entries/", json=entry).status_code == 400
    renewed = http.post("/api/v1/auth/refresh/", json={"refresh": tokens["refresh"]}).json()
    change = {"old_password": PASSWORD, "password": NEXT, "password_confirm": NEXT}
    changed = http.post("/api/v1/auth/password/change/", json=change)
    assert changed.status_code < 300, changed.text
    again = http.post("/api/v1/auth/login/", json={"username": NAME, "password": NEXT}).json()
    http.headers["Authorization"] = f"Bearer {again['access']}"
    issued = [
        told[name] for told in (tokens, renewed, again) for name in ("access", "refresh") if name in told
    ]
    return answer.headers["X-Request-ID"], issued


def misuse(http: httpx.Client) -> None:
    """Do what nobody should."""
    account = {"username": NAME, "email": EMAIL, "password": PASSWORD, "password_confirm": PASSWORD}
    wrong = [
        http.post("/api/v1/users/", json=account),
        http.post("/api/v1/auth/login/", json={"username": EMAIL, "password": TOKEN}),
        http.post("/api/v1/auth/refresh/", json={"refresh": TOKEN}),
        http.post("/api/v1/auth/password/reset/confirm/", json={"uid": "x", "token": TOKEN}),
        http.post("/api/v1/vision/jobs/", files={"image": (FILE, EMAIL.encode(), "image/jpeg")}),
        http.post("/api/v1/dex/entries/", content=f'{{"notes": "{EMAIL}", '.encode()),
        http.get("/api/v1/dex/entries/", params=QUERY, headers={"Authorization": f"Bearer {TOKEN}"}),
        http.get("/api/v1/dex/entries/", params=QUERY, headers={"Authorization": f"Basic {TOKEN}"}),
        http.get(f"/api/v1/{EMAIL}/{LATITUDE},{LONGITUDE}/", params=QUERY),
        http.get(f"/photos/nowhere/{FILE}", params=QUERY),
        http.get(f"/confirm-email/{TOKEN}-{TOKEN}/"),
        http.get(f"/{FILE}"),
        http.post("/sign-in/", data={"username": EMAIL, "password": TOKEN}),
    ]
    refused = [answer.status_code for answer in wrong if answer.status_code >= 400]
    assert len(refused) > 8
    assert max(refused) < 500


def break_it(http: httpx.Client, database: Path) -> None:
    """Take a table away, so that what people do ends in exceptions of the database."""
    with sqlite3.connect(database, timeout=20) as opened:
        opened.execute("ALTER TABLE accounts_user RENAME TO gone")
    broken = http.post("/api/v1/auth/login/", params=QUERY, json={"username": EMAIL, "password": PASSWORD})
    assert broken.status_code >= 500


def read(server: Server) -> list[dict[str, Any]]:
    """Return every line of the log, of which each must be an object."""
    return [json.loads(line) for line in server.log.read_text(encoding="utf-8").splitlines()]


def test_nothing_personal_or_secret_is_logged_and_every_line_is_json(
    server: Server, data_folder: Path
) -> None:
    with httpx.Client(base_url=server.address, timeout=30) as http:
        request, issued = use(http)
        misuse(http)
        for _ in range(100):
            if len([line for line in read(server) if "failed at attempt" in line["message"]]) >= 2:
                break
            http.get("/health/")
        break_it(http, data_folder / "biologidex.sqlite3")
    server.stop()

    lines = read(server)
    text = server.log.read_text(encoding="utf-8").lower()
    assert [word for word in WORDS if word.lower() in text] == []
    assert len(issued) >= 5
    assert [token for token in issued if any(part.lower() in text for part in token.split("."))] == []
    messages = [line["message"] for line in lines if line["request_id"] == request]
    assert [one for one in messages if one.startswith("job vision.identify_photo") and "enqueued" in one]
    assert [one for one in messages if one.startswith("job vision.identify_photo") and "failed" in one]
    broken = [line["exception"] for line in lines if "exception" in line]
    assert [one for one in broken if "OperationalError: no such table" in one]
    assert [one for one in broken if "ConnectionRefusedError" in one]
    assert {line["level"] for line in lines} >= {"INFO", "WARNING", "ERROR"}
