"""Who gives up first: each part a little sooner than the one that waits for it, so that the answer says why."""

import re
import runpy
from pathlib import Path

DEPLOY = Path(__file__).parents[2] / "deploy"


def number(file: str, pattern: str) -> int:
    """The number that a shipped file has at this place."""
    found = re.search(pattern, (DEPLOY / file).read_text(encoding="utf-8"))
    assert found is not None, f"deploy/{file} has no {pattern}"
    return int(found[1])


def test_timeouts_ordered() -> None:
    gunicorn = runpy.run_path(str(DEPLOY / "gunicorn.conf.py"))
    lock = number("postgres/roles.sql", r"biologidex_app\s+SET lock_timeout = '(\d+)s'")
    connection = number("pgbouncer/pgbouncer.ini", r"PGBOUNCER_WAIT seconds\. (\d+) for the primary")
    statement = number("postgres/roles.sql", r"biologidex_app\s+SET statement_timeout = '(\d+)s'")
    proxy = number("nginx/proxy.conf", r"proxy_read_timeout (\d+)s")

    assert lock < connection < statement < gunicorn["timeout"] < proxy
    assert (statement, gunicorn["timeout"], proxy) == (30, 60, 65)


def test_a_connection_is_let_go_first_by_whoever_opened_it() -> None:
    gunicorn = runpy.run_path(str(DEPLOY / "gunicorn.conf.py"))

    assert number("nginx/nginx.conf", r"keepalive_timeout (\d+)s;\s+# shorter") < gunicorn["keepalive"]
