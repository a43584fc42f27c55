"""deploy/postgres on a real server: the roles of the database, and what the server logs."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator

import psycopg
import pytest
from psycopg import errors

from stack.cluster import ROLES, Cluster, cluster

pytestmark = pytest.mark.slow
LATER = "CREATE TABLE later (id int PRIMARY KEY, colour text, password text, latitude float)"
PREFIX = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC \[\d+\] (\S*)@(\S*) (\S*) (\S*) [A-Z]+: ")


@pytest.fixture(scope="module")
def server() -> Iterator[Cluster]:
    """Run a server whose roles have been made, with the product's tables and one more."""
    with cluster() as running:
        made = running.make_roles()
        assert made.returncode == 0, made.stderr
        _migrate(running)
        with running.connect("owner") as owner:
            owner.execute(LATER)
            owner.execute("INSERT INTO later VALUES (1, 'red', 'hunter2', 50.1)")
        yield running


def _migrate(server: Cluster) -> None:
    address = f"postgres://biologidex_owner:{server.passwords['owner']}@127.0.0.1:{server.port}/biologidex"
    environment = {**os.environ, "BIOLOGIDEX_DATABASE_URL": address, "BIOLOGIDEX_DATA_DIR": "/nowhere"}
    environment |= {"BIOLOGIDEX_SECRET_KEY": "only for a migration of the tests, which signs nothing"}
    command = [sys.executable, "-c", "from biologidex.config.cli import main; main()", "migrate", "-v0"]
    subprocess.run(command, check=True, env=environment, capture_output=True)


def test_running_the_script_again_changes_nothing(server: Cluster) -> None:
    privileges = "SELECT relname, relacl::text FROM pg_class WHERE relnamespace = 'public'::regnamespace"
    columns = (
        "SELECT attrelid::regclass::text, attname, attacl::text FROM pg_attribute WHERE attacl IS NOT NULL"
    )
    roles = "SELECT rolname, rolsuper, rolbypassrls, rolconfig FROM pg_roles"
    looks = [f"{look} ORDER BY 1, 2" for look in (privileges, columns, roles)]
    before = [server.ask("backup", look) for look in looks]

    again = server.make_roles()

    assert (again.returncode, again.stderr) == (0, "")
    assert [server.ask("backup", look) for look in looks] == before


def test_every_role_of_the_documentation_exists_and_none_is_more_than_it_must_be(server: Cluster) -> None:
    found = server.ask(
        "monitor",
        "SELECT rolname, rolsuper, rolcreatedb, rolcreaterole, rolbypassrls, rolreplication FROM pg_roles"
        " WHERE rolname LIKE 'biologidex%'",
    )

    assert {name.removeprefix("biologidex_") for name, *_ in found} == set(ROLES)
    assert [name for name, superuser, *_ in found if superuser] == []
    assert [name for name, _, database, role, *_ in found if database or role] == []
    assert [name for name, *_, bypass, _ in found if bypass] == ["biologidex_backup"]
    assert [name for name, *_, replication in found if replication] == ["biologidex_replicator"]


@pytest.mark.parametrize("password", ["secure_password", "change-me-change-me-change-me", "short"])
def test_a_weak_password_is_refused_and_not_repeated(server: Cluster, password: str) -> None:
    refused = server.make_roles(readonly=password)

    assert refused.returncode != 0
    assert "Too weak a password for biologidex_readonly" in refused.stderr
    assert password not in refused.stderr.replace("biologidex_readonly", "")
    assert server.ask("readonly", "SELECT 1") == [(1,)]


def test_two_roles_cannot_share_a_password(server: Cluster) -> None:
    refused = server.make_roles(app=server.passwords["owner"])

    assert refused.returncode != 0
    assert "biologidex_app" in refused.stderr


def test_passwords_are_kept_as_scram_and_appear_nowhere_else(server: Cluster) -> None:
    statements = str(server.ask("monitor", "SELECT query FROM pg_stat_statements"))

    assert not [role for role, password in server.passwords.items() if password in statements + server.log]
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(
            host="127.0.0.1", port=server.port, dbname="biologidex", user="biologidex_app", password="x"
        )


def test_the_administrator_cannot_come_over_the_network(server: Cluster) -> None:
    with pytest.raises(psycopg.OperationalError, match="pg_hba"):
        psycopg.connect(
            host="127.0.0.1", port=server.port, dbname="biologidex", user="postgres", password="x"
        )


