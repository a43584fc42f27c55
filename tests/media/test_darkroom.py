"""The process that opens photos: what it may not do, and that the server goes on whatever becomes of it."""

import io
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

import pictures
from biologidex.media import services
from biologidex.media.darkroom import Darkroom
from biologidex.media.darkroom import client as darkroom_client
from biologidex.media.errors import DarkroomBusy, PhotoRefused, PhotoUnreadable, TooManyPixels

SOURCE = Path(darkroom_client.__file__).resolve().parents[3]
SMALL = pictures.jpeg()


@pytest.fixture
def room() -> Iterator[Darkroom]:
    room = Darkroom(helpers=1, seconds=20, max_pixels=60_000_000)
    yield room
    room.close()


@pytest.fixture(scope="module")
def slow_picture() -> bytes:
    """A small file that takes a good while: 50 million pixels, all the same."""
    return pictures.encoded(Image.new("L", (10_000, 5_000)), "PNG")


def process_of(room: Darkroom) -> int:
    (helper,) = room._idle
    return helper.process.pid


def is_gone(process: int) -> bool:
    """Whether the process ends soon."""
    end = time.monotonic() + 20
    while Path(f"/proc/{process}").exists() and time.monotonic() < end:
        if Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
            return True
        time.sleep(0.01)
    return not Path(f"/proc/{process}").exists()


@pytest.mark.slow
def test_a_helper_is_kept_warm(room: Darkroom) -> None:
    room.develop(SMALL)
    first = process_of(room)
    room.develop(pictures.heic())

    assert process_of(room) == first


@pytest.mark.slow
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "HEIF", "AVIF", "GIF"])
def test_every_kind_is_read_without_opening_a_file(room: Darkroom, form: str) -> None:
    """Nothing that a decoder loads late is missing once files are out of reach."""
    block = pictures.exif(orientation=6, tags={0x9003: "2024:05:01 09:30:00"}, gps=pictures.place(52.5, 13.4))
    content = pictures.encoded(pictures.scene(), form, exif=block, icc_profile=pictures.DISPLAY_P3)

    made = room.develop(content)

    assert Image.open(io.BytesIO(made.variants["card"])).size == (made.width, made.height)
    assert form == "GIF" or made.capture.latitude == 52.5


@pytest.mark.slow
def test_a_refusal_comes_through_with_its_sentence(room: Darkroom) -> None:
    with pytest.raises(TooManyPixels, match="50000 x 50000"):
        room.develop(pictures.png_header(50_000, 50_000))


@pytest.mark.slow
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "HEIF", "AVIF", "GIF"])
@given(damage=st.lists(st.tuples(st.integers(4, 600), st.integers(0, 255)), min_size=1, max_size=8))
@settings(max_examples=25, deadline=None)
def test_damage_anywhere_ends_in_a_picture_or_a_sentence(form: str, damage: list[tuple[int, int]]) -> None:
    content = bytearray(pictures.encoded(pictures.scene(), form, exif=pictures.exif(orientation=6)))
    for at, value in damage:
        content[at % len(content)] = value

    with suppress(PhotoRefused):
        assert services.darkroom().develop(bytes(content)).variants


@pytest.mark.slow
def test_a_photo_that_takes_too_long_is_given_up_and_the_next_one_is_read(
    room: Darkroom, slow_picture: bytes
) -> None:
    room.develop(SMALL)
    stuck = process_of(room)
    room.seconds = 0.01

    with pytest.raises(PhotoUnreadable, match=r"longer than 0.01 seconds"):
        room.develop(slow_picture)

    assert is_gone(stuck)
    room.seconds = 20
    assert room.develop(SMALL).width == 96


@pytest.mark.slow
def test_a_helper_that_was_ended_from_outside_is_replaced(room: Darkroom) -> None:
    room.develop(SMALL)
    ended = process_of(room)
    os.kill(ended, signal.SIGKILL)
    assert is_gone(ended)

    assert room.develop(SMALL).width == 96
    assert process_of(room) != ended


@pytest.mark.slow
def test_a_helper_killed_at_work_is_no_fault_of_the_photo(room: Darkroom, slow_picture: bytes) -> None:
    room.develop(SMALL)
    victim = process_of(room)
    threading.Timer(0.05, os.kill, (victim, signal.SIGKILL)).start()

    with pytest.raises(DarkroomBusy, match="send it again"):
        room.develop(slow_picture)

    assert room.develop(slow_picture).width == 10_000


