"""What a new release brings reaches whoever should have it: its code every process, its page files people.

Nothing of a release before is in its way, neither in a volume nor in a browser; and what the release that serves could
not live with does not get as far as the database.
"""

import re
import textwrap

import httpx2 as httpx
import pytest

from ops.containers.installation import PACKAGE, TOP, Installation

pytestmark = [pytest.mark.ops, pytest.mark.timeout(900)]
PAGE_FILES = "BIOLOGIDEX_DATA_DIR=/tmp/data BIOLOGIDEX_STATIC_DIR=/app/static biologidex page-files"
PROCESSES = ("web-SIDE-1", "web-SIDE-2", "live-SIDE", "worker-SIDE", "beat-SIDE")


def migration(name: str, operation: str) -> str:
    """Return the line of a Dockerfile that adds a migration to a release."""
    latest = max((TOP / "src/biologidex/social/migrations").glob("0*.py")).stem
    text = textwrap.dedent(f"""\
        from django.db import migrations
        class Migration(migrations.Migration):
            dependencies = [("social", "{latest}")]
            operations = [{operation}]
        """)
    lines = " ".join(f"'{line}'" for line in text.replace("'", '"').splitlines())
    return f"RUN printf '%s\\n' {lines} > {PACKAGE}/social/migrations/{name}.py"


def style(installation: Installation) -> str:
    """Return the address of the style that the first page asks for."""
    page = httpx.get(installation.address, follow_redirects=True).text
    return re.findall(r'"(/static/[^"]+\.css)"', page)[0]


def test_every_process_and_every_page_file_is_of_the_new_release(installation: Installation) -> None:
    before = style(installation)
    file = f"{PACKAGE}/web{re.sub(r'[.][0-9a-f]{12}', '', before)}"
    installation.another_release(
        "1.4.0",
        f"RUN echo '/* 1.4.0 */' >> {file} && {PAGE_FILES} && rm -r /tmp/data && chmod -R a+rX /app/static",
    )

    told = installation.deploy("--watch", "2", "1.4.0")

    assert told.returncode == 0, told.stdout + told.stderr
    assert {installation.version(process) for process in PROCESSES} == {"1.4.0"}
    assert style(installation) != before
    assert httpx.get(f"{installation.address}{style(installation)}").text.endswith("/* 1.4.0 */\n")
    # Whoever has a page of before open finds its files too.
    assert httpx.get(f"{installation.address}{before}").status_code == 200


def test_a_migration_that_the_release_that_serves_cannot_live_with_is_refused(
    installation: Installation,
) -> None:
    removal = "migrations.RemoveField('friendship', 'created_at')"
    installation.another_release("1.5.0", migration("9999_takes_away", removal))
    before = installation.version()

    told = installation.deploy("1.5.0")

    assert told.returncode == 1, told.stdout + told.stderr
    assert "Its migrations are refused" in told.stderr
    assert installation.version() == before
    columns = "SELECT count(created_at) >= 0 FROM friendships"
    assert (
        installation.compose(
            "exec", "-T", "db", "psql", "-h", "/srv/run", "-XAt", "-d", "biologidex", "-c", columns
        ).strip()
        == "t"
    )


def test_a_migration_that_fails_leaves_the_release_of_before_in_service(installation: Installation) -> None:
    failing = "migrations.RunSQL('SELECT 1 / 0')"
    installation.another_release("1.6.0", migration("9999_fails", failing))
    before = installation.version()

    told = installation.deploy("1.6.0")

    assert told.returncode == 1, told.stdout + told.stderr
    assert "could not be prepared" in told.stderr
    assert "division by zero" in told.stderr
    assert installation.version() == before
