"""An installation as an operator has it: a folder with settings and secrets, images, and scripts/deploy.sh."""

import hashlib
import subprocess
from pathlib import Path

from ops.containers.engine import Engine
from running import UNHELD, free_port

TOP = Path(__file__).parents[3]
PODMAN = Path(__file__).parent / "compose.podman.yaml"
SERVICES, RELEASE = "drill", "1.0.0"
PARTS = ("nginx", "pgbouncer", "redis", "postgres", "exporters")
UNLIMITED = "100000r/s"
PACKAGE = "/opt/venv/lib/python3.13/site-packages/biologidex"


class Installation:
    """One server of containers."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.etc = engine.folder / "etc"
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"

    # --- Before ---------------------------------------------------------------------------------

    def build(self) -> None:
        """Build everything: what did not change is not built again."""
        self.engine.run("sh", str(TOP / "scripts/stand-in-images.sh"))
        self._images("--services", SERVICES)
        self._images(RELEASE)

    def _images(self, *words: str) -> None:
        self.engine.run("sh", str(TOP / "scripts/images.sh"), *words, DOCKER="podman", SERVICES=SERVICES)

    def another_release(self, version: str, *lines: str) -> None:
        """Make the images of another release: those of this one, with these lines of a Dockerfile on top."""
        says = f"RUN mkdir -p /app && echo {version} > /app/VERSION"
        self._on_top("biologidex", version, "USER root", says, *lines, "USER 10001:10001")
        self._on_top("biologidex-backup", version, "USER root", says, "USER 999:10001")

    def _on_top(self, name: str, version: str, *lines: str) -> None:
        file = self.engine.folder / f"Dockerfile.{version}"
        file.write_text("\n".join([f"FROM localhost/{name}:{RELEASE}", *lines]))
        where = ("-f", str(file), str(self.engine.folder / "docker"))
        self.engine.run("podman", "build", "-q", "-t", f"localhost/{name}:{version}", *where)

    def set_up(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Do what an operator does on a new machine."""
        return self.engine.run(
            *(
                "sh",
                str(TOP / "scripts/setup.sh"),
                "--loopback",
                "--no-firewall",
                "--version",
                RELEASE,
                *words,
            ),
            check=False,
            **{
                "BIOLOGIDEX_ETC": str(self.etc),
                "COMPOSE_MORE": str(PODMAN),
                "HTTP_PORT": str(self.port),
                "SERVICES": SERVICES,
                "READY_WITHIN": "300",
                "DOCKER": "podman",
                **more,
            },
        )

    def let_crowds_in(self) -> None:
        """Lift the limits: all people of a drill come from one address."""
        limits = {"RATE_API": UNLIMITED, "RATE_UPLOAD": UNLIMITED}
        for name, values in (("biologidex.env", UNHELD), ("compose.env", limits)):
            with (self.etc / name).open("a") as file:
                file.writelines(f"{key}={value}\n" for key, value in values.items())

    # --- While it runs ---------------------------------------------------------------------------

    def deploy(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Do what an operator does to put a release into service."""
        return self.engine.run(
            "sh",
            str(TOP / "scripts/deploy.sh"),
            *words,
            check=False,
            BIOLOGIDEX_ETC=str(self.etc),
            COMPOSE_MORE=str(PODMAN),
            **more,
        )

    @property
    def _where(self) -> dict[str, str]:
        return {"BIOLOGIDEX_ETC": str(self.etc), "COMPOSE_MORE": str(PODMAN)}

    def script(self, name: str, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run a script of the operator's."""
        return self.engine.run("sh", str(TOP / "scripts" / name), *words, check=False, **self._where | more)

    def typed(self, command: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run a line of the docs as it stands."""
        return self.engine.run("sh", "-c", f"cd {TOP} && {command}", check=False, **self._where | more)

    def look(self, command: str, profile: str = "") -> None:
        """Type a line of the docs that looks at something: there is something to see, or nothing is wrong."""
        done = self.typed(command, PROFILES=profile)
        finds_nothing = (
            done.returncode == 1 and "| grep" in command
        )  # all is well: no line says that it is not
        assert done.returncode == 0 or finds_nothing, done.stderr
        assert "rror" not in done.stderr, done.stderr

    def compose(self, *words: str, **more: str) -> str:
        """Ask Compose for something, with both sides in sight."""
        files = ["-f", str(TOP / "deploy/compose.production.yaml"), "-f", str(PODMAN)]
        sides = ["--profile", "blue", "--profile", "green"]
        return self.engine.run(
            "docker", "compose", "--env-file", str(self.etc / "compose.env"), *files, *sides, *words, **more
        ).stdout

    def containers(self) -> dict[str, str]:
        """Return the ids of what runs, by service."""
        lines = self.engine.ask(
            "ps",
            "--filter",
            "label=com.docker.compose.project=biologidex",
            "--format",
            '{{index .Labels "com.docker.compose.service"}} {{.ID}}',
        )
        return dict(line.split() for line in lines.splitlines())

    def contents(self) -> dict[str, str]:
        """Return what every file of the operator's folder holds, as a digest, but for the lock and the last log."""
        files = [one for one in self.etc.rglob("*") if one.is_file() and one.suffix not in {".lock", ".log"}]
        return {str(one): hashlib.sha256(one.read_bytes()).hexdigest() for one in files}

    @property
    def state(self) -> dict[str, str]:
        """What compose.env remembers."""
        return dict(line.split("=", 1) for line in (self.etc / "compose.env").read_text().splitlines())

    def remember(self, **values: str) -> None:
        """Let compose.env say so; without a value, let it say nothing of that."""
        told = {name: value for name, value in (self.state | values).items() if value or name not in values}
        (self.etc / "compose.env").write_text("".join(f"{name}={value}\n" for name, value in told.items()))

    @property
    def open_side(self) -> str:
        """Which side people are served by."""
        return self.state["OPEN"]

    @property
    def remembered(self) -> str:
        """The release of the side that is not open: what --rollback goes back to."""
        return self.state["GREEN" if self.open_side == "blue" else "BLUE"]

    def version(self, process: str = "web-SIDE-1") -> str:
        """Return the release that is open, from the very process that is at work."""
        return self.compose("exec", "-T", self.name_of(process), "cat", "/app/VERSION").strip()

    def name_of(self, service: str) -> str:
        """Return a service's name, SIDE in it being whichever is open."""
        return service.replace("SIDE", self.open_side)
