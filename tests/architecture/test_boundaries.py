"""What docs/architecture.md draws, held by commands: where code may live and what it may know."""

import ast
import io
import pkgutil
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import models
from importlinter.api import read_configuration
from rest_framework.serializers import BaseSerializer

import biologidex
from biologidex.core import jobs
from biologidex.core.errors import DomainError

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "biologidex"
LONGEST_FILE = 400
LAZY_IMPORT_REASONS = ("slow import", "optional dependency")
JUNK_DRAWERS = {"utils", "util", "common", "helpers", "misc", "signals", "managers"}


def sources() -> list[Path]:
    """Every Python file of the product, generated migrations left out."""
    return [file for file in SOURCE.rglob("*.py") if "migrations" not in file.parts]


def nodes(kind: type[ast.AST] | tuple[type[ast.AST], ...]) -> Iterator[tuple[str, Any]]:
    """Every syntax node of a kind, with the place to look at."""
    for file in sources():
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, kind):
                yield f"{file.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}", node


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, text=True, check=False)


def layers() -> dict[str, int]:
    """The height of each part, from the contract itself: 0 is the ground."""
    contracts = read_configuration(str(ROOT / ".importlinter"))["contracts_options"]
    drawn = next(
        contract["layers"] for contract in contracts if contract["name"] == "Apps import downwards only"
    )
    return {
        name.strip(" ()"): height for height, row in enumerate(reversed(drawn)) for name in row.split("|")
    }


def our_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model.__module__.startswith("biologidex.")]


def subclasses(kind: type) -> Iterator[type]:
    for below in kind.__subclasses__():
        yield below
        yield from subclasses(below)


@pytest.mark.slow
def test_the_import_contracts_hold(tmp_path: Path) -> None:
    lint = "import sys; sys.path.insert(0, 'src'); from importlinter.cli import lint_imports_command as lint; lint()"

    outcome = run("-c", lint, "--no-logo", "--cache-dir", str(tmp_path))

    assert outcome.returncode == 0, outcome.stdout + outcome.stderr


@pytest.mark.slow
def test_the_style_is_clean(tmp_path: Path) -> None:
    for command in (["check"], ["format", "--check"]):
        outcome = run("-m", "ruff", *command, "--cache-dir", str(tmp_path), "src", "tests")
        assert outcome.returncode == 0, outcome.stdout + outcome.stderr


def test_foreign_keys_point_downwards() -> None:
    height = layers()
    upwards = [
        f"{model._meta.label}.{field.name} -> {field.related_model._meta.label}"
        for model in our_models()
        for field in model._meta.get_fields()
        if field.is_relation and not field.auto_created and field.related_model in our_models()
        if field.related_model._meta.app_label != model._meta.app_label
        and height[field.related_model._meta.app_label] >= height[model._meta.app_label]
    ]

    assert upwards == []


def test_all_enqueued_work_is_known() -> None:
    known = {repr(name) for name in jobs.tasks}
    unknown = [
        f"{place}: {ast.unparse(call.args[0])}"
        for place, call in nodes(ast.Call)
        if ast.unparse(call.func).split(".")[-1] == "enqueue"
        if ast.unparse(call.args[0]) not in known
        if "core/jobs/schedule.py"
        not in place  # its names stand in settings; tests/core/test_jobs.py runs them all
    ]

    assert known
    assert unknown == []


def test_no_file_is_too_long_to_read() -> None:
    files = [
        file
        for folder in ("src", "tests", "benchmarks", "scripts")
        for file in (ROOT / folder).rglob("*")
        if file.suffix in {".py", ".html", ".css", ".js", ".sh"} and "migrations" not in file.parts
    ]
    lengths = {str(file.relative_to(ROOT)): len(file.read_bytes().splitlines()) for file in files}

    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


def test_an_import_inside_a_function_has_one_of_the_listed_reasons() -> None:
    unexplained = []
    for place, function in nodes((ast.FunctionDef, ast.AsyncFunctionDef)):
        lines = (ROOT / place.rpartition(":")[0]).read_text(encoding="utf-8").splitlines()
        unexplained += [
            f"{place.rpartition(':')[0]}:{node.lineno}"
            for node in ast.walk(function)
            if isinstance(node, ast.Import | ast.ImportFrom)
            and not lines[node.lineno - 1].endswith(LAZY_IMPORT_REASONS)
        ]

    assert unexplained == []


@pytest.mark.django_db
def test_migrations_say_all_that_models_say() -> None:
    out = io.StringIO()
    try:
        call_command("makemigrations", check_changes=True, dry_run=True, stdout=out)
    except SystemExit:
        pytest.fail(out.getvalue())


def test_there_are_no_junk_drawers() -> None:
    places = [file.relative_to(SOURCE).with_suffix("") for file in sources()]

    assert [str(place) for place in places if JUNK_DRAWERS & set(place.parts)] == []


@pytest.mark.parametrize(
    ("kind", "home"), [(DomainError, "errors"), (models.Model, "models"), (BaseSerializer, "serializers")]
)
def test_each_kind_of_class_lives_in_the_file_of_its_name(kind: type, home: str) -> None:
    for module in pkgutil.walk_packages(biologidex.__path__, "biologidex."):
        import_module(module.name)  # a class that nobody has loaded would not be among the subclasses
    ours = {below for below in subclasses(kind) if below.__module__.startswith("biologidex.")}
    strays = {
        f"{below.__module__}.{below.__name__}" for below in ours if home not in below.__module__.split(".")
    }

    assert ours
    assert strays == set()


def test_work_is_registered_in_the_file_tasks() -> None:
    assert {task.work.__module__.rpartition(".")[2] for task in jobs.tasks.values()} == {"tasks"}


EDGES = {"admin", "api", "serializers", "urls", "addresses", "views", "commands"}
# The whole of these is about HTTP: what the API shares, the pages, and what load balancers ask.
ABOUT_HTTP = (
    "accounts/browser",
    "accounts/signing",
    "accounts/tokens",
    "core/answers",
    "core/api",
    "core/cursors",
    "core/faults",
    "core/handover",
    "core/head",
    "core/identity",
    "core/log_lines",
    "core/live/serving",
    "core/logging",
    "core/metrics",
    "core/parsers",
    "core/proxies",
    "core/renderers",
    "core/routes",
    "core/schema",
    "core/short_way",
    "core/versioning",
    "ops/csp_reports",
    "core/throttling",
    "core/tracing",
    "web/",
    "ops/health",
    "ops/admin_host",
    "ops/staff/access",
    "ops/staff/pages",
    "ops/metrics",
)


def test_only_the_edges_know_http() -> None:
    inner = [
        place
        for place, node in nodes((ast.Import, ast.ImportFrom))
        if re.match(r"(from|import) (rest_framework|django\.(http|shortcuts))", ast.unparse(node))
        if not EDGES & set(Path(place.rpartition(".py:")[0]).parts)
        if not place.removeprefix("src/biologidex/").startswith(ABOUT_HTTP)
    ]

    assert inner == []
