"""A certificate for localhost or another name, as an authority of one's own makes it."""

import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Certificate:
    """Its file, which is also that of the authority, and the key that belongs to it."""

    file: Path
    key: Path


def certificate(folder: Path, name: str = "localhost") -> Certificate:
    """Make one that signs itself. Needs openssl."""
    made = Certificate(folder / "certificate.pem", folder / "key.pem")
    about = ["-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}"]
    files = ["-keyout", str(made.key), "-out", str(made.file)]
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command = ["openssl", "req", "-x509", "-days", "2", *key, *about, *files]
    subprocess.run(command, check=True, capture_output=True)
    return made
