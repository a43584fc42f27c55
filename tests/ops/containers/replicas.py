"""The replica of an installation, turned on as docs/deploy.md says."""

import time

import httpx2 as httpx

from ops.containers.installation import Installation

PARTS = ("replica", "pgbouncer-replica")
URL_FILE = "/run/secrets/biologidex_replica_url"  # pragma: allowlist secret
READS = "SELECT coalesce(sum(seq_scan + idx_scan), 0) FROM pg_stat_user_tables WHERE relname = 'dex_entries'"
STORES = {"postgres": "POSTGRES_VOLUME", "replica": "REPLICA_STORE"}


def ask(installation: Installation, server: str, question: str) -> str:
    """Ask a database over its socket file."""
    command = ("psql", "-h", "/srv/run", "-XAt", "-d", "biologidex", "-c", question)
    return installation.compose("exec", "-T", server, *command).strip()


def wait_until_ready(installation: Installation, patience: float = 120) -> None:
    """Wait until the front door lets people in."""
    end = time.monotonic() + patience
    while httpx.get(f"{installation.address}/ready/", timeout=20).status_code != 200:
        assert time.monotonic() < end
        time.sleep(0.2)


def wait_until_it_streams(installation: Installation, patience: float = 120) -> None:
    """Wait until the database says that it is followed."""
    end = time.monotonic() + patience
    while ask(installation, "db", "SELECT state FROM pg_stat_replication") != "streaming":
        assert time.monotonic() < end, installation.compose("logs", "--tail", "20", "replica")
        time.sleep(0.5)


def volume_of(installation: Installation) -> str:
    """Return the volume that is the replica's, after promotions and restores too."""
    state = installation.state
    name = state.get("REPLICA_VOLUME", "replica")
    return f"biologidex_{state.get(STORES[name], name)}"


def follow(installation: Installation) -> None:
    """Do what the docs say to get one, or another one."""
    web = [installation.name_of(f"web-SIDE-{number}") for number in (1, 2)]
    lines = ["scripts/compose.sh up -d --no-deps replica pgbouncer-replica"]
    lines += [f"scripts/compose.sh up -d --no-deps {one}" for one in web]
    for line in lines:
        told = installation.typed(line)
        assert told.returncode == 0, told.stderr
        if line == lines[0]:
            installation.compose("--profile", "replica", "up", "-d", "--no-deps", "--wait", *PARTS)
    wait_until_ready(installation)


def turn_on(installation: Installation) -> None:
    """Let the server have a replica from now on."""
    installation.engine.run(
        "podman", "volume", "rm", volume_of(installation), check=False
    )  # of a drill before
    profiles = f"{installation.state.get('PROFILES', '')} replica".strip()
    installation.remember(PROFILES=profiles, REPLICA_URL_FILE=URL_FILE)
    follow(installation)


def turn_off(installation: Installation) -> None:
    """Let it have none. What was promoted stays the database."""
    kept = [word for word in installation.state["PROFILES"].split() if word != "replica"]
    installation.remember(PROFILES=" ".join(kept), REPLICA_URL_FILE="")
    installation.compose("--profile", "replica", "rm", "-s", "-f", *PARTS)
    unused = "FROM pg_replication_slots WHERE NOT active"  # it would keep the log for nobody
    ask(installation, "db", f"SELECT pg_drop_replication_slot(slot_name) {unused}")
    web = [installation.name_of(f"web-SIDE-{number}") for number in (1, 2)]
    installation.compose("up", "-d", "--no-deps", *web)
    wait_until_ready(installation)
