"""`biologidex monitor`: how the server is, from outside of it."""

import json
import subprocess
import time
from pathlib import Path

import pytest

from biologidex.ops.monitor import looking, screen
from biologidex.ops.monitor.readings import State, amount, graded, overall, reading, span
from running import COMMAND, Server, environment_of, free_port, server


def monitor(folder: Path, port: int, *words: str) -> subprocess.CompletedProcess[str]:
    environment = environment_of(folder, PORT=str(port))
    command = [COMMAND, "monitor", "--once", *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_a_server_that_is_well_is_not_red_and_programs_read_every_part_of_it(data_folder: Path) -> None:
    server = Server(data_folder).start()
    try:
        told = monitor(data_folder, server.port, "--json")
        people = monitor(data_folder, server.port)
    finally:
        server.stop()

    seen = json.loads(told.stdout)
    assert told.returncode == 0, told.stdout
    assert seen["status"] in {"green", "yellow"}
    assert {"server", "database", "disk", "queue", "backups", "memory"} <= seen["readings"].keys()
    assert seen["readings"]["server"]["state"] == "green"
    assert people.returncode == 0
    assert "\x1b" not in people.stdout, "colours are for terminals"
    assert "database" in people.stdout


@pytest.mark.parametrize("command", [["monitor", "--once", "--json"], ["doctor", "--json"]])
def test_a_server_at_another_port_is_found_by_its_data_folder(data_folder: Path, command: list[str]) -> None:
    untold = environment_of(data_folder, PORT="")
    with server(data_folder):
        told = subprocess.run([COMMAND, *command], env=untold, capture_output=True, text=True, check=False)
        assert (data_folder / "server.address").exists()

    assert json.loads(told.stdout)["readings"]["server"]["state"] in {"green", "ok"}, told.stdout
    assert not (data_folder / "server.address").exists()


def test_where_nobody_answers_it_is_red_soon_and_fails(data_folder: Path) -> None:
    begun = time.monotonic()
    told = monitor(data_folder, free_port(), "--json")

    assert told.returncode == 1
    assert json.loads(told.stdout)["readings"]["server"]["state"] == "red"
    assert json.loads(told.stdout)["readings"]["database"]["state"] == "green", (
        "the rest is looked at all the same"
    )
    assert time.monotonic() - begun < 30


def test_an_address_that_is_none_is_refused(data_folder: Path) -> None:
    told = monitor(data_folder, 1, "--address", "localhost:8000")

    assert told.returncode == 1
    assert "http://127.0.0.1:8000" in told.stderr


def test_the_worst_reading_says_how_everything_is() -> None:
    green, grey = reading("a", State.GREEN, "ok"), reading("b", State.GREY, "unused")

    assert overall([green, grey]) == State.GREEN
    assert overall([green, reading("c", State.YELLOW, "!"), grey]) == State.YELLOW
    assert overall([]) == State.RED


@pytest.mark.parametrize(("value", "state"), [(1, State.GREEN), (60, State.YELLOW), (300, State.RED)])
def test_a_number_is_judged_by_two_lines(value: float, state: State) -> None:
    assert graded(value, yellow=60, red=300) == state
    assert graded(-value, yellow=-60, red=-300) == state


def test_numbers_are_written_as_people_say_them() -> None:
    assert [span(0.02), span(90), span(7200), span(200_000)] == ["20 ms", "90 s", "2 h", "2 d"]
    assert [amount(500), amount(2_500_000), amount(3_210_000_000)] == ["500 B", "2 MB", "3.2 GB"]


def test_memory_and_load_are_read_where_linux_tells_them(tmp_path: Path) -> None:
    (tmp_path / "meminfo").write_text("MemTotal: 1000 kB\nMemFree: 5 kB\nMemAvailable: 20 kB\n")

    memory, load = looking.machine(tmp_path)

    assert memory.state == State.RED
    assert load.numbers["five_minutes"] >= 0


def test_what_others_say_cannot_draw_on_the_terminal() -> None:
    assert "\x1b" not in reading("a", State.RED, "\x1b[2Jgone").says


def test_a_picture_is_never_higher_or_wider_than_the_terminal() -> None:
    seen = looking.Seen(
        [reading(f"part {n}", State.GREEN, "x" * 200) for n in range(50)], looking.door.Counted()
    )
    lines = screen.drawn(seen, where="http://127.0.0.1:8000", width=40)

    assert max(map(len, lines)) <= 40
    assert screen.frame(lines, height=10).count("\r\n") == 9
