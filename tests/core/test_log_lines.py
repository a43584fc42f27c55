"""What a log line says, and what it keeps to itself."""

import json
import logging
import subprocess
import sys
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

import make
from biologidex.accounts.models import User
from biologidex.config import logs
from biologidex.config.env import BadValue
from biologidex.config.urls import urlpatterns as real
from biologidex.core.discretion import discreet, told
from biologidex.core.log_lines import LONGEST_LINE, JsonLine, PlainLine
from biologidex.core.logging import ContextFilter, pseudonym
from running import environment_of

KEYS = ["time", "level", "logger", "message", "request_id", "user", "task_id", "trace_id", "version"]
log = logging.getLogger("biologidex.test")


class Kept(logging.Handler):
    """Keeps the lines that one format makes of what is logged."""

    def __init__(self, formatter: logging.Formatter) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.setFormatter(formatter)
        self.addFilter(ContextFilter())

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.fixture
def keep() -> Any:
    """Let a test choose a format and get the lines of it."""
    added: list[logging.Handler] = []
    before = logging.root.level

    def start(formatter: logging.Formatter) -> list[str]:
        handler = Kept(formatter)
        logging.root.addHandler(handler)
        logging.root.setLevel(logging.DEBUG)
        added.append(handler)
        return handler.lines

    yield start
    logging.root.setLevel(before)
    for handler in added:
        logging.root.removeHandler(handler)


@pytest.fixture
def lines(keep: Callable[[logging.Formatter], list[str]]) -> list[str]:
    """Give the JSON lines of the test so far."""
    return keep(JsonLine(static_fields={"version": "1.2.3"}))


def view(request: HttpRequest) -> HttpResponse:
    """Log what views log, then fail as they may."""
    log.info("found %s", "17")
    raise RuntimeError("no luck")


urlpatterns = [path("api/v1/view/<uuid:pk>/", lambda request, pk: view(request)), *real]
handler500 = "biologidex.core.faults.server_error"


def test_a_line_has_the_same_keys_wherever_it_comes_from(lines: list[str]) -> None:
    log.warning("a hen was seen", extra={"surprise": "what nobody agreed on"})

    line = json.loads(lines[0])
    assert list(line) == KEYS
    assert (line["level"], line["logger"], line["message"]) == (
        "WARNING",
        "biologidex.test",
        "a hen was seen",
    )
    assert line["version"] == "1.2.3"
    assert line["time"].endswith("+00:00")


@pytest.mark.urls("core.test_log_lines")
@pytest.mark.django_db
def test_lines_of_a_request_name_its_sender_by_a_pseudonym(
    client: Client, ann: User, lines: list[str]
) -> None:
    client.raise_request_exception = False
    thing = uuid.uuid4()
    client.get(f"/api/v1/view/{thing}/")
    client.force_login(ann)
    anonymous = len(lines)
    answer = client.get(f"/api/v1/animals/{thing}/")
    api = client.get(
        "/api/v1/users/me/nothing/", headers={"Authorization": f"Bearer {make.tokens(ann)['access']}"}
    )

    told = [json.loads(line) for line in lines]
    assert {line["user"] for line in told[:anonymous]} == {None}
    (missing,) = [line for line in told if line["request_id"] == answer["X-Request-ID"]]
    assert missing["message"] == "Not Found: /api/v1/animals/<uuid:pk>/"
    assert api.status_code == 404
    assert str(ann.pk) not in "".join(lines)


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/photos/nowhere/Zoe at the lake", "/photos/…"),
        ("/Zoe at the lake", "/…"),
        ("/wp-login.php", "/wp-login.php"),
        ("/caf\u00e9/ann/", "/…/…"),
    ],
)
@pytest.mark.django_db
def test_of_an_address_that_nobody_made_only_a_plain_beginning_is_told(
    client: Client, lines: list[str], path: str, shown: str
) -> None:
    client.get(path)

    (line,) = [json.loads(line) for line in lines if "Not Found" in line]
    assert line["message"] == f"Not Found: {shown}"


@pytest.mark.django_db
def test_the_pseudonym_of_a_person_is_always_the_same_and_only_theirs(
    client: Client, ann: User, bob: User, lines: list[str]
) -> None:
    for person in (ann, bob, ann):
        token = make.tokens(person)["access"]
        client.post("/api/v1/vision/jobs/", headers={"Authorization": f"Bearer {token}"})

    users = [json.loads(line)["user"] for line in lines if "Bad Request" in line]
    assert users == [pseudonym(ann.pk), pseudonym(bob.pk), pseudonym(ann.pk)]
    assert pseudonym(ann.pk) != pseudonym(bob.pk)


def test_what_broke_is_told_by_places_and_kinds_with_what_led_to_it(lines: list[str]) -> None:
    def inner() -> None:
        raise KeyError("ann@example.org")

    try:
        try:
            inner()
        except KeyError as error:
            raise RuntimeError("the hen of 'Ann Smith' is gone") from error
    except RuntimeError:
        log.exception("it broke")

    told = json.loads(lines[0])["exception"]
    assert told.index("builtins.KeyError: …") < told.index("builtins.RuntimeError: the hen of … is gone")
    assert "test_log_lines.py" in told
    assert "inner" in told
    assert "Ann" not in lines[0]
    assert "ann@" not in lines[0]


def test_a_line_for_people_keeps_the_same_silence(keep: Callable[[logging.Formatter], list[str]]) -> None:
    lines = keep(PlainLine("{levelname} [{task_id}] {message}", style="{"))
    try:
        int("ann@example.org")
    except ValueError:
        log.exception("for ann@example.org")

    assert lines[0].splitlines()[0] == "ERROR [-] for …@…"
    assert lines[0].splitlines()[-1] == "builtins.ValueError: invalid literal for int() with base 10: …"


