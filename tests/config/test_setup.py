"""What scripts/setup.sh would do on a new machine, by --dry-run. The drills run it for real (tests/ops/containers)."""

import subprocess
from pathlib import Path

import pytest

SETUP = Path(__file__).parents[2] / "scripts" / "setup.sh"


def setup(etc: Path, *words: str, first: str = "") -> subprocess.CompletedProcess[str]:
    environment = {"BIOLOGIDEX_ETC": str(etc), "PATH": f"{first}/usr/sbin:/usr/bin:/sbin:/bin"}
    command = ["sh", str(SETUP), "--dry-run", *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def programs(folder: Path, **texts: str) -> None:
    """Put programs that stand in for those of the system into a folder."""
    for name, text in texts.items():
        (folder / name).write_text(f"#!/bin/sh\n{text}\n")
        (folder / name).chmod(0o755)


@pytest.fixture
def certificate(tmp_path: Path) -> list[str]:
    files = [tmp_path / "chain.pem", tmp_path / "key.pem"]
    for file in files:
        file.write_text("of a test")
    return ["--certificate", *map(str, files)]


def opened(said: str) -> list[str]:
    return [line.split()[-1] for line in said.splitlines() if "ufw allow" in line]


def test_a_rehearsal_leaves_no_trace(tmp_path: Path) -> None:
    told = setup(tmp_path / "etc", "--loopback")

    assert told.returncode == 0, told.stderr
    assert not (tmp_path / "etc").exists()


def test_behind_a_tunnel_and_on_the_machine_itself_nothing_but_ssh_is_opened(tmp_path: Path) -> None:
    credentials = tmp_path / "tunnel.json"
    credentials.write_text("{}")

    for how in (["--loopback"], ["--host", "dex.example.org", "--tunnel", "dex", str(credentials)]):
        said = setup(tmp_path / "etc", *how).stdout
        assert opened(said) == ["22/tcp"]
        assert "ufw default deny incoming" in said


def test_a_certificate_opens_the_two_doors_of_the_web(tmp_path: Path, certificate: list[str]) -> None:
    said = setup(tmp_path / "etc", "--host", "dex.example.org", *certificate).stdout

    assert opened(said) == ["22/tcp", "80/tcp", "443/tcp"]
    assert "https://dex.example.org" in said
    assert f"install-certificate.sh {certificate[1]} {certificate[2]}" in said


def test_the_firewall_is_left_alone_if_one_says_so(tmp_path: Path) -> None:
    assert "ufw" not in setup(tmp_path / "etc", "--loopback", "--no-firewall").stdout


def test_keeping_addresses_out_is_offered_and_not_done_unasked(tmp_path: Path) -> None:
    asked = setup(tmp_path / "etc", "--loopback", "--fail2ban").stdout

    assert "make-bans.sh" in asked
    assert "up -d --no-deps nginx" in asked
    assert "bans" not in setup(tmp_path / "etc", "--loopback").stdout
    assert not (tmp_path / "etc").exists()


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ([], "Usage"),
        (["--certificate", "/nowhere.pem", "/nowhere.key", "--host", "a.example"], "cannot be read"),
        (["--tunnel", "dex", "/etc/hostname"], "--host"),
        (["--loopback", "--host", "a b"], "--host is a name"),
        (["--loopback", "--version"], "version"),
        (["--loopback", "--backup-to", "/mnt/nas"], "--backup-key"),
    ],
)
def test_what_was_called_wrongly_is_told(tmp_path: Path, words: list[str], why: str) -> None:
    told = setup(tmp_path / "etc", *words)

    assert told.returncode == 2
    assert why in told.stdout + told.stderr


def test_nothing_from_the_internet_goes_into_a_shell() -> None:
    text = SETUP.read_text()

    assert "curl" not in text
    assert "wget" not in text


LOOPBACK = "SERVICES=1\nSERVER_NAMES=localhost 127.0.0.1\nHTTP_PORT=8080\n"
TUNNEL = "SERVICES=1\nSERVER_NAMES=dex.example.org\nREAL_IP_HEADER=CF-Connecting-IP\nPROFILES=tunnel\n"


@pytest.mark.parametrize("state", [LOOPBACK, TUNNEL, TUNNEL.replace("dex.", "old.")])
def test_a_server_that_was_set_up_otherwise_is_left_as_it_is(
    tmp_path: Path, certificate: list[str], state: str
) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "compose.env").write_text(state)

    told = setup(tmp_path / "etc", "--host", "dex.example.org", *certificate)

    assert told.returncode == 2
    assert "Nothing was changed" in told.stderr
    assert "would" not in told.stdout


def test_called_again_it_goes_on_with_the_release_that_is_open(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "compose.env").write_text(f"{LOOPBACK}BLUE=0.0.7\nGREEN=0.0.8\nOPEN=blue\n")

    told = setup(tmp_path / "etc", "--loopback")

    assert told.returncode == 0, told.stderr
    assert "BiologiDex 0.0.7 is at" in told.stdout


