"""What nginx lets in, keeps out and adds, asked from outside."""

import json
import re
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2 as httpx
import pytest

from client import Person
from pictures import jpeg
from stack.load import unlike_any_other
from stack.whole import ADMIN_HOST, BELIEVED_PROXY, Stack

pytestmark = pytest.mark.stack
EVERYWHERE = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "strict-origin-when-cross-origin",
    "cross-origin-opener-policy": "same-origin",
}


@pytest.fixture(scope="module")
def ann(stack: Stack) -> Iterator[Person]:
    """Somebody with an account."""
    with Person(stack.address) as person:
        yield person.sign_up()


@pytest.fixture(scope="module")
def picture(ann: Person) -> str:
    """The address of a picture that Ann's browser shows her."""
    job = ann.send_photo(jpeg())
    return str(ann.outcome(job["id"])["image"])


def static_file(stack: Stack) -> str:
    """Return the address of a page file: any that the welcome page names."""
    page = httpx.get(f"{stack.address}/").text
    found = re.search(r'href="(/static/[^"]+\.css)"', page)
    assert found
    return found[1]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200),
        ("/sign-in/", 200),
        ("/api/v1/animals/", 200),
        ("/api/v1/users/me/", 401),
        ("/api/v1/no-such-call/", 404),
        ("/no-such-page/", 404),
        ("/photos/none.png", 200),
        ("/photos/made-up.jpg", 404),
        ("/static/no-such-file.css", 404),
        ("/metrics", 404),
        ("/admin/", 404),
        ("/.env", 404),
        ("/health/", 200),
        ("/ready/", 200),
    ],
)
def test_every_kind_of_answer_has_the_headers_that_protect_people_once(
    stack: Stack, path: str, status: int
) -> None:
    answer = httpx.get(stack.address + path)

    assert answer.status_code == status
    for name, value in EVERYWHERE.items():
        assert answer.headers.get_list(name) == [value], name
    (policy,) = answer.headers.get_list("content-security-policy")
    assert "frame-ancestors 'none'" in policy or "sandbox" in policy
    assert "unsafe-inline" not in policy.partition("style-src")[0]
    assert len(answer.headers.get_list("x-request-id")) == 1
    assert "x-xss-protection" not in answer.headers
    assert not re.search(r"\d", answer.headers.get("server", ""))


def test_page_files_are_kept_for_a_year_and_their_names_contain_a_digest(stack: Stack) -> None:
    path = static_file(stack)
    answer = httpx.get(stack.address + path, headers={"Accept-Encoding": "gzip"})
    undigested = re.sub(r"\.[0-9a-f]{12}\.", ".", path)

    assert answer.headers.get_list("cache-control") == ["public, max-age=31536000, immutable"]
    assert answer.headers["content-encoding"] == "gzip"
    assert undigested != path
    assert httpx.get(stack.address + undigested).status_code == 404
    assert httpx.get(f"{stack.address}/static/staticfiles.json").status_code == 404
    assert httpx.get(f"{stack.address}/static/../secret_key").status_code == 404


def test_a_host_that_is_not_ours_gets_nothing(stack: Stack) -> None:
    answer = httpx.get(f"{stack.address}/api/v1/animals/", headers={"Host": "evil.example"})

    assert answer.status_code == 421
    assert "detail" not in answer.text


def test_the_admin_is_at_its_own_name_alone_for_whoever_may_come_there(stack: Stack) -> None:
    own = {"Host": ADMIN_HOST}

    at_its_name = httpx.get(f"{stack.address}/admin/", headers=own)
    assert (at_its_name.status_code, at_its_name.headers["location"]) == (302, "/admin/login/?next=/admin/")
    assert httpx.get(f"{stack.address}/admin/login/", headers=own).headers["location"].startswith("/sign-in/")
    assert "unsafe-inline" not in at_its_name.headers["content-security-policy"]
    for path in ("/admin", "/admin/", "/admin/login/", "/administrators/"):
        assert httpx.get(stack.address + path).status_code == 404
    with stack.another_nginx("nginx-elsewhere", admin_from="10.0.0.0/8") as address:
        assert httpx.get(f"{address}/admin/", headers=own).status_code == 403
        assert httpx.get(f"{address}/static/none.css", headers=own).status_code == 403
        assert httpx.get(f"{address}/health/").status_code == 200
    # Past the door it is not at the public name either.
    assert httpx.get(f"{stack.direct_address}/admin/").status_code == 404