@pytest.mark.slow
def test_who_comes_when_the_line_is_long_is_told_so_at_once(slow_picture: bytes) -> None:
    room = Darkroom(helpers=1, waiting=1, seconds=20, max_pixels=60_000_000)
    threads = [threading.Thread(target=room.develop, args=(slow_picture,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    time.sleep(0.1)

    with pytest.raises(DarkroomBusy, match="try again in a minute"):
        room.develop(SMALL)

    for thread in threads:
        thread.join()
    assert room.develop(SMALL).width == 96
    room.close()


@pytest.mark.slow
def test_a_photo_that_ends_its_helper_is_refused_and_the_server_goes_on(
    room: Darkroom, slow_picture: bytes
) -> None:
    room.develop(SMALL)
    victim = process_of(room)
    threading.Timer(0.05, os.kill, (victim, signal.SIGSEGV)).start()

    with pytest.raises(PhotoUnreadable, match="could not be read"):
        room.develop(slow_picture)

    assert room.develop(SMALL).width == 96


@pytest.mark.slow
def test_a_helper_is_replaced_after_many_photos(room: Darkroom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(darkroom_client, "PICTURES", 2)
    processes = []
    for _ in range(5):
        room.develop(SMALL)
        processes.append(process_of(room))

    assert [len(set(processes[:2])), len(set(processes[2:4])), len(set(processes))] == [1, 1, 3]


@pytest.mark.slow
def test_threads_share_the_helpers() -> None:
    room = Darkroom(helpers=2, seconds=20, max_pixels=1_000_000)
    widths = []
    threads = [
        threading.Thread(
            target=lambda width=width: widths.append((width, room.develop(pictures.jpeg(width, 50)).width))
        )
        for width in range(100, 112)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(widths) == 12
    assert all(sent == got for sent, got in widths)
    assert 1 <= len(room._idle) <= 2
    room.close()


def test_who_waits_too_long_is_told_to_come_back(room: Darkroom) -> None:
    room.seconds = 0.01

    with room._places, pytest.raises(DarkroomBusy, match="try again"):
        room.develop(SMALL)


@pytest.mark.slow
def test_a_helper_that_cannot_start_is_no_fault_of_the_photo(
    room: Darkroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")

    with pytest.raises(DarkroomBusy, match="at the moment"):
        room.develop(SMALL)


# --- what a helper may not do -------------------------------------------------------------------


@pytest.mark.slow
def test_a_helper_knows_no_secrets_and_no_framework(room: Darkroom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIOLOGIDEX_SECRET_KEY", "not for photographs")
    room.develop(SMALL)
    process = Path(f"/proc/{process_of(room)}")

    environment = (process / "environ").read_bytes()
    libraries = (process / "maps").read_text()

    assert b"BIOLOGIDEX" not in environment
    assert b"not for photographs" not in environment
    assert "sqlite" not in libraries
    assert "psycopg" not in libraries
    assert sorted(path.name for path in (process / "fd").iterdir()) == ["0", "1", "2"]


def test_what_the_helper_runs_imports_no_framework() -> None:
    program = "import sys, biologidex.media.darkroom.__main__; print('django' in sys.modules, 'sqlite3' in sys.modules)"

    said = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(SOURCE)},
    )

    assert (said.stdout.strip(), said.stderr) == ("False False", "")


@pytest.mark.slow
def test_a_helpers_memory_is_bounded(room: Darkroom) -> None:
    room.develop(SMALL)

    limits = Path(f"/proc/{process_of(room)}/limits").read_text()

    bounded = {line[:26].strip(): line[26:47].strip() for line in limits.splitlines()}
    assert 10**9 < int(bounded["Max address space"]) < 1.5 * 10**9
    assert (bounded["Max core file size"], bounded["Max file size"], bounded["Max open files"]) == (
        "0",
        "0",
        "16",
    )
    assert int(bounded["Max cpu time"]) < 30


@pytest.mark.slow
def test_a_picture_that_needs_too_much_memory_is_refused_and_the_next_one_is_read(room: Darkroom) -> None:
    room.develop(SMALL)
    used = int(Path(f"/proc/{process_of(room)}/statm").read_text().split()[0]) * resource.getpagesize()
    resource.prlimit(process_of(room), resource.RLIMIT_AS, (used + 20_000_000, used + 20_000_000))

    with pytest.raises(TooManyPixels, match="memory"):
        room.develop(pictures.encoded(Image.new("RGB", (4000, 3000)), "PNG"))

    assert room.develop(SMALL).width == 96


CONFINED = """
import socket, sys
from biologidex.media.darkroom import lockdown
lockdown.limit(max_pixels=1000)
if not lockdown.forbid_files_and_network():
    print("no Landlock")
    sys.exit()
def tried(what):
    try:
        what()
    except (PermissionError, OSError) as error:
        return type(error).__name__
    return "done"
def connect():
    with socket.socket() as out:
        out.connect(("127.0.0.1", 9))
print(tried(lambda: open("/etc/passwd")), tried(lambda: open("/tmp/made-by-a-photo", "w")),
      tried(lambda: open("/proc/self/environ")), tried(connect), bytearray(10**7)[:0])
bytearray(10**9)
"""


@pytest.mark.slow
def test_a_confined_process_opens_nothing_connects_nowhere_and_stays_small() -> None:
    said = subprocess.run(
        [sys.executable, "-c", CONFINED],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(SOURCE)},
    )

    if "no Landlock" in said.stdout:
        pytest.skip("this kernel has no Landlock")
    assert said.stdout.split()[:4] == ["PermissionError"] * 4
    assert "MemoryError" in said.stderr


# --- processes that come and go -----------------------------------------------------------------

SERVER = """
import os, sys, time
sys.path.insert(0, {tests!r})
from biologidex.media.darkroom import Darkroom
photo = open({photo!r}, "rb").read()
room = Darkroom(helpers=1, seconds=20, max_pixels=10**6)
room.develop(photo)
{then}
"""


def server(tmp_path: Path, then: str) -> "subprocess.Popen[str]":
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(SMALL)
    program = SERVER.format(tests=str(Path(__file__).parents[1]), photo=str(photo), then=then)
    return subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, env={"PYTHONPATH": str(SOURCE)}
    )


@pytest.mark.slow
def test_no_helper_outlives_its_server(tmp_path: Path) -> None:
    with server(tmp_path, "print(room._idle[0].process.pid, flush=True); time.sleep(60)") as running:
        helper = int(running.stdout.readline())
        running.kill()

    assert is_gone(helper)


@pytest.mark.slow
def test_a_forked_server_has_helpers_of_its_own(tmp_path: Path) -> None:
    then = """
first = room._idle[0].process.pid
child = os.fork()
room.develop(photo)
print(room._idle[0].process.pid == first, flush=True)
if child:
    os.waitpid(child, 0)
room.close()
"""
    with server(tmp_path, then) as running:
        said = running.stdout.read().split()

    assert sorted(said) == ["False", "True"]
    assert running.returncode == 0
