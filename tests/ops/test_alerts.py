"""The rules of deploy/prometheus: each alert fires when it should, stays quiet when it should, and has its page."""

import json
import re
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from string import Template
from typing import Any

import pytest
import yaml
from django.core.management import get_commands, load_command_class
from django.test import Client

from ops.alerting import CASES, MORE, Case

TOP = Path(__file__).parents[2]
PROMETHEUS, RUNBOOKS = TOP / "deploy" / "prometheus", TOP / "docs" / "runbooks"
ALERTMANAGER = TOP / "deploy" / "alertmanager" / "alertmanager.yml"
GRAFANA = TOP / "deploy" / "grafana"
RULES = [
    rule
    for file in sorted((PROMETHEUS / "rules").glob("*.yml"))
    for group in yaml.safe_load(file.read_text())["groups"]
    for rule in group["rules"]
]
ALERTS = {rule["alert"]: rule for rule in RULES if "alert" in rule}
SECTIONS = ("## What people notice", "## Look", "## Mend", "## Never")


def run(program: str, *words: object) -> None:
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed. As root: apt install prometheus prometheus-alertmanager")
    done = subprocess.run(
        [program, *map(str, words)], capture_output=True, text=True, check=False, cwd=PROMETHEUS
    )
    assert done.returncode == 0, done.stdout + done.stderr


@dataclass
class Trial:
    """What promtool is to try at once: cases that know nothing of each other's metrics."""

    metrics: set[str] = field(default_factory=set)
    series: list[dict[str, str]] = field(default_factory=list)
    expected: list[dict[str, Any]] = field(default_factory=list)

    def take(self, name: str, case: Case, *, fires: bool) -> None:
        """Try this alert too."""
        series = case.fires if fires else case.quiet
        self.metrics |= names_in(series)
        self.series += [{"series": one, "values": values} for one, values in series.items()]
        self.expect(name, 0, 1 if fires and case.at_once else 0)
        self.expect(name, case.at, int(fires))

    def expect(self, name: str, minute: int, count: int) -> None:
        """Say how often it fires by then."""
        firing = f'count(ALERTS{{alertname="{name}",alertstate="firing"}}) or vector(0)'
        samples = [{"labels": "{}", "value": count}]
        self.expected.append({"expr": firing, "eval_time": f"{minute}m", "exp_samples": samples})

    def told(self) -> dict[str, Any]:
        """Write it as promtool reads it."""
        return {"interval": "1m", "input_series": self.series, "promql_expr_test": self.expected}


def names_in(series: dict[str, str]) -> set[str]:
    return {one.partition("{")[0].removesuffix("_bucket").removesuffix("_count") for one in series}


def trials() -> list[Trial]:
    """Put cases together where that is possible: each trial takes promtool a third of a second."""
    made: list[Trial] = []
    for name, case in sorted([*CASES.items(), *MORE], key=lambda item: item[1].at):
        for fires in (True, False) if case.quiet else (True,):
            series = case.fires if fires else case.quiet
            fitting = (one for one in made if not one.metrics & names_in(series))
            trial = next(fitting, None) or Trial()
            if trial not in made:
                made.append(trial)
            trial.take(name, case, fires=fires)
    return made


def test_prometheus_takes_the_configuration(tmp_path: Path) -> None:
    shutil.copytree(PROMETHEUS, tmp_path / "prometheus")
    (tmp_path / "token").write_text("t")
    file = tmp_path / "prometheus" / "prometheus.yml"
    file.write_text(
        file.read_text().replace("/run/secrets/biologidex_metrics_token", str(tmp_path / "token"))
    )

    run("promtool", "check", "config", file)


def test_alertmanager_takes_the_configuration(tmp_path: Path) -> None:
    template = Template(ALERTMANAGER.read_text())
    values = {
        "ALERT_EMAIL": "you@example.org",
        "ALERT_FROM": "dex@example.org",
        "SMTP_HOST": "mail.example.org:587",
        "SMTP_USERNAME": "",
        "ALERT_WEBHOOK_URL": "https://alerts.example.org/x",
        "SIGN_OF_LIFE_URL": "https://life.example.org/x",
    }
    assert set(template.get_identifiers()) == set(values)
    (tmp_path / "alertmanager.yml").write_text(template.substitute(values))

    run("amtool", "check-config", tmp_path / "alertmanager.yml")


def test_what_cannot_wait_goes_to_the_pager_and_the_sign_of_life_elsewhere(tmp_path: Path) -> None:
    told = yaml.safe_load(re.sub(r"\$\{\w+\}", "http://a.example:1", ALERTMANAGER.read_text()))
    file = tmp_path / "alertmanager.yml"
    file.write_text(yaml.safe_dump({**told, "global": {"smtp_smarthost": "a:1", "smtp_from": "a@b"}}))

    for labels, receiver in (
        (("alertname=WorkersGone", "severity=page"), "pager"),
        (("alertname=ReadsSlow", "severity=ticket"), "operator"),
        (("alertname=Watchdog", "severity=none"), "sign-of-life"),
    ):
        run(
            "amtool",
            "config",
            "routes",
            "test",
            f"--config.file={file}",
            f"--verify.receivers={receiver}",
            *labels,
        )


def test_every_alert_fires_when_it_should_and_is_quiet_when_it_should(tmp_path: Path) -> None:
    assert set(CASES) == set(ALERTS)
    file = tmp_path / "alerts.test.yml"
    rules = [str(one) for one in sorted((PROMETHEUS / "rules").glob("*.yml"))]
    file.write_text(
        yaml.safe_dump(
            {"rule_files": rules, "evaluation_interval": "1m", "tests": [one.told() for one in trials()]}
        )
    )

    run("promtool", "test", "rules", file)


