"""deploy/compose.production.yaml keeps what docs/deploy.md promises. tests/ops/containers brings it up."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from biologidex.config import policy

DEPLOY = Path(__file__).parents[2] / "deploy"
TEXT = (DEPLOY / "compose.production.yaml").read_text(encoding="utf-8")
SETTINGS = (DEPLOY.parent / "src/biologidex/config/settings.py").read_text(encoding="utf-8")
STACK = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = STACK["services"]
APPLICATION = [name for name in SERVICES if name.startswith(("web-", "live-", "worker-", "beat-"))]
WITHOUT_CHECK = {
    "migrate": "it ends",
    "restore": "it ends",
    "backup": "its sign of life is the age of the newest backup",
}
ONE_SHOT = ["migrate", "restore"]
TO_THE_OUTSIDE = {"edge", "outside"}
EVERY = pytest.mark.parametrize("name", SERVICES)


def mounts(name: str) -> list[list[str]]:
    """From where, to where, and how."""
    without_defaults = [re.sub(r"\$\{(\w+)[^}]*\}", r"\1", one) for one in SERVICES[name].get("volumes", [])]
    return [one.split(":") for one in without_defaults]


def networks(name: str) -> set[str]:
    return set(SERVICES[name]["networks"])


def test_the_services_are_those_of_the_picture() -> None:
    sides = {f"{what}-{side}" for side in ("blue", "green") for what in ("live", "worker", "beat")}
    webs = {f"web-{side}-{number}" for side in ("blue", "green") for number in (1, 2)}
    below = {"db", "replica", "pgbouncer", "pgbouncer-replica", "redis-broker", "redis-cache"}
    around = {"nginx", "cloudflared", "migrate", "prometheus", "alertmanager", "grafana"}

    assert set(SERVICES) >= sides | webs | below | around
    assert "version" not in STACK


@EVERY
def test_no_service_may_take_more_than_its_share(name: str) -> None:
    limits = SERVICES[name]["deploy"]["resources"]["limits"]

    assert set(limits) == {"memory", "cpus", "pids"}
    assert SERVICES[name]["logging"]["options"] == {"max-size": "10m", "max-file": "5"}


@EVERY
def test_no_service_can_do_more_than_its_work(name: str) -> None:
    service = SERVICES[name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in service
    assert "docker.sock" not in str(service)


@EVERY
def test_an_image_is_named_with_its_version(name: str) -> None:
    image = SERVICES[name]["image"]
    tag = image.rpartition(":")[2] if ":?" not in image else image

    assert "latest" not in image
    assert re.search(r":\$\{\w+:\?|:v?\d+\.\d+(\.\d+)?@sha256:[0-9a-f]{64}\}$", image), tag


@EVERY
def test_whatever_stands_on_images_of_services_is_named_where_these_are_renewed(name: str) -> None:
    """docs/security.md, once a month: what is not named there would keep its holes."""
    docs = (DEPLOY.parent / "docs/security.md").read_text(encoding="utf-8")
    _, _, renewed = docs.partition("sed -i 's/^SERVICES=")
    by_rotation_alone = {"pgbouncer-next"}
    if "{SERVICES:" in SERVICES[name]["image"] and name not in by_rotation_alone:
        assert re.search(rf"up -d --no-deps [^`\n]*\b{name}(?![-\w])", renewed), name


@EVERY
def test_nothing_is_published_beyond_this_host(name: str) -> None:
    assert all(port.startswith("127.0.0.1:") for port in SERVICES[name].get("ports", []))
    assert "network_mode" not in SERVICES[name]


@EVERY
def test_secrets_are_files_and_stand_in_no_environment(name: str) -> None:
    environment = SERVICES[name].get("environment", {})
    told = {key: value for key, value in environment.items() if re.search("PASSWORD|SECRET|TOKEN|_URL", key)}

    assert all(key.endswith(("_FILE", "_DIR")) or value == "" for key, value in told.items()), told
    assert set(SERVICES[name].get("secrets", [])) <= set(STACK["secrets"])


def test_every_secret_is_a_file_of_the_operators_folder_that_make_secrets_makes() -> None:
    made = (DEPLOY.parent / "scripts" / "make-secrets.sh").read_text(encoding="utf-8")
    roles = re.search(r"for role in ([\w ]+); do keep", made)
    names = {f"biologidex_{name}" for name in re.findall(r"(?m)^keep (\w+)", made)}
    names |= {f"biologidex_{role}_password" for role in roles[1].split()} if roles else set()

    assert set(STACK["secrets"]) == names
    assert {one["file"] for one in STACK["secrets"].values()} == {
        f"${{BIOLOGIDEX_ETC:-/etc/biologidex}}/secrets/{name}" for name in names
    }


@pytest.mark.parametrize("name", APPLICATION)
def test_nothing_is_mounted_over_the_application(name: str) -> None:
    """A volume over the code would keep the code of the first day (fault F27); one over page files, theirs (F28)."""
    assert mounts(name) == [
        ["media", "/var/lib/biologidex/media"],
        ["backup-status", "/var/lib/biologidex/backup", "ro"],
    ]


def test_page_files_reach_nginx_with_each_release() -> None:
    assert ["static", "/srv/static"] in mounts("migrate")
    assert ["static", "/srv/static", "ro"] in mounts("nginx")
    assert "page-files --publish /srv/static" in SERVICES["migrate"]["command"][-1]


@pytest.mark.parametrize("name", ["nginx", "cloudflared"])
def test_the_front_door_writes_nothing_outside_its_own_memory(name: str) -> None:
    assert all(mount[-1] == "ro" for mount in mounts(name))


def test_whoever_comes_over_the_network_of_the_tunnel_is_believed_whatever_network_that_is() -> None:
    """Otherwise everybody would come from one address, and by http."""
    (subnet,) = (one["subnet"] for one in STACK["networks"]["edge"]["ipam"]["config"])

    assert SERVICES["nginx"]["environment"]["TRUSTED_PROXY"] == f"${{TRUSTED_PROXY:-{subnet}}}"


def test_one_number_limits_uploads_in_containers_too() -> None:
    (default,) = re.findall(r'"BIOLOGIDEX_MAX_UPLOAD_MB", (\d+)', SETTINGS)
    told = SERVICES["nginx"]["environment"]["MAX_UPLOAD_MB"]
    assert told == f"${{BIOLOGIDEX_MAX_UPLOAD_MB:-{default}}}"

    starts = (DEPLOY / "images/nginx.sh").read_text(encoding="utf-8")
    exports = "\n".join(line for line in starts.splitlines() if line.startswith("export "))
    body = subprocess.run(
        ["sh", "-euc", f'{exports}\necho "$MAX_BODY_MB"'],
        env={"MAX_UPLOAD_MB": "50", "MAX_BODY_MB": "26"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert body == "51\n"


def test_whoever_meets_the_internet_reaches_no_data() -> None:
    assert networks("nginx") == {"edge", "front", "watch"}
    assert networks("cloudflared") == {"edge"}
    assert {name for name in SERVICES if "edge" in networks(name)} == {"nginx", "cloudflared"}
    for name in ("db", "replica", "redis-broker", "redis-cache"):
        assert networks(name) <= {"db", "data", "watch"}
        assert not networks(name) & networks("nginx") - {"watch"}
    assert not networks("db") & set().union(*(networks(name) for name in APPLICATION))


def test_networks_within_lead_nowhere_else() -> None:
    inner = {name for name, network in STACK["networks"].items() if (network or {}).get("internal")}

    assert set(STACK["networks"]) - inner == TO_THE_OUTSIDE


def test_a_side_waits_for_what_it_needs() -> None:
    for name in APPLICATION:
        assert SERVICES[name]["depends_on"] == {
            "pgbouncer": {"condition": "service_healthy"},
            "redis-broker": {"condition": "service_healthy"},
            "redis-cache": {"condition": "service_healthy"},
            "migrate": {"condition": "service_completed_successfully"},
        }
    assert SERVICES["pgbouncer"]["depends_on"] == {"db": {"condition": "service_healthy"}}


def test_both_sides_are_the_same_but_for_their_release() -> None:
    for name in [name for name in APPLICATION if "blue" in name]:
        blue, green = SERVICES[name], SERVICES[name.replace("blue", "green")]
        differing = {key for key in blue if blue[key] != green[key]}

        assert differing - {"networks"} == {"profiles", "image"}
        assert set(blue["networks"]) == set(green["networks"])


def images_with_a_check() -> set[str]:
    """Return our images whose Dockerfile says how they are asked."""
    top = DEPLOY.parent
    server = (top / "Dockerfile").read_text(encoding="utf-8").partition(" AS production\n")[2]
    targets = re.split(r"(?m)^FROM \S+ AS (\w+)$", (DEPLOY / "images/Dockerfile").read_text(encoding="utf-8"))
    below = zip(targets[1::2], targets[2::2], strict=True)
    return {f"biologidex-{name}" for name, text in below if "HEALTHCHECK" in text} | (
        {"biologidex"} if "HEALTHCHECK" in server else set()
    )


@EVERY
def test_each_role_has_a_health_check_of_its_own(name: str) -> None:
    service = SERVICES[name]
    check = service.get("healthcheck")
    image = service["image"].removeprefix("${IMAGES:-localhost}/").partition(":")[0]

    if name in WITHOUT_CHECK:
        assert check in (None, {"disable": True})
    elif check is None:
        assert image in images_with_a_check()
    else:
        assert check["test"][0] == "CMD"
        assert {"interval", "timeout", "start_period", "retries"} <= set(check)
    if name.startswith(("worker", "beat")):
        assert check["test"][-1] == "work"


def test_the_doc_names_those_without_a_health_check() -> None:
    text = (DEPLOY.parent / "docs" / "deploy.md").read_text(encoding="utf-8")

    assert all(f"`{name}`" in text for name in WITHOUT_CHECK)


def test_cloudflared_is_asked_where_it_answers() -> None:
    asked = SERVICES["cloudflared"]["healthcheck"]["test"]

    assert asked[-1] == "ready"
    assert asked[asked.index("--metrics") + 1] in SERVICES["cloudflared"]["command"]


def test_work_in_hand_has_time_to_end() -> None:
    seconds = {name: int(SERVICES[name].get("stop_grace_period", "10s")[:-1]) for name in SERVICES}

    assert all(seconds[name] > 30 for name in APPLICATION if name.startswith(("web", "worker")))
    assert seconds["db"] >= 60


def test_what_must_come_back_does() -> None:
    assert [name for name in SERVICES if SERVICES[name]["restart"] != "unless-stopped"] == ONE_SHOT


def test_nginx_says_of_permissions_what_pages_say() -> None:
    assert SERVICES["nginx"]["environment"]["PERMISSIONS_POLICY"] == policy.PERMISSIONS


@pytest.mark.parametrize(
    ("service", "templates"),
    [("nginx", "nginx/*.conf"), ("pgbouncer", "pgbouncer/*.ini"), ("redis-cache", "redis/cache.*")],
)
def test_every_name_of_a_template_has_a_value(service: str, templates: str) -> None:
    entry = (DEPLOY / "images" / f"{service.removesuffix('-cache')}.sh").read_text(encoding="utf-8")
    given = set(SERVICES[service]["environment"]) | set(re.findall(r"\b([A-Z_]+)=", entry))
    wanted = {
        name
        for file in DEPLOY.glob(templates)
        if file.name != "tls.conf"
        for name in re.findall(r"\$\{([A-Z_]+)\}", file.read_text(encoding="utf-8"))
    }

    assert wanted - given == set()


def test_whatever_prometheus_asks_is_a_service_that_it_reaches() -> None:
    told = yaml.safe_load((DEPLOY / "prometheus" / "prometheus.yml").read_text(encoding="utf-8"))
    doors = "".join(
        file.read_text(encoding="utf-8") for file in (DEPLOY / "prometheus").glob("front-door*.yml")
    )
    text = str(told["scrape_configs"]) + str(told["alerting"]) + doors
    asked = set(re.findall(r"([\w-]+):(?:9\d{3}|8080|8443|6379)\b", text)) - {"localhost"}
    names = {name for one in told["scrape_configs"][0]["dns_sd_configs"] for name in one["names"]}
    watched = [SERVICES[name]["networks"] for name in APPLICATION]
    aliases = {one for of in watched for one in of["watch"].get("aliases", [])}

    assert asked == {
        *("nginx", "redis-broker", "redis-cache", "alertmanager"),
        *(f"{what}-exporter" for what in ("postgres", "redis", "node", "blackbox")),
    }
    assert all("watch" in networks(name) for name in asked - {"redis-broker", "redis-cache"})
    assert networks("postgres-exporter") & networks("db")
    assert networks("redis-exporter") & networks("redis-broker") & networks("redis-cache")
    assert names == {"web", "live", "worker", "beat"}
    assert SERVICES["worker-blue"]["environment"]["BIOLOGIDEX_METRICS_PORT"] == "8000"
    assert SERVICES["beat-blue"]["environment"]["BIOLOGIDEX_METRICS_PORT"] == "8000"
    assert names <= aliases


class Overriding(yaml.SafeLoader):
    """Reads Compose's own `!override` as what it marks."""


Overriding.add_constructor("!override", lambda loader, node: loader.construct_sequence(node))


def test_where_nginx_holds_the_certificate_the_front_door_is_asked_by_https() -> None:
    over = yaml.load((DEPLOY / "compose.certificate.yaml").read_text(encoding="utf-8"), Overriding)
    (mount,) = over["services"]["prometheus"]["volumes"]
    source, target, _ = mount.split(":")
    told = yaml.safe_load((DEPLOY / "prometheus" / "prometheus.yml").read_text(encoding="utf-8"))
    (job,) = [job for job in told["scrape_configs"] if job["job_name"] == "front-door"]
    secure = over["services"]["nginx"]["environment"]["NGINX_LISTEN"].split()[0]

    assert job["file_sd_configs"] == [{"files": [target.removeprefix("/etc/prometheus/")]}]
    assert yaml.safe_load((DEPLOY / source).read_text()) == [{"targets": [f"https://nginx:{secure}/ready/"]}]
