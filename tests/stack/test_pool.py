"""pgBouncer between the server and PostgreSQL: who goes through it, what it holds back, what it must not mix up."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import httpx2 as httpx
import psycopg
import pytest

from client import Person
from pictures import jpeg
from stack.whole import Stack

pytestmark = pytest.mark.stack


def through_the_pool(
    stack: Stack, role: str = "app", database: str = "biologidex"
) -> psycopg.Connection[Any]:
    """Connect as a program that speaks to the pool; nothing is prepared, because the next query goes elsewhere."""
    address = stack.primary.address(role, port=stack.pool_port, database=database)
    return psycopg.connect(address, autocommit=True, prepare_threshold=None)


def shown(stack: Stack, what: str) -> list[dict[str, Any]]:
    """Return what the pool's own console says."""
    with through_the_pool(stack, "monitor", "pgbouncer") as console:
        cursor = psycopg.ClientCursor(console, row_factory=psycopg.rows.dict_row)
        return cursor.execute(f"SHOW {what}").fetchall()


def test_the_running_server_goes_through_the_pool_and_nobody_of_it_past_it(stack: Stack) -> None:
    httpx.get(f"{stack.address}/ready/")
    clients = {client["user"] for client in shown(stack, "CLIENTS")}
    past = stack.primary.ask(
        "monitor",
        "SELECT DISTINCT usename FROM pg_stat_activity WHERE usename LIKE 'biologidex%%' "
        "AND client_port IS NOT NULL AND NOT client_port = ANY(%s)",
        [server["local_port"] for server in shown(stack, "SERVERS")],
    )

    assert {"biologidex_app", "biologidex_worker"} <= clients
    assert {name for (name,) in past} <= {"biologidex_monitor", "biologidex_replicator"}


def test_its_numbers_are_the_shipped_ones(stack: Stack) -> None:
    configured = {row["key"]: row["value"] for row in shown(stack, "CONFIG")}
    wanted = {
        "pool_mode": "transaction",
        "max_client_conn": "1000",
        "default_pool_size": "25",
        "reserve_pool_size": "5",
        "reserve_pool_timeout": "3",
        "server_idle_timeout": "600",
        "listen_addr": "127.0.0.1",
        "auth_type": "scram-sha-256",
    }

    assert {key: configured[key] for key in wanted} == wanted
    assert float(configured["query_wait_timeout"]) < 65, "nginx would give up first"


def test_timeouts_hold_through_the_pool(stack: Stack) -> None:
    with through_the_pool(stack) as connection:
        shown = {
            name: connection.execute(f"SHOW {name}").fetchone()
            for name in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
        }

    assert shown == {
        "statement_timeout": ("30s",),
        "lock_timeout": ("5s",),
        "idle_in_transaction_session_timeout": ("1min",),
    }


def test_a_timeout_that_a_client_asks_for_is_refused_and_not_dropped(stack: Stack) -> None:
    address = stack.primary.address("app", port=stack.pool_port)

    with pytest.raises(psycopg.OperationalError, match="unsupported startup parameter"):
        psycopg.connect(address, options="-c statement_timeout=1000")


def test_three_hundred_idle_clients_are_let_in(stack: Stack) -> None:
    with ExitStack() as clients:
        for _ in range(300):
            clients.enter_context(through_the_pool(stack))
        assert httpx.get(f"{stack.address}/ready/").status_code == 200


def test_two_hundred_at_once_take_thirty_connections_at_most(stack: Stack) -> None:
    most = 0
    over = threading.Event()

    def watch() -> None:
        nonlocal most
        with stack.primary.connect("monitor") as connection:
            while not over.is_set():
                row = connection.execute(
                    "SELECT count(*) FROM pg_stat_activity WHERE usename IN ('biologidex_app', 'biologidex_worker')"
                ).fetchone()
                most = max(most, row[0] if row else 0)
                time.sleep(0.05)

    def ask(_: int) -> None:
        with through_the_pool(stack) as connection:
            for _ in range(3):
                connection.execute("SELECT pg_sleep(0.02)")

    watcher = threading.Thread(target=watch)
    watcher.start()
    with ThreadPoolExecutor(200) as everybody:
        list(everybody.map(ask, range(200)))
    over.set()
    watcher.join()

    assert 1 < most <= 30


def test_whoever_has_the_connection_next_is_not_taken_for_whoever_had_it_before(stack: Stack) -> None:
    with ExitStack() as people:
        everybody = [people.enter_context(Person(stack.address)).sign_up() for _ in range(6)]
        for person in everybody:
            person.find("Canis lupus", jpeg(), visibility="private")

        def own(number: int) -> bool:
            person = everybody[number % len(everybody)]
            mine = person.get("dex/entries/my_entries/")["results"]
            all_seen = person.get("dex/entries/")["results"]
            return {entry["owner_username"] for entry in [*mine, *all_seen]} == {person.name}

        with ThreadPoolExecutor(12) as threads:
            assert all(threads.map(own, range(240)))


def test_a_client_that_says_for_nobody_sees_nobody_s_cards_on_any_connection(stack: Stack) -> None:
    def count(_: int) -> Any:
        with through_the_pool(stack) as connection:
            return connection.execute("SELECT count(*) FROM dex_entries").fetchone()

    with ThreadPoolExecutor(20) as threads:
        assert set(threads.map(count, range(100))) == {(0,)}


def test_the_server_goes_on_after_all_its_connections_were_cut(stack: Stack) -> None:
    with Person(stack.address) as ann:
        ann.sign_up()
        stack.primary.end_sessions()
        answers = [ann.get("users/me/")["username"] for _ in range(20)]

    assert answers == [ann.name] * 20
