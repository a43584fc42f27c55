"""docs/configuration.md lists exactly the variables that the settings read, with the same words."""

import ast
from pathlib import Path

import pytest
from django.conf import settings

from biologidex.config import env

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs" / "configuration.md"
CONFIG = ROOT / "src" / "biologidex" / "config"
HEAD = ["| Variable | Default | Meaning |", "| --- | --- | --- |"]


def row(variable: env.Variable) -> str:
    # A default may be made of others; it is shown as they stand for, not as this machine has them.
    default = variable.default.replace(str(settings.DATA_DIR), "$BIOLOGIDEX_DATA_DIR").replace(
        f"localhost:{settings.PORT}", "localhost:$PORT"
    )
    return f"| `{variable.name}` | {f'`{default}`' if default else ''} | {variable.meaning} |"


def test_every_variable_is_documented_as_it_is_declared() -> None:
    declared = HEAD + [row(variable) for variable in env.DECLARED.values()]

    documented = [line for line in DOCUMENT.read_text(encoding="utf-8").splitlines() if line.startswith("|")]

    if documented != declared:
        table = "\n".join(declared)
        pytest.fail(f"The table of docs/configuration.md has to be this one:\n\n{table}\n", pytrace=False)


def test_the_secrets_are_the_ones_that_may_come_from_a_file() -> None:
    calls = [
        node
        for file in CONFIG.glob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
    ]
    secrets = [
        call.args[0].value
        for call in calls
        if ast.unparse(call.func) == "env.secret" and isinstance(call.args[0], ast.Constant)
    ]

    text = DOCUMENT.read_text(encoding="utf-8").partition("\n## Secrets\n")[2]

    assert secrets
    assert [name for name in env.DECLARED if f"- `{name}_FILE`" in text] == sorted(
        secrets, key=list(env.DECLARED).index
    )


def test_no_meaning_breaks_the_table() -> None:
    assert [
        name for name, variable in env.DECLARED.items() if "|" in variable.meaning + variable.default
    ] == []
