"""What the API's reads cost beside a trivial Django view, under the same gunicorn and nginx in the same run.

    .venv/bin/python benchmarks/endpoints.py [--database sqlite] [--entries 200000] [--rounds 5] [--seconds 2]

Fills a database with cards (benchmarks/seed.py), starts gunicorn with our application and with the trivial one, and
asks both in turn, some seconds each, several times over: what disturbs the machine disturbs both. Prints medians:
requests per second, the ratio to the trivial view in the same round, the same ratio of the processor time that a
request takes (which other work on the machine disturbs less), that time for the application and for everything
(nginx, database and cache too), and queries per request. "Cold" asks each time with a parameter that nobody has asked
with before, so that nothing kept can answer.
"""

import argparse
import contextlib
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import httpx2 as httpx
from server import photo
from servers import Process, family, gunicorn, nginx, redis, seconds_of

from stack.postgres import postgres

VIEWER, PASSWORD = "viewer", "kingfisher-over-water"

CONNECTIONS = 8  # as many as gunicorn has threads
TRIVIAL = "/trivial/"
ANOTHER = 'local n = {start}; request = function() n = n + 1; return wrk.format("GET", "{path}" .. n) end'
SINGLES, SINGLE = 9, "one by one"
LEAST_WARM, LEAST_COLD = 0.40, 0.12


@dataclass(frozen=True)
class Read:
    """Something to ask for, and how."""

    name: str
    path: str
    headers: dict[str, str]
    least: bool = True  # whether it is one of those that have a share of the trivial view to reach


@dataclass
class Taken:
    """What the rounds of one measurement brought."""

    rates: list[float] = field(default_factory=list)
    ratios: list[float] = field(default_factory=list)
    by_work: list[float] = field(default_factory=list)  # the ratio of processor times, whatever else runs
    # Milliseconds of processor time per request, of the application and of everything.
    own: list[float] = field(default_factory=list)
    all: list[float] = field(default_factory=list)


class Load:
    """Asks one address as fast as it answers, and tells what that took."""

    def __init__(self, folder: Path, seconds: int) -> None:
        if shutil.which("wrk") is None:
            raise SystemExit("wrk is not installed. As root: apt install wrk")
        self._folder, self._seconds, self._asked = folder, seconds, 0

    def __call__(self, address: str, server: Process, headers: dict[str, str], *, cold: bool) -> Taken:
        """Run one round."""
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{self._seconds}s", "--timeout", "20s"]
        command += [word for name, value in headers.items() for word in ("-H", f"{name}: {value}")]
        if cold:
            script = self._folder / "another.lua"
            path = re.sub(r"^http://[^/]*", "", address)
            path += "&another=" if "?" in path else "?another="
            script.write_text(ANOTHER.format(start=self._asked, path=path))
            command += ["-s", str(script)]
        _wait_until_idle(server)
        own, whole = server.seconds(), everything()
        out = subprocess.run([*command, address], capture_output=True, text=True, check=True).stdout
        if "Non-2xx" in out or "Socket errors" in out:
            raise RuntimeError(out)
        asked = max(1, int(re.search(r"(\d+) requests in", out)[1]))
        self._asked += asked + CONNECTIONS
        taken = Taken(rates=[float(re.search(r"Requests/sec:\s+([\d.]+)", out)[1])])
        taken.own = [(server.seconds() - own) / asked * 1000]
        taken.all = [(everything() - whole) / asked * 1000]
        return taken


def _wait_until_idle(server: Process) -> None:
    """Wait for the end of what the last round asked for and did not wait for."""
    before = -1.0
    while server.seconds() != before:
        before = server.seconds()
        time.sleep(0.15)


def everything() -> float:
    """Return the processor time of all that this benchmark has started."""
    return seconds_of([pid for pid in family(os.getpid()) if pid != os.getpid()])


