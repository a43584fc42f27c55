"""Backups of PostgreSQL in a bucket that speaks S3 over TLS: nothing in it can be read, nothing else is needed."""

import shutil
import tempfile
from pathlib import Path
from urllib.parse import quote

import pytest

from media.s3_server import BUCKET, KEY, REGION, SECRET, Store, bucket
from ops.site import site
from stack.certificates import certificate

pytestmark = [pytest.mark.ops, pytest.mark.timeout(600)]


def address(store: Store, authority: Path) -> str:
    who = f"{KEY}:{quote(SECRET, safe='')}@localhost:{store.server_port}"
    return f"s3://{who}/{BUCKET}/dex?region={REGION}&addressing=path&authority={authority}"


def test_a_bare_machine_gets_everything_back_from_a_bucket() -> None:
    folder = Path(tempfile.mkdtemp(prefix="biologidex-bucket-"))  # pytest's own let in only whoever runs it
    folder.chmod(0o755)
    made = certificate(folder)
    made.file.chmod(0o644)
    with (
        bucket(certificate=made.file, key=made.key) as store,
        site(BIOLOGIDEX_BACKUP_URL=address(store, made.file)) as one,
    ):
        (one.media / "heron.jpg").write_bytes(b"a heron" * 9)
        one.ask("CREATE TABLE seen AS SELECT 'kingfisher' AS animal")
        one.do("backup")
        one.do("drill")
        one.lose_everything()
        for lost in (one.data, one.keys, one.secrets, one.folder / "backups"):
            shutil.rmtree(lost)
            lost.mkdir()

        # Where the bucket is, is all that the new machine is told.
        one.do("restore", "--latest", "--identity", str(one.key))
        one.cluster.program.start()

        assert one.ask("SELECT animal FROM seen") == "kingfisher"
        assert (one.media / "heron.jpg").read_bytes() == b"a heron" * 9
        parts = {tuple(name.split("/")[:2]) for name in store.objects if name}  # without: the bucket itself
        assert parts == {("dex", "postgres"), ("dex", "media"), ("dex", "envelopes")}
        for content, _ in store.objects.values():
            assert b"kingfisher" not in content
            assert b"a heron" not in content
            assert SECRET.encode() not in content
        assert store.refused == 0
    shutil.rmtree(folder)
