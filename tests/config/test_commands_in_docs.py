"""Every command that the docs tell an operator to type is run by a test, or it is said why not.

commands_in_docs.txt says which. Those that are run `here` are run as they stand, but with folders of the test's.
"""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class

from ops.containers.looks import looks
from running import environment_of

TOP = Path(__file__).parents[2]
TABLE = Path(__file__).with_name("commands_in_docs.txt")
NAMES = ("backup", "deploy", "diagnosis", "monitoring", "security", "selfhost", "upgrading")
PAGES = ["OPERATIONS.md", "README.md", *(f"docs/{name}.md" for name in NAMES)]
TYPED = re.compile(  # what stands between `...` and begins like this is a command
    r"(?:[A-Z_]+=\S+ )*(?:(?:\.venv/bin/)?biologidex|make|(?:scripts/)?[\w-]+\.sh|docker|\$compose|curl|age-keygen"
    r"|amtool|apt|certbot|cloudflared|envsubst|fail2ban-client|gunicorn|openssl|pip|git) \S"
)


def commands(page: str) -> list[str]:
    """Return every command of a page, each once: the lines of its code blocks, and what is typed within sentences."""
    text = re.sub(r"(?ms)^```.*?^```", "", (TOP / page).read_text(encoding="utf-8"))
    lines = [re.sub(r" {2,}\S.*$| +# .*$", "", line) for line in re.findall(r"(?m)^ {4}(\S.*)$", text)]
    inline = [" ".join(found.split()) for found in re.findall(r"`([^`\n]+\n?[^`\n]+)`", text)]
    typed = [*lines, *(found for found in inline if TYPED.match(found))]
    return list(dict.fromkeys(part.strip() for found in typed for part in found.split(" && ")))


ALL = {page: commands(page) for page in PAGES}
RUN_BY = dict(
    line.rsplit(" = ", 1)
    for line in TABLE.read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
)


def beginning_of(command: str) -> str:
    """Return the longest line of the table that this command begins with, or nothing."""
    return max((known for known in RUN_BY if command.startswith(known)), key=len, default="")


def test_every_command_is_run_by_a_test_or_it_is_said_why_not() -> None:
    missing = [
        f"{page}: {command}" for page, all_ in ALL.items() for command in all_ if not beginning_of(command)
    ]

    assert sum(map(len, ALL.values())) > 80
    assert missing == [], f"add a line to {TABLE.name}"


def of_compose() -> list[str]:
    return sorted({one for all_ in ALL.values() for one in all_ if one.startswith("scripts/compose.sh ")})


@pytest.mark.parametrize("command", of_compose())
def test_of_compose_each_command_is_listed_in_full_and_really_typed(command: str) -> None:
    who = RUN_BY.get(command)

    assert who, "the beginning is not enough: scripts/compose.sh does everything"
    if not who.startswith("not run: "):
        file = (TOP / "tests" / who.partition("::")[0]).read_text(encoding="utf-8")
        looked = [one for profile in re.findall(r"looks\(\"?(\w*)\"?\)", file) for one in looks(profile)]
        typed = re.sub("web-(blue|green)-[12]", "{one}", command)  # each of the side that is open
        assert typed in file or command in looked


def test_what_is_said_to_run_one_exists() -> None:
    for begin, who in RUN_BY.items():
        file, _, name = who.partition("::")
        if who != "here" and not re.match(r"not run: \S.{10,}", who):
            assert f"def {name}(" in (TOP / "tests" / file).read_text(encoding="utf-8"), begin


def test_nothing_is_listed_that_no_page_names() -> None:
    named = {beginning_of(command) for all_ in ALL.values() for command in all_}

    assert [begin for begin in RUN_BY if begin not in named] == [], f"take it out of {TABLE.name}"


def ours() -> Iterator[list[str]]:
    """Yield the words of each command of `biologidex` that a page names, whichever script leads to it."""
    for command in dict.fromkeys(command for all_ in ALL.values() for command in all_):
        words = re.sub(r"^scripts/monitor\.sh", "biologidex monitor", command.partition(" > ")[0])
        words = re.sub(r"scripts/in-server\.sh", "biologidex", words)
        if found := re.search(r"(?:^|[ /])biologidex (?!biologidex)([a-z].*)", words):
            yield found[1].split()


def test_the_servers_commands_exist_and_take_these_words() -> None:
    for name, *words in ours():
        command = name.replace("-", "_")
        parser = load_command_class(get_commands()[command], command).create_parser("biologidex", name)
        if words:
            parser.parse_args(words)


def test_targets_and_scripts_exist_with_their_options() -> None:
    makefile = (TOP / "Makefile").read_text(encoding="utf-8")
    for command in (command for all_ in ALL.values() for command in all_):
        if target := re.match(r"make ([a-z-]+)", command):
            assert f"\n{target[1]}:" in makefile, command
        if script := re.search(r"(?:^| )(?:scripts/)?([\w-]+\.sh)(.*)", command):
            text = (TOP / "scripts" / script[1]).read_text(encoding="utf-8")
            options = (
                set()
                if script[1] in {"in-server.sh", "compose.sh"}
                else set(re.findall(r"--[a-z-]+", script[2]))
            )
            assert "monitor" in script[1] or all(option in text for option in options), command


@pytest.mark.skipif(os.geteuid() != 0, reason="the operator is root")
@pytest.mark.parametrize(
    "page", [page for page, all_ in ALL.items() if "here" in {RUN_BY.get(beginning_of(one)) for one in all_}]
)
def test_these_do_what_they_say_in_their_order(page: str, tmp_path: Path) -> None:
    for folder in (
        "nginx",
        "cloudflared",
        "conf.d",
        *(f"fail2ban/{name}.d" for name in ("filter", "action", "jail")),
    ):
        (tmp_path / "etc" / folder).mkdir(parents=True)
    lines = [command for command in ALL[page] if RUN_BY.get(beginning_of(command)) == "here"]
    script = "\n".join(lines).replace("/etc/", f"{tmp_path}/etc/")
    script = re.sub(r"> (?!/)", f"> {tmp_path}/etc/", script)

    done = subprocess.run(
        ["sh", "-euc", script],
        cwd=TOP,
        env=environment_of(tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, f"{script}\n{done.stdout}{done.stderr}"
