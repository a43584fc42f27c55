"""`biologidex tune`: numbers that fit a machine, and the sum over everybody who wants a connection."""

import io
import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from biologidex.ops import machine, tuning
from biologidex.ops.errors import BadSize
from biologidex.ops.machine import GB, MB, Machine
from biologidex.ops.tuning import Budget, Processes

DEPLOY = Path(__file__).parents[2] / "deploy"


def tuned(*arguments: str) -> str:
    told = io.StringIO()
    call_command("tune", *arguments, stdout=told)
    return told.getvalue()


def settings_in(text: str) -> dict[str, str]:
    """The settings of a configuration file of PostgreSQL."""
    return {name: value.strip("'") for name, value in re.findall(r"(?m)^(\w+) = (\S+)", text)}


@pytest.mark.parametrize(
    ("memory", "shared_buffers", "effective_cache_size", "work_mem", "maintenance_work_mem"),
    [
        ("512MB", "128MB", "1GB", "2MB", "32MB"),
        ("1GB", "256MB", "1GB", "4MB", "64MB"),  # the audit's own numbers
        ("2GB", "512MB", "1GB", "8MB", "128MB"),
        ("8GB", "2GB", "4GB", "32MB", "512MB"),
        ("64GB", "16GB", "32GB", "64MB", "2GB"),
        ("256GB", "16GB", "128GB", "64MB", "2GB"),
    ],
)
def test_postgresql_gets_its_share_of_the_memory(
    memory: str, shared_buffers: str, effective_cache_size: str, work_mem: str, maintenance_work_mem: str
) -> None:
    told = settings_in(tuned("--memory", memory, "--cpus", "2"))

    assert told["shared_buffers"] == shared_buffers
    assert told["effective_cache_size"] == effective_cache_size
    assert told["work_mem"] == work_mem
    assert told["maintenance_work_mem"] == maintenance_work_mem


def test_a_machine_of_its_own_lets_it_expect_three_quarters_of_the_memory_in_the_systems_cache() -> None:
    assert (
        settings_in(tuned("--memory", "8GB", "--cpus", "2", "--dedicated"))["effective_cache_size"] == "6GB"
    )


def test_at_one_gigabyte_nothing_differs_from_the_file_that_ships() -> None:
    shipped = settings_in((DEPLOY / "postgres" / "postgresql.conf").read_text(encoding="utf-8"))
    told = settings_in(tuned("--memory", "1GB", "--cpus", "2"))

    both = set(shipped) & set(told)
    assert {name: shipped[name] for name in both} == {name: told[name] for name in both}
    assert len(both) == 10


@pytest.mark.parametrize("cpus", [1, 2, 3, 4, 8, 16, 64])
@pytest.mark.parametrize("memory", [512 * MB, GB, 4 * GB, 16 * GB, 256 * GB])
def test_whatever_the_machine_everybody_gets_a_connection(memory: int, cpus: int) -> None:
    plan = tuning.plan(Machine(memory, cpus))

    assert plan.budget.broken() == []
    assert plan.processes.instances * plan.processes.workers >= cpus
    assert plan.processes.background * tuning.WORKER_MEMORY <= max(memory * 0.4, tuning.WORKER_MEMORY)


@pytest.mark.parametrize(
    ("processes", "pool", "connections", "broken"),
    [
        (Processes(2, 2, 4, 4), 25, 200, []),
        (Processes(2, 3, 4, 1), 25, 200, []),  # exactly the pool
        (Processes(2, 3, 4, 2), 25, 200, ["26 threads and workers share a pool of 25"]),
        (Processes(1, 1, 1, 1), 150, 170, []),  # exactly all but those of the administrator
        (Processes(1, 1, 1, 1), 151, 170, ["168 connections may be asked for, and PostgreSQL has 167"]),
        (Processes(9, 9, 4, 9), 200, 200, ["333 threads", "217 connections"]),
    ],
)
def test_too_many_for_the_pool_or_for_the_server_are_told(
    processes: Processes, pool: int, connections: int, broken: list[str]
) -> None:
    told = Budget(processes, pool, tuning.RESERVE, connections).broken()

    assert len(told) == len(broken)
    assert [
        sentence for sentence, begun in zip(told, broken, strict=True) if not sentence.startswith(begun)
    ] == []