@pytest.mark.parametrize("role", ["app", "worker"])
def test_a_running_program_changes_rows_of_tables_old_and_new(server: Cluster, role: str) -> None:
    statement = "UPDATE later SET colour = colour RETURNING id"

    assert server.ask(role, statement) == [(1,)]
    assert server.ask(role, "SELECT count(*) >= 0 FROM accounts_user") == [(True,)]


@pytest.mark.parametrize("role", ["app", "worker", "readonly", "monitor", "backup"])
@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (id int)",
        "CREATE TEMPORARY TABLE mine (id int)",
        "CREATE SCHEMA mine",
        "ALTER TABLE later ADD COLUMN mine int",
        "ALTER TABLE dex_entries DISABLE ROW LEVEL SECURITY",
        "TRUNCATE later",
        "DROP TABLE later",
    ],
)
def test_nobody_but_the_owner_changes_tables(server: Cluster, role: str, statement: str) -> None:
    writing = {"options": "-c default_transaction_read_only=off"}

    with pytest.raises(errors.InsufficientPrivilege):
        server.ask(role, statement, **writing)


LINE = "INSERT INTO audit_trail (at, actor_id, action, target_kind, target_id, target, reason, details)"
LINE += " VALUES (now() - interval '{days} days', '', '{name}', '', '', '', '', '{{}}')"


@pytest.mark.parametrize("role", ["app", "worker"])
@pytest.mark.parametrize("made_again", [False, True])
def test_programs_add_to_the_audit_trail_and_change_nothing_in_it(
    server: Cluster, role: str, made_again: bool
) -> None:
    """Whether the table came after the roles, as at first, or an upgrade makes those of an older release anew."""
    if made_again:
        server.administrate("GRANT UPDATE, TRUNCATE ON audit_trail TO biologidex_app, biologidex_worker")
        assert server.make_roles().returncode == 0
    server.ask(role, LINE.format(days=1000, name=role) + " RETURNING id")

    assert server.ask(role, f"SELECT count(*) > 0 FROM audit_trail WHERE action = '{role}'") == [(True,)]
    for statement in ("UPDATE audit_trail SET reason = 'x'", "TRUNCATE audit_trail"):
        with pytest.raises(errors.InsufficientPrivilege, match="permission denied"):
            server.ask(role, statement)


@pytest.mark.parametrize("role", ["app", "worker", "owner"])
def test_nobody_deletes_a_line_of_it_that_is_young(server: Cluster, role: str) -> None:
    """Old ones are deleted by whoever does background work: workers, or threads of the server."""
    for days in (10, 100):
        server.ask("app", LINE.format(days=days, name=f"{role} of {days} days ago") + " RETURNING id")
    delete = "DELETE FROM audit_trail WHERE action = '{} of {} days ago' RETURNING action"

    with pytest.raises(errors.InsufficientPrivilege, match="stays as it is"):
        server.ask(role, delete.format(role, 10))
    assert server.ask(role, delete.format(role, 100)) == [(f"{role} of 100 days ago",)]


def test_not_even_the_owner_empties_it(server: Cluster) -> None:
    with pytest.raises(errors.InsufficientPrivilege, match="stays as it is"):
        server.ask("owner", "TRUNCATE audit_trail")


@pytest.mark.parametrize("role", ["readonly", "monitor", "backup"])
def test_who_only_looks_cannot_write(server: Cluster, role: str) -> None:
    with pytest.raises(errors.InsufficientPrivilege):
        server.ask(role, "DELETE FROM later", options="-c default_transaction_read_only=off")


def test_a_later_table_of_the_owner_is_readable_but_for_its_secrets(server: Cluster) -> None:
    assert server.ask("readonly", "SELECT id, colour FROM later") == [(1, "red")]
    for column in ("password", "latitude", "*"):
        with pytest.raises(errors.InsufficientPrivilege):
            server.ask("readonly", f"SELECT {column} FROM later")


def test_a_secret_column_that_is_added_later_is_hidden_too(server: Cluster) -> None:
    with server.connect("owner") as owner:
        owner.execute("CREATE TABLE grown (id int)")
        owner.execute("ALTER TABLE grown ADD COLUMN email text, ADD COLUMN size int")

    assert server.ask("readonly", "SELECT id, size FROM grown") == []
    with pytest.raises(errors.InsufficientPrivilege):
        server.ask("readonly", "SELECT email FROM grown")


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("accounts_user", "password"),
        ("accounts_user", "email"),
        ("accounts_user", "friend_code"),
        ("accounts_session", "browser_key"),
        ("core_job", "token"),
        ("core_job", "arguments"),
        ("dex_entries", "latitude"),
        ("dex_entries", "longitude"),
        ("dex_entries", "place_name"),
        ("dex_entries", "notes"),
        ("dex_import_rows", "name"),
        ("django_session", "session_data"),
        ("media_photo", "latitude"),
        ("media_photo", "longitude"),
        ("media_photo", "original"),
    ],
)
def test_whoever_only_reads_sees_no_secret_no_address_and_no_place(
    server: Cluster, table: str, column: str
) -> None:
    assert server.ask("owner", f"SELECT {column} FROM {table}") == []

    with pytest.raises(errors.InsufficientPrivilege):
        server.ask("readonly", f"SELECT {column} FROM {table}")


