"""scripts/setup.sh has made the installation that these drills use: it made it well, and changes it no more."""

import stat

import httpx2 as httpx
import pytest

from ops.containers.installation import Installation

pytestmark = pytest.mark.ops


def serving(installation: Installation) -> dict[str, str]:
    """Return the ids of what serves: on podman, Compose makes what backs up anew whenever it is asked for it."""
    return {name: one for name, one in installation.containers().items() if name != "backup"}


def test_the_same_command_again_changes_nothing(installation: Installation) -> None:
    installation.set_up()  # another drill may have told it whom to alert
    files, containers = installation.contents(), serving(installation)

    told = installation.set_up()

    assert told.returncode == 0, told.stderr
    assert "is already open" in told.stdout
    assert installation.contents() == files
    assert serving(installation) == containers
    assert httpx.get(f"{installation.address}/ready/").status_code == 200


def test_secrets_are_long_all_different_and_for_root_and_the_containers_alone(
    installation: Installation,
) -> None:
    secrets = list((installation.etc / "secrets").iterdir())
    ours = ("_password", "_key", "_token")
    theirs = "biologidex_smtp_password"  # of somebody else's server: empty until the operator writes it
    made = [one.read_text().strip() for one in secrets if one.name.endswith(ours) and one.name != theirs]

    assert len(made) >= 12
    assert all(len(one) >= 64 for one in made)
    assert len(set(made)) == len(made)
    assert {stat.S_IMODE(one.stat().st_mode) for one in secrets} == {0o440}
    assert stat.S_IMODE((installation.etc / "secrets").stat().st_mode) == 0o750


def test_the_memory_of_the_database_is_computed_for_its_container(installation: Installation) -> None:
    ask = (
        "PGPASSWORD=$(cat /run/secrets/biologidex_monitor_password)"
        " psql -XAtq -h 127.0.0.1 -U biologidex_monitor -d biologidex -c 'SHOW shared_buffers'"
    )

    assert installation.compose("exec", "-T", "db", "sh", "-c", ask).strip() == "512MB"