def test_metrics_are_behind_the_door_and_for_whoever_has_the_token(stack: Stack) -> None:
    bearer = {"Authorization": f"Bearer {stack.metrics_token}"}

    assert httpx.get(f"{stack.address}/metrics", headers=bearer).status_code == 404
    assert httpx.get(f"{stack.direct_address}/metrics").status_code == 404
    told = httpx.get(f"{stack.direct_address}/metrics", headers=bearer)
    assert told.status_code == 200
    assert "api_requests_total" in told.text


def test_one_number_limits_uploads_and_both_who_enforce_it_say_so_in_json(stack: Stack, ann: Person) -> None:
    def send(megabytes: float) -> httpx.Response:
        files = {"image": ("a.jpg", b"\xff\xd8" + bytes(int(megabytes * 1024 * 1024)), "image/jpeg")}
        bearer = {"Authorization": f"Bearer {ann.token}"}
        return httpx.post(f"{stack.address}/api/v1/vision/jobs/", files=files, headers=bearer, timeout=60)

    for refused in (send(25.5), send(27)):
        assert refused.status_code == 413
        assert "25 MB" in json.dumps(refused.json())


def test_a_body_that_only_uploads_need_is_refused_elsewhere(stack: Stack) -> None:
    answer = httpx.post(f"{stack.address}/api/v1/auth/login/", content=bytes(3 * 1024 * 1024))

    assert answer.status_code == 413
    assert answer.json()["code"] == "too_large"


def test_nginx_sends_photos_that_the_server_lets_somebody_see(
    stack: Stack, ann: Person, picture: str
) -> None:
    answer = httpx.get(picture)
    part = httpx.get(picture, headers={"Range": "bytes=0-9"})
    again = httpx.get(picture, headers={"If-None-Match": answer.headers["etag"]})

    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
    assert answer.content.startswith(b"\xff\xd8")
    assert "x-accel-redirect" not in answer.headers
    assert answer.headers.get_list("cache-control")[0].startswith("private")
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert (part.status_code, part.content) == (206, answer.content[:10])
    assert again.status_code == 304
    handed = httpx.get(picture.replace(stack.address, stack.direct_address))
    assert (handed.content, handed.headers["x-accel-redirect"][:11]) == (b"", "/protected/")


def test_nobody_reaches_the_files_past_the_server(stack: Stack, picture: str) -> None:
    file = next((stack.data / "media" / "photos").rglob("full.jpg"))
    inside = file.relative_to(stack.data / "media")

    for path in (f"/protected/{inside}", f"/media/{inside}", f"/photos/{inside}"):
        assert httpx.get(stack.address + path).status_code == 404


def test_an_address_that_a_client_makes_up_is_not_believed(stack: Stack) -> None:
    made_up = {"X-Forwarded-For": "198.51.100.7", "X-Forwarded-Proto": "https", "X-Real-IP": "198.51.100.7"}
    answer = httpx.get(f"{stack.address}/api/v1/animals/", headers=made_up)

    assert _access_line(stack, answer)["client"] == "127.0.0.1"
    assert "strict-transport-security" not in answer.headers


def test_the_tunnel_is_believed_about_the_client_and_the_scheme(stack: Stack) -> None:
    said = {"X-Forwarded-For": "203.0.113.9, 198.51.100.7", "X-Forwarded-Proto": "https"}
    with httpx.Client(transport=httpx.HTTPTransport(local_address=BELIEVED_PROXY)) as tunnel:
        answer = tunnel.get(f"{stack.address}/api/v1/animals/", headers=said)

    assert _access_line(stack, answer)["client"] == "198.51.100.7"
    assert len(answer.headers.get_list("strict-transport-security")) == 1


def test_one_id_leads_from_the_answer_through_nginx_and_the_server_to_the_worker(
    stack: Stack, ann: Person
) -> None:
    files = {"image": ("a.jpg", unlike_any_other(7), "image/jpeg")}  # the same photo would get the same job
    bearer = {"Authorization": f"Bearer {ann.token}"}
    answer = httpx.post(f"{stack.address}/api/v1/vision/jobs/", files=files, headers=bearer)
    ann.outcome(answer.json()["id"])
    marked = answer.headers["x-request-id"]

    assert _access_line(stack, answer)["path"] == "/api/v1/vision/jobs/"
    jobs = stack.primary.ask("owner", "SELECT count(*) FROM core_job WHERE request_id = %s", marked)
    assert jobs == [(1,)]
    assert marked in (stack.folder / "worker.log").read_text(encoding="utf-8")


