"""A small instance of the embedded mode: every table, three photos, nothing else."""

import hashlib
import json
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from biologidex.accounts.models import User
from biologidex.media.models import Photo
from biologidex.ops.backup.embedded import DATABASE


class Small:
    """The data folder of one, and what is in it."""

    def __init__(self, prepared: Path, folder: Path) -> None:
        self.folder = Path(shutil.copytree(prepared, folder))
        self.database = folder / DATABASE
        self.media = folder / "media"
        self.owner = uuid4().hex
        self.insert(User, id=self.owner, username="ann", email="ann@example.org", friend_code="ANN")

    def ask(self, statement: str, *values: Any) -> list[Any]:
        """Run a statement."""
        with closing(sqlite3.connect(self.database)) as connection, connection:
            return connection.execute(statement, values).fetchall()

    def insert(self, model: Any, **values: Any) -> None:
        """Insert a row; what is not said is empty."""
        table = model._meta.db_table
        with closing(sqlite3.connect(self.database)) as connection, connection:
            columns = connection.execute(f"PRAGMA table_info({table})").fetchall()
            row = {name: None if not needed else "" for _, name, _, needed, _, _ in columns} | values
            marks = ", ".join("?" * len(row))
            connection.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", list(row.values()))

    def photo(self, content: bytes) -> Path:
        """Add a photo with its file."""
        id_ = uuid4()
        name = f"photos/{id_.hex[:2]}/{id_}/original.jpg"
        file = self.media / name
        file.parent.mkdir(parents=True)
        file.write_bytes(content)
        known = {"id": id_.hex, "owner_id": self.owner, "sha256": hashlib.sha256(content).hexdigest()}
        numbers = {"width": 1, "height": 1, "size": len(content), "pictures_size": 0}
        self.insert(Photo, original=name, format="JPEG", **known, **numbers)
        return file

    def people(self) -> int:
        """Return how many rows there are of people."""
        count: int = self.ask(f"SELECT count(*) FROM {User._meta.db_table}")[0][0]
        return count

    def contents(self) -> dict[str, bytes]:
        """Return every file of photos."""
        files = (file for file in self.media.rglob("*") if file.is_file())
        return {str(file.relative_to(self.media)): file.read_bytes() for file in files}


def do(name: str, *words: str) -> str:
    out = StringIO()
    call_command(name, *words, stdout=out)
    return out.getvalue()


def fails(*words: str) -> str:
    with pytest.raises(CommandError) as failed:
        do(*words)
    return str(failed.value)


def listed() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(do("backup", "--list", "--json"))
    return found


def archive(small: Small) -> Path:
    """The only one."""
    (found,) = [file for file in (small.folder / "backups").glob("*.tar.zst*") if file.suffix != ".json"]
    return found


def use(settings: Any, **changed: Any) -> None:
    settings.BACKUP = replace(settings.BACKUP, **changed)
