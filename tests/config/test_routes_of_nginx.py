"""What nginx is told about single addresses holds for all that the server has: deploy/nginx/nginx.conf."""

import re
import uuid
from collections.abc import Iterator
from inspect import getmodule, getsource
from pathlib import Path
from typing import Any

import yaml
from django.urls import URLResolver, get_resolver

TOP = Path(__file__).parents[2]
NGINX = (TOP / "deploy/nginx/nginx.conf").read_text(encoding="utf-8")
SECRET = "canary"
SAMPLES = {"uuid": str(uuid.UUID(int=1)), "int": "1", "slug": "word"}


def routes(resolver: Any = None, above: str = "/") -> Iterator[tuple[str, Any]]:
    """Every address with a sample in place of each parameter, and who answers there. What is free text is secret."""
    for pattern in (resolver or get_resolver()).url_patterns:
        path = above + _filled(str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, path)
        else:
            yield path, pattern.callback


def _filled(route: str) -> str:
    named = re.sub(r"\(\?P<(\w+)>[^()]*\)", lambda found: "1" if found[1] in {"x", "y"} else SECRET, route)
    plain = re.sub(r"<(?:(\w+):)?\w+>", lambda found: SAMPLES.get(found[1] or "str", SECRET), named)
    return plain.replace("\\", "").strip("^$")


def map_of(variable: str) -> list[tuple[str, str]]:
    """Return the regular expressions of one of nginx's maps, with what each becomes."""
    found = re.search(rf"map \S+ \${variable} \{{(.*?)\n    \}}", NGINX, re.DOTALL)
    assert found
    return re.findall(r"^\s*~(\S+) (\S+);", found[1], re.MULTILINE)


def logged(path: str) -> str:
    """What nginx writes down of an address."""
    for pattern, becomes in map_of("logged_path"):
        if found := re.search(pattern, path):
            return becomes.replace("$1", found[1])
    return "-"


def taking_files() -> set[str]:
    """Every address that files are sent to: of the API as it is described, of the pages as their views read them."""
    described = yaml.safe_load((TOP / "docs/api/openapi.yaml").read_text(encoding="utf-8"))
    components = described["components"]["schemas"]
    found = set()
    for path, operations in described["paths"].items():
        for operation in operations.values():
            content = (
                operation.get("requestBody", {}).get("content", {}) if isinstance(operation, dict) else {}
            )
            schemas = [
                components.get(str(kind["schema"].get("$ref")).rpartition("/")[2], kind)
                for kind in content.values()
            ]
            if "binary" in str(schemas):
                found.add(re.sub(r"\{\w+\}", SAMPLES["uuid"], path))
    for path, view in routes():
        module = getmodule(view)
        if module and module.__name__.startswith("biologidex.web.") and ".FILES" in getsource(module):
            found.add(path)
    return found


def test_every_address_that_takes_files_has_room_for_them_and_is_counted_as_one() -> None:
    (room,) = re.findall(r"location ~ (\S+) \{\s+client_max_body_size \$\{MAX_BODY_MB\}m;", NGINX)
    counted = [pattern for pattern, _ in map_of("upload_client")]

    addresses = taking_files()
    assert {"/api/v1/vision/jobs/", "/api/v1/uploads/" + SAMPLES["uuid"] + "/", "/capture/"} <= addresses
    assert [path for path in sorted(addresses) if not re.search(room, path)] == []
    assert [
        path for path in sorted(addresses) if not any(re.search(one, f"POST:{path}") for one in counted)
    ] == []


def test_no_address_that_names_somebody_or_lets_them_in_is_written_down() -> None:
    names = f"/api/v1/taxonomy/{SECRET}/"  # those of taxa are for everybody
    secret = [path for path, _ in routes() if SECRET in path and not path.startswith(names)]

    assert {"/photos/canary.canary", f"/shared/{SECRET}/"} <= set(secret)
    assert [path for path in secret if SECRET in logged(path)] == []


def test_what_of_an_address_is_written_down_is_enough_to_find_it_again() -> None:
    assert logged("/api/v1/animals/?q=fox") == "/api/v1/animals/"
    assert [logged(path) for path in ("/", "/dex/?q=fox", "/health")] == ["/", "/dex/", "/health"]
    assert logged("/friends/@ann/") == "/friends/-"
    assert logged("//friends/@ann/") == "-"