def test_logs_are_json_and_tell_nobody_s_secrets(stack: Stack, ann: Person, picture: str) -> None:
    httpx.get(f"{stack.address}/api/v1/animals/?token=canary-token")
    httpx.get(picture)
    httpx.get(f"{stack.address}/new-password/MQ/canary-reset/")
    httpx.get(f"{stack.address}/shared/canary-link/1-full.jpg")
    time.sleep(0.2)

    logs = [stack.folder / "nginx" / "access.log"]
    logs += [stack.folder / f"{name}.log" for name in ("web-1", "web-2", "live", "worker", "beat")]
    for log in logs:
        text = log.read_text(encoding="utf-8")
        for line in text.splitlines():
            assert isinstance(json.loads(line), dict), f"{log.name}: {line}"
        for secret in ("canary", picture.rpartition("/")[2], ann.token, f"{ann.name}@example.org"):
            assert secret not in text


def test_answers_are_compressed_and_say_that_it_depends(stack: Stack) -> None:
    answer = httpx.get(f"{stack.address}/api/schema/", headers={"Accept-Encoding": "gzip"})

    assert answer.headers["content-encoding"] == "gzip"
    assert "Accept-Encoding" in ", ".join(answer.headers.get_list("vary"))


def test_who_asks_too_often_is_told_in_json_how_long_to_wait(stack: Stack) -> None:
    slow = {"RATE_API": "5r/s", "BURST_API": 5, "RATE_UPLOAD": "1r/s", "BURST_UPLOAD": 1}
    with stack.another_nginx("nginx-strict", **slow) as address, httpx.Client(base_url=address) as client:
        answers = [client.get("/api/v1/animals/") for _ in range(30)]
        page = client.get("/health/")

    refused = [answer for answer in answers if answer.status_code == 429]
    assert len(refused) >= 20
    assert {answer.status_code for answer in answers} == {200, 429}
    assert refused[0].json()["code"] == "too_many"
    assert refused[0].headers["retry-after"] == "2"
    assert refused[0].headers["x-content-type-options"] == "nosniff"
    assert page.status_code == 200


def test_clients_that_never_finish_hold_nobody_up(stack: Stack) -> None:
    half_open = []
    for _ in range(100):
        one = socket.create_connection(("127.0.0.1", stack.port), timeout=5)
        one.sendall(b"POST /api/v1/vision/jobs/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 900\r\n\r\n--")
        half_open.append(one)
    try:
        took = []
        for _ in range(5):
            begun = time.monotonic()
            answer = httpx.get(f"{stack.address}/api/v1/animals/")
            took.append(time.monotonic() - begun)
    finally:
        for one in half_open:
            one.close()

    assert answer.status_code == 200
    assert min(took) < 1


def test_nothing_listens_beyond_the_loopback_address(stack: Stack) -> None:
    ours = {program.pid for program in (*stack.parts.values(), stack.broker, stack.cache)}
    listening = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            _, local, _, state, *rest = line.split()
            if state == "0A":
                listening.add((local.partition(":")[0], rest[5]))
    sockets = {inode for pid in ours for inode in _sockets_of(pid)}
    addresses = {address for address, inode in listening if inode in sockets}

    assert addresses == {"0100007F"}


def _sockets_of(pid: int) -> set[str]:
    links = [file.readlink().name for file in Path(f"/proc/{pid}/fd").iterdir() if file.is_symlink()]
    return {match[1] for link in links if (match := re.fullmatch(r"socket:\[(\d+)\]", link))}


def _access_line(stack: Stack, answer: httpx.Response) -> dict[str, str]:
    """Return the line of nginx's log that belongs to an answer."""
    log = stack.folder / "nginx" / "access.log"
    for _ in range(40):
        for line in log.read_text(encoding="utf-8").splitlines():
            if answer.headers["x-request-id"] in line:
                found: dict[str, str] = json.loads(line)
                return found
        time.sleep(0.05)
    raise AssertionError("nginx has not logged that request.")
