"""The processes of a benchmark: gunicorn, Redis, nginx. Each on a port of its own, for the length of a block."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2 as httpx

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from running import free_port

WORKERS, THREADS = 2, 4
TICKS = os.sysconf("SC_CLK_TCK")
NGINX = """
{user}
pid {folder}/nginx.pid;
error_log {folder}/nginx.log;
worker_processes 1;
events {{ worker_connections 512; }}
http {{
    access_log off;
    client_max_body_size 30m;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    proxy_set_header Host $http_host;
    keepalive_requests 1000000;
    {servers}
}}
"""
BEHIND = """
    upstream to_{port} {{ server 127.0.0.1:{behind}; keepalive 32; keepalive_requests 1000000; }}
    server {{ listen 127.0.0.1:{port}; location / {{ proxy_pass http://to_{port}; }} }}
"""


class Process:
    """A server with its children, and the processor time that they have taken."""

    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        self.process, self.port = process, port
        self.address = f"http://127.0.0.1:{port}"

    def seconds(self) -> float:
        """Return the processor time of the server and what it has started, in seconds."""
        return seconds_of(family(self.process.pid))


def family(pid: int) -> list[int]:
    """Return a process and all below it."""
    children = [
        int(child)
        for task in Path(f"/proc/{pid}/task").glob("*/children")
        for child in task.read_text().split()
    ]
    return [pid, *(one for child in children for one in family(child))]


def seconds_of(pids: list[int]) -> float:
    """Return the processor time that processes have taken."""
    return sum(_ticks(pid) for pid in pids) / TICKS


def _ticks(pid: int) -> int:
    try:
        after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:  # it has just ended
        return 0
    return int(after_name[11]) + int(after_name[12])


@contextmanager
def _running(command: list[str], port: int, log: Path, **environment: str) -> Iterator[Process]:
    with log.open("ab") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, env={**os.environ, **environment})
    try:
        yield Process(process, port)
    finally:
        process.terminate()
        process.wait(30)


def _wait_for(address: str, log: Path) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            if httpx.get(address, timeout=30).status_code < 500:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise RuntimeError(f"{address} does not answer:\n{log.read_text()}")


@contextmanager
def gunicorn(application: str, path: str, folder: Path, **environment: str) -> Iterator[Process]:
    """Run an application as it would be in production: some processes of some threads each."""
    port, log = free_port(), folder / f"{application.partition(':')[0]}.log"
    shape = ["-k", "gthread", "-w", str(WORKERS), "--threads", str(THREADS), "--keep-alive", "75"]
    quiet = ["--no-control-socket", "--worker-tmp-dir", "/dev/shm", "--log-level", "warning"]
    command = [sys.executable, "-m", "gunicorn", *shape, *quiet, "-b", f"127.0.0.1:{port}", application]
    here = str(Path(__file__).parent)
    paths = os.pathsep.join(filter(None, (here, os.environ.get("PYTHONPATH", ""))))
    with _running(command, port, log, PYTHONPATH=paths, **environment) as server:
        _wait_for(server.address + path, log)
        yield server


@contextmanager
def redis(folder: Path) -> Iterator[Process]:
    """Run a Redis that keeps nothing on disk, as the cache's does not."""
    port = free_port()
    small = ["--maxmemory", "256mb", "--maxmemory-policy", "allkeys-lru", "--save", "", "--appendonly", "no"]
    command = ["redis-server", "--bind", "127.0.0.1", "--port", str(port), "--dir", str(folder), *small]
    with _running(command, port, folder / "redis.log") as server:
        yield server


@contextmanager
def nginx(folder: Path, *behind: Process) -> Iterator[list[str]]:
    """Put one nginx before all of these. Gives the addresses at which they answer now."""
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    ports = [free_port() for _ in behind]
    servers = "".join(
        BEHIND.format(port=port, behind=one.port) for port, one in zip(ports, behind, strict=True)
    )
    config = folder / "nginx.conf"
    config.write_text(
        NGINX.format(
            # Its workers must reach a folder that is only ours.
            user="" if os.geteuid() else "user root;",
            folder=folder,
            servers=servers,
        )
    )
    command = [program, "-p", str(folder), "-c", str(config), "-g", "daemon off;"]
    with _running(command, ports[0], folder / "nginx.out"):
        time.sleep(0.3)
        yield [f"http://127.0.0.1:{port}" for port in ports]
