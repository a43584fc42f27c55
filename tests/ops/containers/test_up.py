"""The whole server in containers, as deploy/compose.production.yaml has it: it works, and can no more than it must."""

import json
import os
import re
import signal
import time

import httpx2 as httpx
import pytest

from client import Person
from ops.containers import report
from ops.containers.installation import PARTS, RELEASE, SERVICES, Installation
from ops.containers.memory import processes_of, proportional_megabytes
from pictures import jpeg

pytestmark = [pytest.mark.ops, pytest.mark.timeout(900)]
MOST_IDLE_MB = 2048
APPLICATION = ("web-SIDE-1", "web-SIDE-2", "live-SIDE", "worker-SIDE", "beat-SIDE")  # whichever is open
BELOW = ("db", "pgbouncer", "redis-broker", "redis-cache", "nginx")
OURS = [f"localhost/biologidex:{RELEASE}", *(f"localhost/biologidex-{part}:{SERVICES}" for part in PARTS)]
EVERY = pytest.mark.parametrize("service", [*APPLICATION, *BELOW])


def inside(installation: Installation, service: str, *command: str) -> str:
    return installation.compose("exec", "-T", installation.name_of(service), *command)


def test_somebody_signs_up_and_has_a_photo_identified_by_a_worker(installation: Installation) -> None:
    with Person(installation.address).sign_up() as ann:
        ann.find("Vulpes vulpes", jpeg())
        job = ann.outcome(ann.send_photo(jpeg(90, 60))["id"])
        photo = httpx.get(f"{installation.address}{httpx.URL(job['dex_compatible_url']).raw_path.decode()}")

    assert photo.status_code == 200
    assert photo.headers["content-type"].startswith("image/")


def test_pages_find_their_files_at_nginx(installation: Installation) -> None:
    page = httpx.get(installation.address).text
    files = re.findall(r'"(/static/[^"]+\.css)"', page)

    assert files
    for file in files:
        answer = httpx.get(f"{installation.address}{file}")
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]


def test_the_server_says_which_release_it_is(installation: Installation) -> None:
    told = httpx.get(f"{installation.address}/api/v1/version/").json()

    assert re.fullmatch("[0-9a-f]{7,}|unknown", told["git_commit"])
    assert re.fullmatch(r"1\.\d\.0", inside(installation, "web-SIDE-1", "cat", "/app/VERSION").strip())


@EVERY
def test_every_process_runs_without_rights_on_a_root_that_it_cannot_write(
    installation: Installation, service: str
) -> None:
    probe = "id -u; touch /probe 2>&1; touch /usr/bin/probe 2>&1; grep -h CapEff /proc/1/status"
    told = inside(installation, service, "sh", "-c", probe).splitlines()

    assert told[0] != "0"
    assert "Read-only file system" in told[1]
    assert "Read-only file system" in told[2]
    assert told[3].split()[1] == "0" * 16


@EVERY
def test_no_container_is_told_a_secret_but_by_a_file(installation: Installation, service: str) -> None:
    told = installation.engine.ask("inspect", installation.containers()[installation.name_of(service)])

    for secret in secrets_of(installation):
        assert secret not in told


def secrets_of(installation: Installation) -> list[str]:
    texts = [file.read_text().strip() for file in (installation.etc / "secrets").iterdir()]
    passwords = [found[1] for text in texts if (found := re.search(r":([0-9a-f]{32,})@", text))]
    return [*passwords, *(text for text in texts if len(text) > 20 and "://" not in text)]


@pytest.mark.parametrize("image", OURS)
def test_no_layer_holds_a_secret_or_a_compiler(installation: Installation, image: str) -> None:
    history = installation.engine.ask("history", "--no-trunc", "--format", "{{.CreatedBy}}", image)
    look = "command -v gcc cc g++ make git; ls -d /build /root/.cache /src 2>/dev/null; find / -xdev -name '*.env'"
    found = installation.engine.run(
        "podman", "run", "--rm", "--network=none", "--entrypoint=sh", image, "-c", look, check=False
    ).stdout

    assert found == ""
    for secret in secrets_of(installation):
        assert secret not in history
    assert not re.search(r"SECRET_KEY=|PASSWORD=", history)


def test_images_are_labelled_and_of_a_known_size(installation: Installation) -> None:
    (told,) = json.loads(installation.engine.ask("inspect", OURS[0]))
    labels = told["Config"]["Labels"]

    assert labels["org.opencontainers.image.version"] == RELEASE
    assert labels["org.opencontainers.image.revision"]
    assert told["Config"]["User"] == "10001:10001"
    for image in OURS:
        size = int(installation.engine.ask("inspect", "--format", "{{.Size}}", image)) / 1e6
        report.note("up", image.removeprefix("localhost/"), f"{size:.0f} MB")
        assert size < 900


def test_the_whole_server_takes_no_more_than_two_gigabytes_idle(installation: Installation) -> None:
    time.sleep(10)
    memory = {
        service: sum(map(proportional_megabytes, processes_of(installation, container)))
        for service, container in installation.containers().items()
    }

    report.note("up", "Idle memory", f"{sum(memory.values()):.0f} MB together")
    report.note(
        "up", "Of it, in MB", ", ".join(f"{name} {size:.0f}" for name, size in sorted(memory.items()))
    )
    assert sum(memory.values()) <= MOST_IDLE_MB


def test_nothing_is_published_but_the_front_door_on_this_host(installation: Installation) -> None:
    published = installation.engine.ask("ps", "--format", "{{.Ports}}").split()

    assert published == [f"127.0.0.1:{installation.port}->8080/tcp"]


def test_the_database_is_reached_by_encrypted_connections(installation: Installation) -> None:
    asked = "SELECT bool_and(ssl) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE client_addr IS NOT NULL"
    told = inside(installation, "db", "psql", "-h", "/srv/run", "-XAt", "-d", "biologidex", "-c", asked)

    assert told.strip() == "t"


def first_process(installation: Installation, container: str) -> int:
    """Return the host's number of a container's first process; 0 while there is none."""
    return int(installation.engine.ask("inspect", "--format", "{{.State.Pid}}", container))


def test_a_container_that_is_killed_comes_back_and_what_was_kept_is_there(installation: Installation) -> None:
    with Person(installation.address).sign_up() as ann:
        card = ann.find("Vulpes vulpes", jpeg())["id"]

        names = ["db", "pgbouncer", "redis-broker", *map(installation.name_of, ("web-SIDE-1", "worker-SIDE"))]
        running = installation.containers()
        killed = {name: first_process(installation, running[name]) for name in names}
        for (
            pid
        ) in killed.values():  # from the host, as when memory is short: what the engine ends stays ended
            os.kill(pid, signal.SIGKILL)
        end = time.monotonic() + 60
        while any(first_process(installation, running[name]) in {0, pid} for name, pid in killed.items()):
            assert time.monotonic() < end
            time.sleep(0.5)
        while httpx.get(f"{installation.address}/ready/").status_code != 200 and time.monotonic() < end:
            time.sleep(0.5)

        assert ann.get(f"dex/entries/{card}/")["id"] == card
        assert ann.outcome(ann.send_photo(jpeg(80, 60))["id"])["status"] == "completed"
