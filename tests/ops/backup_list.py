"""What backups of a site there are, and when each part was last backed up well."""

import json

from biologidex.ops.backup.status import FILE
from ops.site import Site


def kept(one: Site, place: str) -> list[str]:
    """Return the labels of the database's backups at a place, the newest first."""
    told = json.loads(one.do("backup", "--list", "--json"))
    return [str(entry["backup"]) for entry in told if entry["place"] == place and "backup" in entry]


def succeeded(one: Site) -> dict[str, float]:
    """Return when each part was last backed up well."""
    parts = json.loads((one.data / FILE).read_text())["parts"]
    return {name: float(part["succeeded"]) for name, part in parts.items()}