def test_a_database_that_quotes_the_row_it_refuses_names_only_the_constraint() -> None:
    postgres = IntegrityError(
        'duplicate key value violates unique constraint "one_email"\nDETAIL:  Key (email)=(ann@example.org) exists.'
    )

    assert told(postgres).endswith('duplicate key value violates unique constraint "one_email"')


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("mail to ann@example.org failed", "mail to …@… failed"),
        ("Not Found: /x/ann%40example.org/", "Not Found: /x/…@…/"),
        ("found at 47.37693, 8.54169", "found at …, …"),
        ("found at -0.12776", "found at …"),
        ("GET /x/?token=abc&page=2 HTTP/1.1", "GET /x/?… HTTP/1.1"),
        ("Authorization: Bearer abcdef.123", "Authorization: Bearer …"),
        ("Forbidden (CSRF token missing.)", "Forbidden (CSRF token missing.)"),
        ("got eyJhbGciOi.eyJ1c2VyIjoi.c2lnbmF0dXJl", "got …"),
        ("key sk-proj-12345678 refused", "key … refused"),
        ("saved IMG_20260101_Zoe.JPG", "saved ….JPG"),
        ("redis://ann:hush@cache:6379 is away", "redis://…@…:6379 is away"),
        ("/new-password/MTIz/c8x2k1-5e0b1a2c3d4e5f60718293a4b5c6d7e8/", "/new-password/MTIz/…/"),
        (
            "photo 3f0c9c5e-8f0a-4a52-9a7e-0b6e5d4c3b2a stays",
            "photo 3f0c9c5e-8f0a-4a52-9a7e-0b6e5d4c3b2a stays",
        ),
        ("job vision.identify_photo ended at attempt 1", "job vision.identify_photo ended at attempt 1"),
        ("photos: 12 removed in 3.5 s", "photos: 12 removed in 3.5 s"),
        ("127.0.0.1:8000 is ready", "127.0.0.1:8000 is ready"),
    ],
)
def test_what_is_personal_or_secret_is_taken_out_and_the_rest_is_kept(said: str, kept: str) -> None:
    assert discreet(said) == kept


def deep(depth: int) -> None:
    """Fail far inside."""
    if depth == 0:
        raise RuntimeError("at the bottom " + "é" * 5000)
    deep(depth - 1)


def test_however_much_there_is_to_tell_a_line_stays_whole(lines: list[str]) -> None:
    try:
        deep(300)
    except RuntimeError:
        log.exception("é" * 100_000)

    line = json.loads(lines[0])
    assert len(lines[0].encode()) < LONGEST_LINE
    assert line["exception"].splitlines()[-1].startswith("builtins.RuntimeError: at the bottom")


def test_what_is_no_text_is_told_all_the_same() -> None:
    no_text = b"\xff\xfe".decode("utf-8", "surrogateescape")
    # Not logged: whoever runs the tests in several processes could not pass it on.
    record = logging.makeLogRecord({"msg": "a name of bytes: %s", "args": (no_text,)})

    line = JsonLine(static_fields={}).format(record)

    assert json.loads(line.encode())["message"] == "a name of bytes: \\udcff\\udcfe"


def of(**values: Any) -> dict[str, Any]:
    return logs.of(**{"form": "json", "level": "INFO", "levels": {}, "commit": "", "debug": False, **values})


def test_each_part_can_be_made_to_tell_more_or_less() -> None:
    made = of(levels={"biologidex.vision": "DEBUG", "django": "ERROR"}, level="WARNING")

    assert made["root"]["level"] == "WARNING"
    assert made["loggers"]["biologidex.vision"] == {"level": "DEBUG"}
    assert made["loggers"]["django"] == {"level": "ERROR"}


@pytest.mark.parametrize("careless", sorted(logs.CARRIERS))
def test_what_would_write_down_pictures_keys_or_rows_cannot_be_made_to(careless: str) -> None:
    with pytest.raises(BadValue, match=f"would let {careless} write personal data"):
        of(levels={careless: "DEBUG"})

    assert of(levels={careless: "DEBUG"}, debug=True)["loggers"][careless] == {"level": "DEBUG"}
    assert of(levels={"django": "DEBUG"})["loggers"][careless]["level"] in {"INFO", "WARNING"}


def test_machines_read_the_standard_output_and_people_the_standard_error() -> None:
    assert of()["handlers"]["stream"]["stream"] == "ext://sys.stdout"
    assert of(form="line")["handlers"]["stream"]["stream"] == "ext://sys.stderr"


MANY = """
import logging, sys
import django
django.setup()
log = logging.getLogger("biologidex.test")
for number in range(10_000):
    log.info("%s %d %s", sys.argv[1], number, "x" * (number % 900))
"""


@pytest.mark.slow
def test_five_processes_that_write_at_once_lose_and_mix_no_line(tmp_path: Any) -> None:
    environment = environment_of(
        tmp_path, BIOLOGIDEX_LOG_FORMAT="json", DJANGO_SETTINGS_MODULE="biologidex.config.settings"
    )
    script = " & ".join(f'"$0" -c "$1" process{number}' for number in range(5)) + " & wait"
    command = ["sh", "-c", script, sys.executable, MANY]
    written = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True).stdout

    words = [json.loads(line)["message"].split()[:2] for line in written.splitlines()]
    assert len(words) == 50_000
    assert {tuple(pair) for pair in words} == {
        (f"process{one}", str(number)) for one in range(5) for number in range(10_000)
    }
