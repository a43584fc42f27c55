"""How much memory a server process takes for a photo of 100 MB that comes in pieces. The target: 50 MB more.

    .venv/bin/python benchmarks/uploads.py

Sends a noisy PNG in pieces of 10 MB to one process, and prints its largest resident size before and after, apart from
that of the helpers that open photos.
"""

import hashlib
import io
import os
import secrets
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx2 as httpx
from PIL import Image

PORT, MEGABYTE = 8731, 1_000_000
ADDRESS = f"http://127.0.0.1:{PORT}/api/v1/"
ACCOUNT = {"username": "otter", "email": "otter@example.org", "password": "kingfisher-over-water"}


def largest(pid: int) -> float:
    """Return the largest resident size that a process has had, in megabytes."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) * 1024 / MEGABYTE


def photo() -> bytes:
    """Make a PNG just below 100 MB: noise cannot be packed."""
    side = 5760
    out = io.BytesIO()
    Image.frombytes("RGB", (side, side), secrets.token_bytes(side * side * 3)).save(
        out, "PNG", compress_level=1
    )
    return out.getvalue()


def wait() -> None:
    """Wait until the server answers."""
    for _ in range(600):
        try:
            httpx.get(ADDRESS).raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.1)
        else:
            return


def send(content: bytes) -> None:
    """Send it as a program does."""
    httpx.post(f"{ADDRESS}users/", json=ACCOUNT).raise_for_status()
    token = httpx.post(f"{ADDRESS}auth/login/", json=ACCOUNT).json()["access"]
    with httpx.Client(headers={"Authorization": f"Bearer {token}"}, timeout=300) as client:
        told = {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        upload = f"{ADDRESS}uploads/{client.post(f'{ADDRESS}uploads/', json=told).raise_for_status().json()['id']}/"
        for offset in range(0, len(content), 10 * MEGABYTE):
            headers = {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
            client.patch(
                upload, content=content[offset : offset + 10 * MEGABYTE], headers=headers
            ).raise_for_status()
        client.post(f"{upload}finish/").raise_for_status()


def main() -> int:
    """Run the benchmark; return the exit status."""
    content = photo()
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "BIOLOGIDEX_DATA_DIR": folder, "BIOLOGIDEX_PHOTO_SECONDS": "120"}
        command = str(Path(sys.executable).parent / "biologidex")
        subprocess.run([command, "migrate", "--verbosity", "0"], env=environment, check=True)
        served = ["-m", "waitress", f"--listen=127.0.0.1:{PORT}", "biologidex.config.wsgi:application"]
        with subprocess.Popen([sys.executable, *served], env=environment) as server:
            try:
                wait()
                before, begun = largest(server.pid), time.perf_counter()
                send(content)
                taken = time.perf_counter() - begun
                print(f"{len(content) / MEGABYTE:.0f} MB in pieces, a photo after {taken:.1f} s")
                print(
                    f"largest size before {before:.0f} MB, after {largest(server.pid):.0f} MB   (target: 50 more)"
                )
            finally:
                server.terminate()
    return 0


if __name__ == "__main__":
    sys.exit(main())
