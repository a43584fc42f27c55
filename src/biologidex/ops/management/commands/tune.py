"""`biologidex tune`."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from biologidex.core.errors import DomainError
from biologidex.ops import machine, tuning
from biologidex.ops.machine import MB, Machine
from biologidex.ops.tuning import Budget, Plan, Processes


class Command(BaseCommand):
    """Prints a fragment that postgresql.conf includes; what else was computed stands in its comments."""

    help = "Compute settings of PostgreSQL, the pool and the processes from memory and processors"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What to compute for, and how to tell it."""
        parser.add_argument("--memory", help="such as 8GB; unsaid: what this machine or container has")
        parser.add_argument("--cpus", type=int, help="unsaid: those of this machine or container")
        parser.add_argument("--dedicated", action="store_true", help="nothing but PostgreSQL runs there")
        parser.add_argument("--json", action="store_true", help="for programs")
        parser.add_argument(
            "--connections",
            action="store_true",
            help="check that everybody gets a connection as the settings stand; fails if not",
        )
        parser.add_argument("--instances", type=int, default=tuning.INSTANCES, help="of gunicorn")
        parser.add_argument("--background", type=int, default=2, help="work done at once by all workers")
        parser.add_argument("--pool", type=int, default=tuning.POOL, help="default_pool_size of pgBouncer")

    def handle(self, **options: Any) -> None:
        """Compute and print."""
        if options["connections"]:
            self._check(options)
            return
        try:
            given = _machine(options)
        except DomainError as error:
            raise CommandError(error.message) from error
        plan = tuning.plan(given, dedicated=options["dedicated"])
        self.stdout.write(_as_json(given, plan) if options["json"] else _fragment(given, plan))

    def _check(self, options: dict[str, Any]) -> None:
        processes = Processes(
            options["instances"], settings.WEB_WORKERS, settings.WEB_THREADS, options["background"]
        )
        budget = Budget(processes, options["pool"], tuning.RESERVE, tuning.CONNECTIONS)
        self.stdout.write("\n".join(_sum(budget)))
        if broken := budget.broken():
            raise CommandError(" ".join(broken))


def _machine(options: dict[str, Any]) -> Machine:
    memory, cpus = options["memory"], options["cpus"]
    found = machine.read() if memory is None or cpus is None else None
    return Machine(
        machine.size(memory) if memory is not None or found is None else found.memory,
        max(1, cpus) if cpus is not None or found is None else found.cpus,
    )


def _as_json(given: Machine, plan: Plan) -> str:
    return json.dumps({"machine": asdict(given), **asdict(plan), "taken": plan.budget.taken}, indent=2)


def _fragment(given: Machine, plan: Plan) -> str:
    elsewhere = {
        "gunicorn": f"{plan.processes.instances} instances, each with BIOLOGIDEX_WEB_WORKERS={plan.processes.workers} "
        f"and BIOLOGIDEX_WEB_THREADS={plan.processes.threads}",
        "workers": f"biologidex worker --concurrency {plan.processes.background}, all together",
        "pgBouncer": f"default_pool_size = {plan.pool}, reserve_pool_size = {plan.reserve}, "
        f"max_db_connections = {plan.pool + plan.reserve}",
        "Redis": f"maxmemory {plan.redis['cache'] // MB}mb of the cache, {plan.redis['broker'] // MB}mb of the broker",
    }
    return "\n".join(
        [
            f"# Computed for {given.memory // MB} MB of memory and {given.cpus} processors by `biologidex tune`.",
            *(f"{name} = {value}" for name, value in plan.postgresql.items()),
            "",
            "# What belongs to it elsewhere:",
            *(f"#   {where:<10} {what}" for where, what in elsewhere.items()),
            *(f"#   {line}" for line in _sum(plan.budget)),
        ]
    )


def _sum(budget: Budget) -> list[str]:
    parts = {"pool": budget.pool, "reserve": budget.reserve, **tuning.DIRECT}
    total = " + ".join(f"{count} {what}" for what, count in parts.items())
    return [
        f"{budget.processes.at_once} threads and workers at once, {budget.pool} connections in the pool",
        f"{total} = {budget.taken} of {budget.connections} - {tuning.SUPERUSERS} connections",
    ]