def test_whoever_only_reads_can_count_and_name_what_is_there(server: Cluster) -> None:
    assert server.ask("readonly", "SELECT id, username, date_joined FROM accounts_user") == []
    assert server.ask("readonly", "SELECT owner_id, animal_id, visibility FROM dex_entries") == []


def test_a_backup_reads_everything_and_the_exporter_no_rows(server: Cluster) -> None:
    assert server.ask("backup", "SELECT * FROM later") == [(1, "red", "hunter2", 50.1)]
    assert server.ask("monitor", "SELECT count(*) > 0 FROM pg_stat_statements") == [(True,)]
    with pytest.raises(errors.InsufficientPrivilege):
        server.ask("monitor", "SELECT id FROM later")


@pytest.mark.parametrize(
    ("role", "statement", "lock", "idle"),
    [("app", "30s", "5s", "1min"), ("worker", "10min", "30s", "5min"), ("readonly", "1min", "1s", "1min")],
)
def test_roles_have_timeouts_that_no_client_need_ask_for(
    server: Cluster, role: str, statement: str, lock: str, idle: str
) -> None:
    names = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")

    assert [server.ask(role, f"SHOW {name}")[0][0] for name in names] == [statement, lock, idle]


def test_a_program_waits_five_seconds_for_a_lock_and_no_longer(server: Cluster) -> None:
    with server.connect("owner") as owner, owner.transaction():
        owner.execute("LOCK TABLE later")
        begun = time.monotonic()
        with pytest.raises(errors.LockNotAvailable):
            server.ask("app", "SELECT id FROM later")

    assert 4 < time.monotonic() - begun < 15


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("max_connections", "200"),
        ("superuser_reserved_connections", "3"),
        ("shared_buffers", "256MB"),
        ("effective_cache_size", "1GB"),
        ("work_mem", "4MB"),
        ("maintenance_work_mem", "64MB"),
        ("checkpoint_completion_target", "0.9"),
        ("wal_buffers", "16MB"),
        ("default_statistics_target", "100"),
        ("random_page_cost", "1.1"),
        ("log_min_duration_statement", "100ms"),
        ("log_parameter_max_length", "0"),
        ("log_checkpoints", "on"),
        ("log_connections", "on"),
        ("log_disconnections", "on"),
        ("log_lock_waits", "on"),
        ("log_temp_files", "0"),
        ("wal_level", "replica"),
        ("hot_standby", "on"),
        ("password_encryption", "scram-sha-256"),
    ],
)
def test_the_audits_numbers_hold(server: Cluster, name: str, value: str) -> None:
    assert server.ask("monitor", f"SHOW {name}") == [(value,)]


def test_a_slow_statement_is_logged_without_what_was_entered(server: Cluster) -> None:
    server.ask("readonly", "SELECT pg_sleep(0.2), %s::text", "ann@example.org", application_name="a-report")

    lines = [line for line in server.log.splitlines() if "pg_sleep(0.2)" in line]

    assert len(lines) == 1
    assert PREFIX.match(lines[0]).groups() == ("biologidex_readonly", "biologidex", "a-report", "127.0.0.1")
    assert re.search(r"duration: \d+\.\d+ ms", lines[0])
    assert "ann@example.org" not in server.log


def test_what_a_program_wrote_into_its_statement_stays_out_of_the_log(server: Cluster) -> None:
    server.ask("app", "SELECT pg_sleep(0.2), 'bob@example.org'")
    with pytest.raises(errors.UniqueViolation):
        server.ask("app", "INSERT INTO later (id, colour) VALUES (1, 'eve@example.org')")

    assert "duplicate key value violates" in server.log
    assert "bob@example.org" not in server.log
    assert "eve@example.org" not in server.log


def test_every_line_of_the_log_names_time_process_role_and_program(server: Cluster) -> None:
    # The first lines tell that there is no conf.d: the prefix is not read by then.
    lines = [line for line in server.log.splitlines() if "skipping missing configuration file" not in line]

    assert len(lines) > 10
    assert [line for line in lines if not PREFIX.match(line)] == []
