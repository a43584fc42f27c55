"""Backups of PostgreSQL in Google's Cloud Storage, which is asked under its own names with a service account's key."""

import shutil

import pytest

from ops.google import Bucket, beside_google
from ops.site import site

pytestmark = [pytest.mark.ops, pytest.mark.timeout(600)]
LARGE = b"a heron" * 1_000_000  # more than goes in one piece


def everything_comes_back(bucket: Bucket) -> None:
    with site(BIOLOGIDEX_BACKUP_URL=bucket.address) as one:
        (one.media / "heron.jpg").write_bytes(LARGE)
        one.ask("CREATE TABLE seen AS SELECT 'kingfisher' AS animal")
        one.do("backup")
        one.do("backup", "--verify")
        one.do("drill")
        one.lose_everything()
        for lost in (one.data, one.keys, one.secrets, one.folder / "backups"):
            shutil.rmtree(lost)
            lost.mkdir()

        one.do("restore", "--latest", "--identity", str(one.key))
        one.cluster.program.start()

        assert one.ask("SELECT animal FROM seen") == "kingfisher"
        assert (one.media / "heron.jpg").read_bytes() == LARGE
    assert {tuple(name.split("/")[:2]) for name in bucket.objects} == {
        ("dex", "postgres"),
        ("dex", "media"),
        ("dex", "envelopes"),
    }
    for content, _ in bucket.objects.values():
        assert b"kingfisher" not in content
        assert b"a heron" not in content
    assert bucket.refused == 0


def test_a_bare_machine_gets_everything_back_from_google_s_storage() -> None:
    beside_google(everything_comes_back)
