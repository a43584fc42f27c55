"""The images are built as docs/deploy.md promises. tests/ops/containers builds them and looks inside."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
SERVER = (TOP / "Dockerfile").read_text(encoding="utf-8")
SERVICES = (TOP / "deploy/images/Dockerfile").read_text(encoding="utf-8")
BACKUP = (TOP / "deploy/images/Dockerfile.backup").read_text(encoding="utf-8")
PRODUCTION = SERVER.partition(" AS production\n")[2]
BOTH = pytest.mark.parametrize("text", [SERVER, SERVICES], ids=["server", "services"])


def instructions(text: str, name: str) -> list[str]:
    joined = text.replace("\\\n", " ")
    return re.findall(rf"(?m)^{name} +(.*)$", joined)


@BOTH
def test_a_base_is_named_with_its_release_and_pinned_by_its_digest(text: str) -> None:
    bases = {line.split()[0] for line in instructions(text, "FROM")}
    arguments = dict(line.split("=", 1) for line in instructions(text, "ARG") if "_IMAGE=" in line)

    assert {base for base in bases if base.startswith("$")} == {f"${{{name}}}" for name in arguments}
    pinned = r":(\d[\w.]*-slim-\w+|\w+-slim)@sha256:[0-9a-f]{64}$"
    assert all(re.search(pinned, image) for image in arguments.values())


@BOTH
def test_every_process_runs_as_somebody_without_rights(text: str) -> None:
    ends = [target.strip() for target in re.split(r"(?m)^FROM .*$", text)[1:]]
    shipped = [target for target in ends if "CMD [" in target]

    assert shipped
    for target in shipped:
        user = instructions(target, "USER")[-1]
        assert user not in {"root", "0"}


@BOTH
def test_commands_are_run_without_a_shell_so_that_signals_reach_them(text: str) -> None:
    assert all(line.startswith("[") for name in ("CMD", "ENTRYPOINT") for line in instructions(text, name))


def test_every_builder_of_docker_understands_them() -> None:
    """Debian's and Ubuntu's docker.io comes without buildx: its builder refuses `COPY --chmod` and knows no mounts."""
    for text in (SERVER, SERVICES, BACKUP):
        options = re.findall(r"(?m)^(?:COPY|ADD|RUN) +(--[a-z]+)", text)
        assert set(options) <= {"--from"}
        assert "<<" not in text
        assert "# syntax=" not in text  # would be fetched from one registry, whatever others are named


def test_whatever_umask_a_clone_was_made_with_its_files_can_be_read_in_an_image() -> None:
    for text in (SERVER, SERVICES):
        for target in re.split(r"(?m)^FROM ", text)[1:]:
            copied = {line.split()[-1] for line in instructions(target, "COPY") if line.startswith("deploy/")}
            opened = {
                word.rstrip("/")
                for line in instructions(target, "RUN")
                for command in re.findall(r"chmod (?:-R a\+rX|755)((?: +/[\w./-]+)+)", line)
                for word in command.split()
            }
            assert all(any(f"{place}/".startswith(f"{one}/") for one in opened) for place in copied), target


def test_whoever_sends_backups_to_a_bucket_knows_whom_to_believe() -> None:
    """The bases bring no authorities, and then no bucket has a certificate that counts."""
    installs = [line for text in (SERVICES, BACKUP) for line in instructions(text, "RUN")]
    senders = [line for line in installs if "pgbackrest" in line or "restic" in line]

    assert len(senders) == 2
    assert all("ca-certificates" in line for line in senders)


def test_packages_are_those_of_the_lock_files_and_no_other() -> None:
    installs = [line for line in instructions(SERVER, "RUN") if " install " in line and "pip" in line]

    assert len(installs) == 3
    assert all("--require-hashes" in line or "--no-index" in line for line in installs)
    assert not any(word in SERVER for word in ("curl", "wget", "| sh", "apt-get"))


def test_what_runs_is_built_without_tools_and_secrets() -> None:
    assert [line.split()[:2] for line in instructions(PRODUCTION, "COPY")] == [
        ["--from=build", "/opt/venv"],
        ["--from=page-files", "/static"],
        ["deploy/gunicorn.conf.py", "deploy/gunicorn.live.conf.py"],
    ]
    assert not re.search(r"(?i)(secret|password|token)\w*=", SERVER + SERVICES)


def test_only_what_is_named_goes_into_a_build() -> None:
    lines = (TOP / ".dockerignore").read_text(encoding="utf-8").splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]

    assert rules[0] == "*"
    named = {rule[1:] for rule in rules if rule.startswith("!")}
    copied = {
        word for line in instructions(SERVER, "COPY") if "--from" not in line for word in line.split()[:-1]
    }
    assert {word.split("/")[0] for word in copied} - {"."} <= named
    assert all((TOP / name).exists() for name in named)


def test_shell_scripts_are_clean() -> None:
    scripts = [*TOP.glob("scripts/*.sh"), *TOP.glob("deploy/images/*.sh"), TOP / "deploy/images/render"]
    program = Path(sys.executable).parent / "shellcheck"

    told = subprocess.run([program, *scripts], capture_output=True, text=True, check=False)

    assert told.stdout == ""
    assert all("set -eu" in script.read_text(encoding="utf-8") for script in scripts)
