"""What goes wrong while PostgreSQL is backed up, with the programs themselves: nothing looks whole that is not."""

import os
import signal
import subprocess
import time

import pytest

from biologidex.ops.backup.status import FILE
from ops.backup_list import kept, succeeded
from ops.disks import small_disk
from ops.site import Site, site
from running import COMMAND

pytestmark = [pytest.mark.ops, pytest.mark.timeout(600)]


def grow(one: Site) -> None:
    """Add what takes a while to be backed up."""
    one.ask("CREATE TABLE IF NOT EXISTS noise AS SELECT gen_random_uuid() FROM generate_series(1, 600000)")
    (one.media / "heron.jpg").write_bytes(os.urandom(80_000_000))


def kill_in_the_middle(one: Site, pattern: str) -> None:
    """Kill a backup and all its programs, as a power cut does, as soon as there is something new of this name."""
    known = set(one.away.glob(pattern))
    process = subprocess.Popen(
        [COMMAND, "backup"], env=one.environment(), start_new_session=True, stdout=subprocess.DEVNULL
    )
    end = time.monotonic() + 120
    while set(one.away.glob(pattern)) <= known:
        assert process.poll() is None, "It was over before it could be killed."
        assert time.monotonic() < end
        time.sleep(0.001)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait(10)


@pytest.mark.parametrize(
    "pattern", ["postgres/backup/biologidex/*[FD]/*", "media/data/*/*"], ids=["database", "photos"]
)
def test_a_backup_that_is_killed_leaves_nothing_that_looks_like_one(pattern: str) -> None:
    with site() as one:
        one.do("backup")
        before, numbers = kept(one, "off_site"), (one.data / FILE).read_text()
        grow(one)

        kill_in_the_middle(one, pattern)

        made_meanwhile = int("media" in pattern)  # the database comes first
        assert len(kept(one, "off_site")) == len(before) + made_meanwhile
        assert (one.data / FILE).read_text() == numbers
        one.do("backup", "--verify")
        one.do("backup")
        one.do("drill")


def test_a_full_place_is_called_by_its_name_and_the_last_success_stays() -> None:
    with small_disk(60) as disk, site(BIOLOGIDEX_BACKUP_URL=str(disk)) as one:
        one.do("backup")
        before, numbers = kept(one, "off_site"), succeeded(one)
        grow(one)

        told = one.fails("backup")

        assert "The place for backups is full." in told
        assert succeeded(one)["media"] == numbers["media"]
        assert '"failed": true' in (one.data / FILE).read_text()
        assert before[0] in kept(one, "off_site")
        subprocess.run(["mount", "-o", "remount,size=600m", disk], check=True)
        one.do("backup")
        one.do("backup", "--verify")
        one.do("drill")


def test_a_place_that_is_away_is_told_plainly() -> None:
    with site() as one:
        one.away.rename(one.away.with_name("unmounted"))

        told = one.fails("backup")

    assert "off_site" in told
    assert "is not there. Is it mounted?" in told


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGHUP], ids=["ended", "terminal closed"])
def test_a_restore_that_is_ended_leaves_no_server_behind_and_can_be_done_again(by: signal.Signals) -> None:
    with site() as one:
        one.do("backup")
        one.lose_everything()
        process = subprocess.Popen(
            [COMMAND, "restore", "--latest"], env=one.environment(), stdout=subprocess.DEVNULL
        )
        while not list((one.folder / "backups").glob("work-*/s/.s.PGSQL.5432")):
            assert process.poll() is None, "It was over before it could be ended."
            time.sleep(0.001)

        process.send_signal(by)
        process.wait(60)

        running = subprocess.run(
            ["pgrep", "-f", "--", f"-D {one.cluster.data} "], check=False, capture_output=True
        )
        assert running.stdout == b""
        one.do("restore", "--latest")
        one.cluster.program.start()