def test_room_is_looked_for_where_docker_keeps_images(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    stubs = {
        "docker": f'case "$*" in info*) echo {tmp_path}/disk/not/yet ;; esac',
        "df": f"echo Filesystem\ncase $2 in {tmp_path}/disk) echo x x x 100 ;; *) echo x x x 99999 ;; esac",
    }
    programs(tmp_path, **stubs)

    told = setup(tmp_path / "etc", "--loopback", first=f"{tmp_path}:")

    assert told.returncode == 1
    assert f"Only 100 MB are free where {tmp_path}/disk lies" in told.stderr


def test_a_machine_with_one_processor_is_told_before_anything_is_installed(tmp_path: Path) -> None:
    programs(tmp_path, nproc="echo 1")

    told = setup(tmp_path / "etc", "--loopback", first=f"{tmp_path}:")

    assert told.returncode == 1
    assert "one processor" in told.stderr
    assert told.stdout == ""


def test_a_server_that_runs_may_be_changed_when_little_room_is_left(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "compose.env").write_text(f"{LOOPBACK}BLUE=0.0.7\nGREEN=0.0.8\nOPEN=blue\n")
    programs(tmp_path, df="echo Filesystem\necho x x x 100")

    told = setup(tmp_path / "etc", "--loopback", "--fail2ban", first=f"{tmp_path}:")

    assert told.returncode == 0, told.stderr
    assert "make-bans.sh" in told.stdout


@pytest.mark.parametrize(
    ("known", "installed"),
    [
        ([], ""),
        (["docker-buildx"], " docker-buildx"),
        (["docker-buildx", "docker-cli"], " docker-buildx docker-cli"),
    ],
    ids=["Debian 12", "Ubuntu", "Debian 13"],
)
def test_the_command_and_what_builds_come_along_where_they_are_packages_of_their_own(
    tmp_path: Path, known: list[str], installed: str
) -> None:
    """docker.io only recommends them there, and what is recommended is not installed."""
    told = "; ".join(["true", *(f"echo Package: {name}" for name in known)])
    programs(tmp_path, docker="exit 1", **{"apt-cache": told})

    said = setup(tmp_path / "etc", "--loopback", "--no-firewall", first=f"{tmp_path}:").stdout

    [line] = [line for line in said.splitlines() if "apt-get install" in line]
    assert line.partition(" docker.io")[2].rstrip() == f" apparmor ca-certificates{installed}"


def test_a_docker_that_is_here_and_does_not_answer_is_not_replaced(tmp_path: Path) -> None:
    programs(tmp_path, docker='[ "$*" = --version ]')

    told = setup(tmp_path / "etc", "--loopback", "--no-firewall", first=f"{tmp_path}:")

    assert "does not answer" in told.stderr
    assert "docker.io" not in told.stdout


def test_fail2ban_comes_with_what_it_reads_the_journal_by(tmp_path: Path) -> None:
    no_journal = 'case "$*" in *systemd*) exit 1 ;; esac'
    programs(tmp_path, python3=no_journal, **{"fail2ban-client": "exit 255"})

    said = setup(tmp_path / "etc", "--loopback", "--fail2ban", first=f"{tmp_path}:").stdout

    [line] = [line for line in said.splitlines() if "apt-get install" in line]
    assert " python3-systemd" in line


@pytest.mark.parametrize(
    ("there", "needed"),
    [
        ("", True),
        ("1.29.2", True),
        ("2.20.2+ds1-0ubuntu1", True),
        ("2.24.6+ds1-0ubuntu2", False),
        ("v5.6.1", False),
    ],
)
def test_compose_is_installed_where_there_is_none_or_one_that_does_not_understand_our_files(
    tmp_path: Path, there: str, needed: bool
) -> None:
    programs(tmp_path, docker=f'case "$*" in "compose version --short") echo "{there}" ;; esac')

    said = setup(tmp_path / "etc", "--loopback", first=f"{tmp_path}:").stdout

    assert ("cli-plugins/docker-compose" in said) == needed


def test_cut_off_after_postgresql_s_memory_was_computed_its_file_is_readable_the_next_time(
    tmp_path: Path,
) -> None:
    (tmp_path / "etc" / "postgres").mkdir(parents=True)
    (tmp_path / "etc" / "postgres" / "tuned.conf").write_text("shared_buffers = 512MB\n")

    said = setup(tmp_path / "etc", "--loopback").stdout

    assert f"would: chmod 0644 {tmp_path}/etc/postgres/tuned.conf" in said


def test_images_have_the_name_that_the_operators_folder_gives_them(tmp_path: Path) -> None:
    """It is what a deployment asks for."""
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "compose.env").write_text(f"{LOOPBACK}IMAGES=registry.example.org/dex\n")
    docker = tmp_path / "docker"
    docker.write_text(
        '#!/bin/sh\ncase "$*" in *inspect*) [ "${3#registry.example.org/dex/}" != "$3" ] ;; esac\n'
    )
    docker.chmod(0o755)

    told = setup(tmp_path / "etc", "--loopback", first=f"{tmp_path}:")

    assert told.returncode == 0, told.stderr
    assert "Building" not in told.stdout
