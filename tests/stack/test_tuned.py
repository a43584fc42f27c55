"""PostgreSQL takes what `biologidex tune` prints as it stands."""

import io

import pytest
from django.core.management import call_command

from stack.cluster import cluster

pytestmark = pytest.mark.slow


def test_the_fragment_holds_over_the_file_that_ships() -> None:
    told = io.StringIO()
    call_command("tune", "--memory", "2GB", "--cpus", "4", stdout=told)

    with cluster(tuned=told.getvalue()) as server:
        assert server.make_roles().returncode == 0
        shown = dict(server.ask("monitor", "SELECT name, current_setting(name) FROM pg_settings"))

    assert shown["shared_buffers"] == "512MB"
    assert shown["work_mem"] == "8MB"
    assert shown["maintenance_work_mem"] == "128MB"
    assert shown["max_parallel_workers"] == "4"
    assert shown["log_min_duration_statement"] == "100ms"