def test_every_alert_says_in_a_sentence_what_is_wrong_and_names_its_page() -> None:
    for name, rule in ALERTS.items():
        assert rule["annotations"]["summary"].endswith("."), name
        assert rule["annotations"]["runbook_url"] == f"docs/runbooks/{name}.md"


def test_there_is_one_page_for_every_alert_and_no_other() -> None:
    pages = {file.stem: file.read_text() for file in RUNBOOKS.glob("*.md") if file.stem != "README"}

    assert set(pages) == set(ALERTS)
    for name, text in pages.items():
        assert text.startswith(f"# {name}\n"), name
        assert [line for line in text.splitlines() if line.startswith("## ")] == list(SECTIONS), name


def test_the_list_of_pages_names_each_once() -> None:
    listed = re.findall(r"\]\((\w+)\.md\)", (RUNBOOKS / "README.md").read_text())

    assert sorted(listed) == sorted(ALERTS)


def test_an_alert_that_follows_from_another_is_held_back_while_that_one_fires() -> None:
    told = yaml.safe_load(ALERTMANAGER.read_text())["inhibit_rules"]
    followed = {"DatabaseDown": "database"}

    assert {
        "source_matchers": ["alertname = DatabaseDown"],
        "target_matchers": ["follows = database"],
    } in told
    assert {rule["labels"]["follows"] for rule in ALERTS.values() if "follows" in rule["labels"]} == set(
        followed.values()
    )
    assert "follows" not in ALERTS["DatabaseDown"]["labels"]


def panels() -> list[tuple[str, dict[str, Any]]]:
    files = sorted((GRAFANA / "dashboards").glob("*.json"))
    return [(file.stem, panel) for file in files for panel in json.loads(file.read_text())["panels"]]


def test_every_expression_of_a_dashboard_can_be_read(tmp_path: Path) -> None:
    expressions = [target["expr"] for _, panel in panels() for target in panel["targets"]]
    rules = [{"record": f"panel:{number}", "expr": one} for number, one in enumerate(expressions)]
    file = tmp_path / "panels.yml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": rules}]}))

    assert len(expressions) > 100
    run("promtool", "check", "rules", file)


@pytest.mark.django_db
def test_what_a_dashboard_counts_of_requests_is_something_that_people_can_send(client: Client) -> None:
    told = [target["expr"] for _, panel in panels() for target in panel["targets"]]
    counted = [one for expr in told for one in re.findall(r'endpoint=~"([^"]+)",method="POST"', expr)]
    addresses = {address for one in counted for address in one.split("|")}

    assert len(addresses) > 5
    answers = {address: client.post(address).status_code for address in addresses}
    assert not {address for address, status in answers.items() if status in {404, 405}}


def test_dashboards_are_whole_and_ask_the_provisioned_source() -> None:
    boards = [json.loads(file.read_text()) for file in sorted((GRAFANA / "dashboards").glob("*.json"))]
    source = yaml.safe_load((GRAFANA / "provisioning/datasources/prometheus.yml").read_text())["datasources"]

    assert len({board["uid"] for board in boards}) == len({board["title"] for board in boards}) == len(boards)
    for board in boards:
        assert board["title"]
        for panel in board["panels"]:
            assert panel["datasource"]["uid"] == source[0]["uid"]
            assert panel["title"]
            assert panel["targets"]
        assert not overlaps([panel["gridPos"] for panel in board["panels"]]), board["title"]


def overlaps(places: list[dict[str, int]]) -> bool:
    taken: set[tuple[int, int]] = set()
    for at in places:
        cells = {(at["x"] + x, at["y"] + y) for x in range(at["w"]) for y in range(at["h"])}
        if taken & cells or at["x"] + at["w"] > 24:
            return True
        taken |= cells
    return False


def test_pages_lead_to_pages_that_exist() -> None:
    for file in RUNBOOKS.glob("*.md"):
        for link in re.findall(r"\]\((\w+\.md)\)", file.read_text()):
            assert (RUNBOOKS / link).exists(), f"{file.name} leads to {link}"


def test_what_is_asked_of_backups_is_what_they_tell() -> None:
    asked = {name for text in map(str, [*RULES, *panels()]) for name in re.findall(r"\bbackup_\w+", text)}
    told = set(re.findall(r"^\| `(backup_\w+)`", (TOP / "docs" / "backup.md").read_text(), re.MULTILINE))

    assert asked
    assert asked <= told


def test_a_page_names_commands_that_there_are_with_options_that_they_have() -> None:
    text = "\n".join(file.read_text() for file in RUNBOOKS.glob("*.md"))
    called = set(re.findall(r"`(?:[^`\n]* )?biologidex ([a-z][a-z-]+)((?: --[a-z-]+)*)", text))
    assert len(called) > 8

    for name, options in called:
        command = name.replace("-", "_")
        app = get_commands()[command]
        known = load_command_class(app, command).create_parser("biologidex", name)._option_string_actions
        assert set(options.split()) <= set(known), name
    for script in re.findall(r"scripts/[\w.-]+", text):
        assert (TOP / script).exists(), script


def test_what_a_page_starts_leaves_everything_else_alone() -> None:
    """Compose would make anew what a service stands on, the database too, if a setting has changed since."""
    text = "\n".join(file.read_text() for file in RUNBOOKS.glob("*.md"))
    starts = re.findall(r"scripts/compose\.sh (?:up|run) [^`]*", text)

    assert len(starts) > 10
    assert [command for command in starts if "--no-deps" not in command] == []
