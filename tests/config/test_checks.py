"""A server that others can reach does not start with settings that would let them in too far."""

import secrets
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command

from biologidex.config import checks, databases
from biologidex.config.policy import hosts
from biologidex.core.checks import Unsafe, refuse_unsafe

GOOD = "postgresql"


@pytest.fixture
def _public(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server as it should be."""
    settings.SITE_URL, settings.HTTPS = "https://dex.example.org", True
    settings.ALLOWED_HOSTS = ["dex.example.org"]
    settings.TRUSTED_PROXIES = ["unix"]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.SECRET_KEY = secrets.token_urlsafe(48)
    settings.SECRET_KEY_FALLBACKS = []
    monkeypatch.setitem(
        settings.DATABASES,
        "default",
        {"ENGINE": "biologidex.core.postgres", "PASSWORD": secrets.token_urlsafe(24)},
    )
    settings.CACHE_URL = settings.BROKER_URL = f"redis://app:{secrets.token_urlsafe(24)}@127.0.0.1:6379/0"


def found() -> list[str]:
    return [str(message.id) for message in checks.look()]


@pytest.mark.usefixtures("_public")
def test_a_server_as_it_should_be_starts() -> None:
    assert found() == []
    refuse_unsafe()


def test_so_does_one_that_nobody_configured() -> None:
    assert found() == []
    refuse_unsafe()


WEAK = [
    "change-me",
    "CHANGE_ME_" * 8,
    "django-insecure-" + "q9" * 30,
    "a" * 64,
    "x" * 31,
    "my secret key " * 4,
]


@pytest.mark.parametrize("key", WEAK)
@pytest.mark.parametrize("name", ["SECRET_KEY", "SECRET_KEY_FALLBACKS"])
def test_a_weak_signing_key_stops_every_server(settings: Any, name: str, key: str) -> None:
    setattr(settings, name, key if name == "SECRET_KEY" else [key])

    with pytest.raises(Unsafe, match=f"BIOLOGIDEX_{name} is short") as refusal:
        refuse_unsafe()

    assert key not in str(refusal.value)


@pytest.mark.usefixtures("_public")
@pytest.mark.parametrize(
    "password", ["secure_password", "biologidex", "change-me", "hunter2", "aaaaaaaaaaaaaaaa"]
)
def test_a_weak_password_stops_a_server_that_others_reach(
    settings: Any, monkeypatch: pytest.MonkeyPatch, password: str
) -> None:
    monkeypatch.setitem(settings.DATABASES, "default", {"ENGINE": GOOD, "PASSWORD": password})
    settings.CACHE_URL = f"redis://app:{password}@127.0.0.1/0"
    settings.BROKER_URL = f"redis://:{password}@127.0.0.1/0"
    settings.METRICS_TOKEN = password

    assert [message.msg for message in checks.look()] == [
        f"The password in {name} is short, a placeholder or easily guessed."
        for name in (
            "BIOLOGIDEX_BROKER_URL",
            "BIOLOGIDEX_CACHE_URL",
            "BIOLOGIDEX_DATABASE_URL",
            "BIOLOGIDEX_METRICS_TOKEN",
        )
    ]


@pytest.mark.parametrize("host", ["10.0.0.5", "[fd00::5]", "db.example.org", "127.0.0.1,db.example.org"])
@pytest.mark.parametrize("alias", ["default", "replica"])
@pytest.mark.parametrize(
    ("mode", "problem"),
    [
        ("", ["config.E007"]),
        ("?sslmode=prefer", ["config.E007"]),
        ("?sslmode=disable", ["config.E007"]),
        ("?sslmode=require", ["config.W003"]),
        ("?sslmode=verify-full&sslrootcert=/etc/ssl/db.pem", []),
    ],
)
def test_a_database_on_another_machine_is_spoken_to_by_encrypted_connections(
    monkeypatch: pytest.MonkeyPatch, host: str, alias: str, mode: str, problem: list[str]
) -> None:
    named = databases.of(f"postgres://app:q@{host}/dex{mode}", replica="")["default"]
    monkeypatch.setitem(django_settings.DATABASES, alias, named)

    assert found() == problem


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "[::1]", "localhost", "pgbouncer", "%2Frun%2Fpostgresql.d", ""]
)
def test_one_on_this_machine_or_in_the_container_beside_need_not_be(
    monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    named = databases.of(f"postgres://app:q@{host}/dex", replica="")["default"]
    monkeypatch.setitem(django_settings.DATABASES, "default", named)

    assert found() == []


@pytest.mark.usefixtures("_public")
@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("DEBUG", True, "config.E002"),
        ("ALLOWED_HOSTS", ["*"], "config.E005"),
        ("ALLOWED_HOSTS", ["dex.example.org", ".org"], "config.E005"),
        ("TRUSTED_PROXIES", [], "config.W001"),
        ("EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend", "config.W002"),
    ],
)
def test_what_else_is_wrong_with_a_public_server(settings: Any, name: str, value: Any, problem: str) -> None:
    setattr(settings, name, value)

    assert found() == [problem]


@pytest.mark.usefixtures("_public")
def test_a_file_is_no_database_for_several_processes(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(settings.DATABASES, "default", {"ENGINE": "django.db.backends.sqlite3"})

    assert found() == ["config.E004"]


@pytest.mark.parametrize(
    ("site", "host", "reachable", "public"),
    [
        ("http://localhost:8000", "127.0.0.1", False, False),
        ("http://dex.localhost", "::1", False, False),
        ("http://localhost:8000", "0.0.0.0", True, False),
        ("http://192.168.1.7:8000", "192.168.1.7", True, False),
        ("http://attic.local", "0.0.0.0", True, False),
        ("http://attic", "0.0.0.0", True, False),
        ("http://dex.example.org", "127.0.0.1", True, True),
        ("http://8.8.8.8", "127.0.0.1", True, True),
    ],
)
def test_who_can_reach_a_server_follows_from_its_addresses(
    settings: Any, site: str, host: str, reachable: bool, public: bool
) -> None:
    settings.SITE_URL, settings.HOST, settings.DEBUG = site, host, True

    assert ("config.E002" in found()) is reachable
    assert ("config.E006" in found()) is public


def test_the_address_people_type_is_always_answered() -> None:
    assert hosts(["localhost"], "https://dex.example.org:8443/x") == ["localhost", "dex.example.org"]
    assert hosts(["dex.example.org"], "https://dex.example.org") == ["dex.example.org"]


def test_the_admins_host_is_answered_where_there_is_one() -> None:
    site = "https://dex.example.org"

    assert hosts(["localhost"], site, "admin.example.org") == [
        "localhost",
        "dex.example.org",
        "admin.example.org",
    ]
    assert hosts(["localhost"], site, "dex.example.org") == ["localhost", "dex.example.org"]


@pytest.mark.usefixtures("_public")
def test_check_deploy_tells_all_at_once(settings: Any) -> None:
    settings.DEBUG = True
    settings.ALLOWED_HOSTS = ["*"]

    with pytest.raises(Exception, match=r"(?s)config\.E002.*config\.E005"):
        call_command("check", deploy=True, tags=["starting"])


def test_every_silenced_check_of_django_is_known() -> None:
    assert django_settings.SILENCED_SYSTEM_CHECKS == ["security.W021"]
