""".env.production.example names every variable there is, in no other words than the settings do."""

import re
from pathlib import Path

from django.conf import settings

from biologidex.config import env

EXAMPLE = Path(__file__).parents[2] / ".env.production.example"
LINE = re.compile(r"(?m)^(#?)([A-Z][A-Z0-9_]+)=(.*)$")


def lines() -> list[tuple[str, str, str]]:
    """Every variable: `#` if it is left unset, its name, its value."""
    return LINE.findall(EXAMPLE.read_text(encoding="utf-8"))


def test_the_example_lists_every_variable_once_and_no_other() -> None:
    listed = [name.removesuffix("_FILE") for _, name, _ in lines()]

    missing = [f"#{name}={variable.default}" for name, variable in env.DECLARED.items() if name not in listed]

    assert missing == [], "add these lines to .env.production.example"
    assert sorted(listed) == sorted(env.DECLARED)


def test_what_is_left_unset_is_shown_as_it_is_then() -> None:
    for unset, name, value in lines():
        if unset and not name.endswith("_FILE"):
            assert value == env.DECLARED[name].default.replace(str(settings.DATA_DIR), "./var"), name


def test_no_secret_stands_in_the_example() -> None:
    files = [value for _, name, value in lines() if name.endswith("_FILE") and value]
    others = [value for _, name, value in lines() if not name.endswith("_FILE") and "://" in value]

    assert files == [value for value in files if value.startswith("/run/secrets/biologidex_")]
    assert others == ["https://biologidex.example.org"]
