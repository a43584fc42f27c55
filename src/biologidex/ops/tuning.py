"""Numbers that depend on the machine: of PostgreSQL, of the processes that use it, of Redis.

At 1 GB they are the audit's own (shared_buffers 256MB, effective_cache_size 1GB, work_mem 4MB, maintenance_work_mem
64MB, 200 connections, a pool of 25 and 5 in reserve); with more memory they grow by the audit's rule, a quarter and a
half to three quarters of it.
"""

from dataclasses import dataclass

from biologidex.ops.machine import GB, MB, Machine

INSTANCES = 2  # of the web server, so that one can be replaced while the other answers
THREADS = 4  # of each of its processes
POOL, RESERVE = 25, 5  # of pgBouncer, the audit's
# Connections that go past the pool, to PostgreSQL itself.
DIRECT = {"migrations": 2, "backup": 3, "monitoring": 3, "people who look": 4}
SUPERUSERS, CONNECTIONS = 3, 200  # the audit's
WORKER_MEMORY = 700 * MB  # BIOLOGIDEX_WORKER_MEMORY_MB


@dataclass(frozen=True)
class Processes:
    """Who asks the database. Each thread and each worker holds one connection of the pool while it asks."""

    instances: int
    workers: int  # of each instance
    threads: int  # of each worker
    background: int  # work that is done at the same time

    @property
    def at_once(self) -> int:
        """How many may ask at the same moment."""
        return self.instances * self.workers * self.threads + self.background


@dataclass(frozen=True)
class Budget:
    """Whether everybody who asks at the same moment gets a connection."""

    processes: Processes
    pool: int
    reserve: int
    connections: int

    @property
    def taken(self) -> int:
        """How many connections PostgreSQL is asked for at most."""
        return self.pool + self.reserve + sum(DIRECT.values())

    def broken(self) -> list[str]:
        """Return a sentence for each rule that does not hold."""
        found = []
        if self.processes.at_once > self.pool:
            found.append(
                f"{self.processes.at_once} threads and workers share a pool of {self.pool}: some wait for others. "
                "Lower BIOLOGIDEX_WEB_WORKERS or BIOLOGIDEX_WEB_THREADS, or enlarge the pool."
            )
        if self.taken > self.connections - SUPERUSERS:
            found.append(
                f"{self.taken} connections may be asked for, and PostgreSQL has {self.connections - SUPERUSERS}. "
                "Raise max_connections or lower the pool."
            )
        return found


@dataclass(frozen=True)
class Plan:
    """Everything that is computed for one machine."""

    postgresql: dict[str, str]
    processes: Processes
    pool: int
    reserve: int
    connections: int
    redis: dict[str, int]  # bytes, by instance

    @property
    def budget(self) -> Budget:
        """The sum over all connections."""
        return Budget(self.processes, self.pool, self.reserve, self.connections)


def plan(machine: Machine, *, dedicated: bool = False) -> Plan:
    """Compute for a machine that PostgreSQL shares with everything else, or that it has for itself (`dedicated`)."""
    processes = _processes(machine)
    pool = max(POOL, processes.at_once)
    connections = max(CONNECTIONS, pool + RESERVE + sum(DIRECT.values()) + SUPERUSERS)
    return Plan(
        postgresql=_postgresql(machine, dedicated=dedicated, connections=connections),
        processes=processes,
        pool=pool,
        reserve=RESERVE,
        connections=connections,
        redis={"cache": _between(256 * MB, machine.memory // 16, 2 * GB), "broker": 256 * MB},
    )


def _processes(machine: Machine) -> Processes:
    # As many web processes as processors, however many instances they are in; of workers, what memory allows.
    workers = -(-machine.cpus // INSTANCES)
    room = int(machine.memory * 0.4) // WORKER_MEMORY
    return Processes(INSTANCES, workers, THREADS, _between(1, room, max(2, machine.cpus)))


def _postgresql(machine: Machine, *, dedicated: bool, connections: int) -> dict[str, str]:
    memory, cpus = machine.memory, machine.cpus
    return {
        "max_connections": str(connections),
        "superuser_reserved_connections": str(SUPERUSERS),
        "shared_buffers": _written(_between(32 * MB, memory // 4, 16 * GB)),
        "effective_cache_size": _written(max(1 * GB, int(memory * (0.75 if dedicated else 0.5)))),
        # A statement may take it several times over, and the pool lets 30 be worked on at once.
        "work_mem": _written(_between(1 * MB, memory // 256, 64 * MB)),
        "maintenance_work_mem": _written(_between(16 * MB, memory // 16, 2 * GB)),
        "wal_buffers": "16MB",
        "checkpoint_completion_target": "0.9",
        "default_statistics_target": "100",
        "random_page_cost": "1.1",
        "max_worker_processes": str(max(8, cpus)),
        "max_parallel_workers": str(cpus),
        "max_parallel_workers_per_gather": str(_between(0, cpus // 2, 4)),
        "max_parallel_maintenance_workers": str(_between(1, cpus // 2, 4)),
    }


def _between(least: int, wanted: int, most: int) -> int:
    return max(least, min(wanted, most))


def _written(amount: int) -> str:
    """Write bytes as PostgreSQL reads them, whole megabytes at least."""
    return f"{amount // GB}GB" if amount % GB == 0 else f"{amount // MB}MB"
