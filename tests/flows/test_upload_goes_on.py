"""A large photo sent in pieces to several processes, one of which is killed in the middle of a piece."""

import hashlib
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx2 as httpx
import pytest
from PIL import Image

import pictures
from client import PASSWORD
from running import environment_of, free_port

pytestmark = pytest.mark.slow
PIECE = "application/offset+octet-stream"


class Process:
    """One server process of several on one database and one storage, as behind a balancer."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}/api/v1/"
        command = ["-m", "waitress", f"--listen=127.0.0.1:{self.port}", "biologidex.config.wsgi:application"]
        self.running = subprocess.Popen([sys.executable, *command], env=environment_of(folder))

    def ready(self) -> None:
        """Wait until it answers."""
        for _ in range(600):
            try:
                if httpx.get(self.address).status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.05)
        raise TimeoutError("The process did not become ready.")

    def end(self) -> None:
        """Kill it."""
        self.running.kill()
        self.running.wait(30)


@contextmanager
def process(folder: Path) -> Iterator[Process]:
    one = Process(folder)
    try:
        one.ready()
        yield one
    finally:
        one.end()


def cut_off(at: Process, path: str, token: str, offset: int, content: bytes) -> None:
    """Begin to send a piece, and kill the process in the middle of it."""
    head = (
        f"PATCH {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\nContent-Type: {PIECE}\r\n"
        f"Upload-Offset: {offset}\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", at.port)) as wire:
        wire.sendall(head.encode() + content[: len(content) // 2])
        time.sleep(0.2)
        at.end()


def test_an_upload_goes_on_at_another_process_after_a_kill(data_folder: Path) -> None:
    content = pictures.encoded(
        Image.frombytes("RGB", (1200, 900), secrets.token_bytes(1200 * 900 * 3)), "PNG"
    )
    third = len(content) // 3
    with ExitStack() as servers:
        first, second = (servers.enter_context(process(data_folder)) for _ in range(2))
        account = {"username": "otter", "email": "otter@example.org", "password": PASSWORD}
        httpx.post(f"{first.address}users/", json=account).raise_for_status()
        token = httpx.post(f"{first.address}auth/login/", json=account).json()["access"]
        client = servers.enter_context(httpx.Client(headers={"Authorization": f"Bearer {token}"}))
        told = client.post(
            f"{first.address}uploads/",
            json={"size": len(content), "sha256": hashlib.sha256(content).hexdigest()},
        ).json()
        path = f"uploads/{told['id']}/"

        def send(at: Process, offset: int, piece: bytes) -> httpx.Response:
            headers = {"Upload-Offset": str(offset), "Content-Type": PIECE}
            return client.patch(at.address + path, content=piece, headers=headers)

        assert send(first, 0, content[:third]).status_code == 204
        assert send(second, 0, content[:third]).status_code == 409
        cut_off(first, f"/api/v1/{path}", token, third, content[third : 2 * third])
        offset = int(client.get(second.address + path).headers["Upload-Offset"])
        assert offset == third
        assert send(second, offset, content[offset:]).status_code == 204
        photo = client.post(f"{second.address}{path}finish/")
        assert photo.status_code == 201
        original = client.get(f"{second.address}photos/{photo.json()['id']}/original/")

    assert hashlib.sha256(original.content).digest() == hashlib.sha256(content).digest()