def test_conn_budget_of_the_files_that_ship() -> None:
    postgresql = settings_in((DEPLOY / "postgres" / "postgresql.conf").read_text(encoding="utf-8"))
    pgbouncer = settings_in((DEPLOY / "pgbouncer" / "pgbouncer.ini").read_text(encoding="utf-8"))

    assert int(postgresql["max_connections"]) == tuning.CONNECTIONS
    assert int(postgresql["superuser_reserved_connections"]) == tuning.SUPERUSERS
    assert int(pgbouncer["reserve_pool_size"]) == tuning.RESERVE
    assert (pgbouncer["default_pool_size"], pgbouncer["max_db_connections"]) == (
        "${POOL_SIZE}",
        "${POOL_MOST}",
    )


def test_the_settings_are_checked_against_the_pool(settings: Any) -> None:
    settings.WEB_WORKERS, settings.WEB_THREADS = 2, 4
    assert "18 threads and workers at once" in tuned("--connections")

    settings.WEB_WORKERS = 4
    with pytest.raises(CommandError, match="34 threads and workers share a pool of 25"):
        tuned("--connections")
    assert tuned("--connections", "--pool", "40")


def test_programs_get_the_same_as_json() -> None:
    told = json.loads(tuned("--memory", "8GB", "--cpus", "4", "--json"))

    assert told["machine"] == {"memory": 8 * GB, "cpus": 4}
    assert told["postgresql"]["shared_buffers"] == "2GB"
    assert told["processes"] == {"instances": 2, "workers": 2, "threads": 4, "background": 4}
    assert told["redis"] == {"cache": 512 * MB, "broker": 256 * MB}
    assert told["taken"] <= told["connections"] - tuning.SUPERUSERS


MEMINFO = "MemTotal:        8388608 kB\nMemFree:  1 kB\n"


@pytest.mark.parametrize(
    ("files", "memory", "cpus"),
    [
        ({}, 8 * GB, None),
        ({"sys/fs/cgroup/memory.max": "2147483648", "sys/fs/cgroup/cpu.max": "100000 100000"}, 2 * GB, 1),
        ({"sys/fs/cgroup/memory.max": "max", "sys/fs/cgroup/cpu.max": "max 100000"}, 8 * GB, None),
        ({"sys/fs/cgroup/cpu.max": "50000 100000"}, 8 * GB, 1),
        ({"sys/fs/cgroup/memory/memory.limit_in_bytes": "1073741824"}, GB, None),
        ({"sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712"}, 8 * GB, None),
        (
            {"sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1", "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000"},
            8 * GB,
            None,
        ),
        (
            {"sys/fs/cgroup/cpu/cpu.cfs_quota_us": "100000", "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000"},
            8 * GB,
            1,
        ),
    ],
)
def test_a_container_has_what_it_is_allowed(
    tmp_path: Path, files: dict[str, str], memory: int, cpus: int | None
) -> None:
    for name, content in {"proc/meminfo": MEMINFO, **files}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content + "\n")

    assert machine.read(tmp_path) == Machine(memory, cpus or len(os.sched_getaffinity(0)))


def test_unasked_it_computes_for_this_machine() -> None:
    here = machine.read()

    assert f"# Computed for {here.memory // MB} MB of memory and {here.cpus} processors" in tuned()


@pytest.mark.parametrize(
    ("text", "size"),
    [("8GB", 8 * GB), ("8g", 8 * GB), ("1.5 GiB", 1536 * MB), ("512MB", 512 * MB), ("1048576", MB)],
)
def test_amounts_of_memory_are_read_as_people_write_them(text: str, size: int) -> None:
    assert machine.size(text) == size


@pytest.mark.parametrize("text", ["", "lots", "8 bananas", "-1GB", "GB"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(BadSize, match="is no amount of memory"):
        machine.size(text)