@contextlib.contextmanager
def environment(folder: Path, database: str) -> Iterator[None]:
    """Run the database and the cache, and point the product at them."""
    with contextlib.ExitStack() as running:
        address = running.enter_context(postgres(pool=25)) if database == "postgres" else ""
        cache = running.enter_context(redis(folder)) if database == "postgres" else None
        os.environ |= {
            "BIOLOGIDEX_DATA_DIR": str(folder / "data"),
            "BIOLOGIDEX_DATABASE_URL": address,
            "BIOLOGIDEX_CACHE_URL": f"redis://127.0.0.1:{cache.port}/0" if cache else "",
            "BIOLOGIDEX_RATES": "all=100000000/hour",  # counted, as always, and never used up
            "BIOLOGIDEX_LOG_LEVEL": "WARNING",
            "DJANGO_SETTINGS_MODULE": "biologidex.config.settings",
        }
        yield


def reads() -> list[Read]:
    """Return what is asked for, as the person who has most."""
    from seed import NOW  # noqa: PLC0415 -- slow import

    from biologidex.accounts.models import User  # noqa: PLC0415 -- slow import
    from biologidex.accounts.services import open_session  # noqa: PLC0415 -- slow import
    from biologidex.accounts.tokens import tokens_for  # noqa: PLC0415 -- slow import
    from biologidex.animals.models import Animal  # noqa: PLC0415 -- slow import

    token = tokens_for(open_session(user=User.objects.get(username=VIEWER), device="Benchmark"))["access"]
    known = {"Authorization": f"Bearer {token}", "Accept": "application/json", "Accept-Encoding": "gzip"}
    v1 = "/api/v1/"
    entries = f"{v1}dex/entries/"
    return [
        Read("animals, a page of 50", f"{v1}animals/", known),
        Read("animal", f"{v1}animals/{Animal.objects.get(creation_index=77).pk}/", known),
        Read("my_entries, a page of 50", f"{entries}my_entries/?page_size=50", known),
        Read("my_entries, all 1,000", f"{entries}my_entries/", known, least=False),
        Read("sync, nothing new", f"{entries}sync_entries/?last_sync={NOW:%Y-%m-%dT%H:%M:%S.%fZ}", known),
        Read("sync, all 1,000", f"{entries}sync_entries/", known, least=False),
        Read("friends overview", f"{entries}friends_overview/", known),
    ]


def queries_of(read: Read) -> tuple[int, int]:
    """Count the statements of a request that was asked before, and of one of which nothing is kept."""
    from django.core.cache import cache  # noqa: PLC0415 -- slow import
    from django.db import connection  # noqa: PLC0415 -- slow import
    from django.test import Client  # noqa: PLC0415 -- slow import
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415 -- slow import

    client = Client(headers={**read.headers, "Host": "127.0.0.1"})
    client.get(read.path)
    with CaptureQueriesContext(connection) as warm:
        client.get(read.path)
    cache.clear()
    with CaptureQueriesContext(connection) as cold:
        answer = client.get(read.path)
    if answer.status_code != 200:
        raise RuntimeError(f"{read.path} answers {answer.status_code}")
    return len(warm), len(cold)


def measure(folder: Path, *, rounds: int, seconds: int, entries: int, only: str) -> None:
    """Fill, ask, print."""
    import django  # noqa: PLC0415 -- slow import

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415 -- slow import
    from seed import fill  # noqa: PLC0415 -- slow import

    call_command("migrate", verbosity=0)
    fill(entries, name=VIEWER, password=PASSWORD)
    asked = [read for read in reads() if only in read.name]
    with (
        gunicorn("biologidex.config.wsgi:application", "/health/", folder) as ours,
        gunicorn("trivial:application", TRIVIAL, folder) as beside,
        nginx(folder, ours, beside) as (at_ours, at_trivial),
    ):
        load = Load(folder, seconds)
        bare = [load(at_trivial + TRIVIAL, beside, {}, cold=False) for _ in range(rounds)]
        show(Read("a trivial view", TRIVIAL, {}, least=False), _joined(bare, bare), 0, cold=False)
        print(
            f"{'':<27}{'':>5} {'req/s':>7} {'ratio':>6} {'by work':>7} {'own ms':>7} {'all ms':>7} {'queries':>7}"
        )
        for read in asked:
            queries = queries_of(read)
            for cold in (False, True):
                pairs = [
                    (
                        load(at_trivial + TRIVIAL, beside, {}, cold=False),
                        load(at_ours + read.path, ours, read.headers, cold=cold),
                    )
                    for _ in range(rounds)
                ]
                show(read, _joined(*zip(*pairs, strict=True)), queries[cold], cold=cold)
        if only in SINGLE:
            one_by_one(at_ours, ours, reads()[0].headers)


