"""Two real servers behind one Redis: together they let in as many as one would, and nobody talks their way past."""

import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2 as httpx
import pytest
from redis import Redis

from client import Person
from running import Server, free_port

pytestmark = pytest.mark.slow
ALLOWED = 40
RATES = f"all=0/hour,anonymous={ALLOWED}/hour,person={ALLOWED}/hour"


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run a Redis of our own, which keeps nothing."""
    # Debian's redis-tools holds the same program without the service: what it does depends on its first word.
    program = shutil.which("redis-server") or shutil.which("redis-check-rdb")
    if program is None:
        pytest.skip("Redis is not installed. As root: apt install redis-tools")
    port = free_port()
    keeps_nothing = ["--bind", "127.0.0.1", "--port", str(port), "--save", "", "--appendonly", "no"]
    command = ["redis-server", *keeps_nothing, "--dir", str(tmp_path_factory.mktemp("redis"))]
    with subprocess.Popen(command, executable=program, stdout=subprocess.DEVNULL) as process:
        yield f"redis://127.0.0.1:{port}/0"
        process.terminate()


@pytest.fixture(scope="module")
def both(prepared: Path, redis: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Server]]:
    """Run two servers with one database, one key and one cache. A data folder has only one server at a time."""
    place = tmp_path_factory.mktemp("servers")
    one, other = (Path(shutil.copytree(prepared, place / name)) for name in ("one", "other"))
    shared = {
        "BIOLOGIDEX_CACHE_URL": redis,
        "BIOLOGIDEX_RATES": RATES,
        "BIOLOGIDEX_DATABASE_URL": f"sqlite:///{one}/biologidex.sqlite3",
    }
    servers = [Server(folder, **shared) for folder in (one, other)]
    try:
        yield [server.start() for server in servers]
    finally:
        for server in servers:
            server.stop()


@pytest.fixture
def pair(both: list[Server], redis: str) -> list[Server]:
    """Give the two servers, with nothing counted yet."""
    with Redis.from_url(redis) as client:
        client.flushall()
    return both


def burst(servers: list[Server], path: str, times: int, **headers: str) -> Counter[int]:
    """Ask both at once, eight at a time. Returns how often each status was answered."""

    def ask(number: int) -> int:
        spoofed = {name: value.format(number) for name, value in headers.items()}
        address = servers[number % 2].address + path
        return httpx.get(address, headers=spoofed, timeout=30).status_code

    with ThreadPoolExecutor(8) as pool:
        return Counter(pool.map(ask, range(times)))


def test_a_burst_over_both_lets_in_exactly_as_many_as_allowed(pair: list[Server]) -> None:
    answers = burst(pair, "/api/v1/animals/", ALLOWED + 30)

    assert answers == {200: ALLOWED, 429: 30}


def test_an_address_that_somebody_makes_up_counts_for_nothing(pair: list[Server]) -> None:
    made_up = {
        "X-Forwarded-For": "198.51.100.{}",
        "X-Real-IP": "198.51.100.{}",
        "Forwarded": "for=198.51.100.{}",
    }

    assert burst(pair, "/api/v1/animals/", ALLOWED + 30, **made_up) == {200: ALLOWED, 429: 30}


def test_a_person_is_counted_over_both_and_told_how_long_to_wait(pair: list[Server]) -> None:
    with Person(pair[0].address) as ann:
        ann.sign_up()
        token = f"Bearer {ann.token}"

    answers = burst(pair, "/api/v1/users/me/", ALLOWED + 20, Authorization=token)
    refused = [
        httpx.get(f"{server.address}/api/v1/users/me/", headers={"Authorization": token}) for server in pair
    ]

    assert answers == {200: ALLOWED, 429: 20}
    assert [answer.status_code for answer in refused] == [429, 429]
    assert all(0 < int(answer.headers["Retry-After"]) <= 3600 for answer in refused)


OVERVIEW = "/api/v1/dex/entries/friends_overview/"


def test_what_is_kept_is_right_whichever_server_was_told_of_the_change(pair: list[Server]) -> None:
    one = pair[0]
    with Person(one.address) as ann, Person(one.address) as bob:
        ann.sign_up()
        bob.sign_up()
        token = {"Authorization": f"Bearer {ann.token}"}

        def friends() -> list[str]:
            told = [httpx.get(server.address + OVERVIEW, headers=token).json() for server in pair]
            assert told[0] == told[1]
            return [friend["username"] for friend in told[1]["friends"]]

        before = friends()
        code = bob.get("users/friend_code/")["friend_code"]
        asked = ann.post("social/friendships/send_request/", json={"friend_code": code})
        bob.post(f"social/friendships/{asked['id']}/respond/", json={"action": "accept"})
        during = friends()
        bob.post(f"social/friendships/{asked['id']}/respond/", json={"action": "block"})

        assert (before, during, friends()) == ([], [bob.name], [])


def test_who_signs_out_at_one_is_given_nothing_that_the_other_keeps(pair: list[Server]) -> None:
    one, other = pair
    with Person(one.address) as ann:
        ann.sign_up()
        token = {"Authorization": f"Bearer {ann.token}"}
        before = httpx.get(other.address + OVERVIEW, headers=token).status_code
        httpx.post(f"{one.address}/api/v1/auth/logout/", headers=token).raise_for_status()

    assert (before, httpx.get(other.address + OVERVIEW, headers=token).status_code) == (200, 401)
