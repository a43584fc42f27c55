"""Browsers tell us what the content policy kept from our pages."""

import json

import pytest
from django.test import Client

PATH, KIND = "/csp-report/", "application/csp-report"
REPORT = {
    "document-uri": "http://localhost:8000/dex/?q=canary",
    "effective-directive": "script-src-elem",
    "blocked-uri": "https://evil.example/x.js?token=canary",
}


def test_every_page_names_the_address(client: Client) -> None:
    assert "report-uri /csp-report/" in client.get("/sign-in/")["Content-Security-Policy"]


def test_a_report_is_logged_without_what_an_address_may_hold(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    answer = Client(enforce_csrf_checks=True).post(PATH, json.dumps({"csp-report": REPORT}), KIND)

    assert (answer.status_code, answer.content) == (204, b"")
    assert "script-src-elem kept https://evil.example from the page /dex/" in caplog.text
    assert "canary" not in caplog.text


@pytest.mark.parametrize(
    ("sent", "kind", "status"),
    [
        ("{}", KIND, 400),
        ("[" * 5000, KIND, 400),
        ('{"csp-report": []}', KIND, 400),
        ('{"csp-report": {"blocked-uri": "https://[", "document-uri": "https://["}}', KIND, 204),
        (" " * 9000, KIND, 400),
        ("{}", "text/plain", 415),
    ],
)
def test_anything_else_is_refused(client: Client, sent: str, kind: str, status: int) -> None:
    assert client.post(PATH, sent, kind).status_code == status


def test_nobody_fills_the_log_with_them(client: Client, settings: object) -> None:
    settings.RATES = {**settings.RATES, "anonymous": (3, 3600)}  # type: ignore[attr-defined]
    answers = [client.post(PATH, json.dumps({"csp-report": REPORT}), KIND).status_code for _ in range(5)]

    assert answers == [204, 204, 204, 429, 429]