def _joined(bare: Sequence[Taken], asked: Sequence[Taken]) -> Taken:
    """Put the rounds of a measurement together, each beside that of the trivial view before it."""
    return Taken(
        [one.rates[0] for one in asked],
        [one.rates[0] / other.rates[0] for one, other in zip(asked, bare, strict=True)],
        [other.all[0] / one.all[0] for one, other in zip(asked, bare, strict=True)],
        [one.own[0] for one in asked],
        [one.all[0] for one in asked],
    )


def one_by_one(address: str, ours: Process, known: dict[str, str]) -> None:
    """Print what is asked for seldom and waited for: a first sync, signing in, giving a photo."""
    photos = [photo(number, quality=95) for number in range(SINGLES)]
    with httpx.Client(base_url=address, headers=known, timeout=60) as client:
        sync = [
            client.build_request("GET", f"/api/v1/dex/entries/sync_entries/?alone={n}")
            for n in range(SINGLES)
        ]
        told = {"username": VIEWER, "password": PASSWORD}
        login = [client.build_request("POST", "/api/v1/auth/login/", json=told) for _ in range(SINGLES)]
        accept = [
            client.build_request("POST", "/api/v1/vision/jobs/", files={"image": ("a.jpg", content)})
            for content in photos
        ]
        size = statistics.median(map(len, photos)) / 1e6
        for name, requests in (
            ("sync of all 1,000, cold", sync),
            ("login", login),
            (f"taking a photo of {size:.1f} MB", accept),
        ):
            waits, own = [], []
            for request in requests:
                before, began = ours.seconds(), time.perf_counter()
                client.send(request).raise_for_status()
                waits.append((time.perf_counter() - began) * 1000)
                own.append((ours.seconds() - before) * 1000)
            print(
                f"{name:<27} shortest {min(waits):4.0f} ms, median {statistics.median(waits):4.0f} ms, "
                f"slowest {max(waits):4.0f} ms, "
                f"processor {statistics.mean(own):6.1f} ms"
            )


def show(read: Read, taken: Taken, queries: int, *, cold: bool) -> None:
    """Print a line, marked if it falls short."""
    rate, ratio, by_work, own, everything = (
        statistics.median(values)
        for values in (taken.rates, taken.ratios, taken.by_work, taken.own, taken.all)
    )
    short = read.least and ratio < (LEAST_COLD if cold else LEAST_WARM)
    print(
        f"{read.name:<27}{'cold' if cold else 'warm':>5} {rate:7.0f} {ratio:6.1%} {by_work:7.1%} "
        f"{own:7.2f} {everything:7.2f} {queries:7}{'  falls short' if short else ''}",
        flush=True,
    )


def let_go() -> None:
    """Close the connections, or the database would wait for them."""
    from django.db import connections  # noqa: PLC0415 -- slow import

    connections.close_all()


def main() -> None:
    """Run the benchmark."""
    say = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    say.add_argument("--database", choices=("postgres", "sqlite"), default="postgres")
    say.add_argument("--entries", type=int, default=200_000)
    say.add_argument("--rounds", type=int, default=3)
    say.add_argument("--seconds", type=int, default=2)
    say.add_argument("--only", default="", help=f"what has this in its name; the last ones are {SINGLE!r}")
    told = say.parse_args()
    with tempfile.TemporaryDirectory(prefix="biologidex-bench-") as name:
        folder = Path(name)
        (folder / "data" / "static").mkdir(parents=True)
        with environment(folder, told.database):
            try:
                measure(
                    folder, rounds=told.rounds, seconds=told.seconds, entries=told.entries, only=told.only
                )
            finally:
                let_go()


if __name__ == "__main__":
    main()
