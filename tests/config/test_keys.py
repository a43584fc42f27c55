"""The signing key that a server makes for itself."""

import multiprocessing
import stat
from pathlib import Path

from biologidex.config.keys import kept_key


def test_processes_that_start_together_agree_on_one_key(tmp_path: Path) -> None:
    files = [tmp_path / str(number) / "secret_key" for number in range(40)]

    # Not forked from here: threads of other tests may hold a lock, and a child would wait for it forever.
    with multiprocessing.get_context("forkserver").Pool(8) as pool:
        keys = pool.map(kept_key, [file for file in files for _ in range(8)], chunksize=1)

    assert all(len(key) == 64 for key in keys)
    assert len(set(keys)) == len(files)


def test_a_key_is_readable_by_its_owner_only_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    kept_key(tmp_path / "secret_key")

    assert [file.name for file in tmp_path.iterdir()] == ["secret_key"]
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600
