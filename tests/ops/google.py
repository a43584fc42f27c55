"""Google's Cloud Storage under its own names, as far as backups ask it: the token of a service account, objects, lists.

beside_google(work)     work(bucket) is done where the names lead to this bucket and its authority counts
bucket.objects          what it holds, by name

After the JSON API's reference, https://cloud.google.com/storage/docs/json_api, and RFC 7523 for the token. As root:
names and authorities are those of a thread with mounts of its own.
"""

import base64
import ctypes
import hashlib
import json
import os
import re
import shutil
import ssl
import subprocess
import tempfile
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest

HOST, BUCKET, TOKEN = "127.0.0.9", "dex-backups", "ya29.of-the-service-account"
NAMES = ("storage.googleapis.com", "oauth2.googleapis.com", "www.googleapis.com")
CLONE_NEWNS = 0x00020000  # unshare(2): mounts of one's own


class Bucket(ThreadingHTTPServer):
    """The bucket: its objects by name, and how often somebody was refused."""

    daemon_threads = True

    def __init__(self, folder: Path) -> None:
        super().__init__((HOST, 443), Handler)
        self.folder = folder
        self.objects: dict[str, tuple[bytes, datetime]] = {}
        self.unfinished: dict[
            str, tuple[str, bytes]
        ] = {}  # by the number of the upload: its name, what has come
        self.refused = 0
        (self.folder / "public.pem").write_bytes(self._key())

    @property
    def address(self) -> str:
        """Return where it is, as BIOLOGIDEX_BACKUP_URL has it."""
        return f"gs://{BUCKET}/dex?key={self.folder / 'account.json'}"

    def _key(self) -> bytes:
        """Make the key of a service account, as Google gives it to download. Returns the public half."""
        private = subprocess.run(["openssl", "genrsa", "2048"], check=True, capture_output=True).stdout
        told = {
            "type": "service_account",
            "project_id": "dex",
            "private_key_id": "1",
            "private_key": private.decode(),
            "client_email": "backups@dex.iam.gserviceaccount.com",
            "client_id": "1",
            "token_uri": "https://oauth2.googleapis.com/token",
        }
        (self.folder / "account.json").write_text(json.dumps(told))
        public = ["openssl", "rsa", "-pubout"]
        return subprocess.run(public, input=private, check=True, capture_output=True).stdout

    def believes(self, assertion: str) -> bool:
        """Whether it was signed with that key (RS256)."""
        said, _, signature = assertion.rpartition(".")
        file = self.folder / f"signature-{threading.get_ident()}"
        file.write_bytes(base64.urlsafe_b64decode(signature + "=="))
        check = ["openssl", "dgst", "-sha256", "-verify", self.folder / "public.pem", "-signature", file]
        return subprocess.run(check, input=said.encode(), check=False, capture_output=True).returncode == 0


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    server: Bucket

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    # --- HTTP -----------------------------------------------------------------------------------

    def _answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _tell(self, told: dict[str, Any]) -> None:
        self._answer(200, json.dumps(told).encode(), Content_Type="application/json")

    def _body(self) -> bytes:
        if self.headers["Transfer-Encoding"] != "chunked":
            return self.rfile.read(int(self.headers["Content-Length"] or 0))
        whole = b""
        while length := int(self.rfile.readline().partition(b";")[0], 16):
            whole += self.rfile.read(length)
            self.rfile.readline()
        self.rfile.readline()
        return whole

    def _allowed(self) -> bool:
        if self.headers["Authorization"] == f"Bearer {TOKEN}":
            return True
        self.server.refused += 1
        self._answer(401, b"{}")
        return False

    @property
    def _asked(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True))

    def _object(self) -> str | None:
        """Return the name in the path; None if the path is the bucket's."""
        path = unquote(urlsplit(self.path).path)
        found = re.fullmatch(rf"(?:/storage/v1/b/{BUCKET}/o|/{BUCKET})/(.+)", path)
        return found[1] if found else None

    # --- What is asked ---------------------------------------------------------------------------

    def do_POST(self) -> None:
        """Give a token, or take an object: whole, with what is said of it in front, or in parts."""
        body = self._body()
        if urlsplit(self.path).path == "/token":
            asked = dict(parse_qsl(body.decode()))
            if self.server.believes(asked.get("assertion", "")):
                self._tell({"access_token": TOKEN, "token_type": "Bearer", "expires_in": 3600})
            else:
                self.server.refused += 1
                self._answer(401, b"{}")
            return
        if not self._allowed():
            return
        kind, name = self._asked["uploadType"], self._asked.get("name", "")
        if kind == "resumable":
            number = str(len(self.server.unfinished))
            self.server.unfinished[number] = (name or json.loads(body)["name"], b"")
            where = f"https://{NAMES[0]}{self.path}&upload_id={number}"
            self._answer(200, X_GUploader_UploadID=number, Location=where)
            return
        if kind == "multipart":
            mark = re.search(r'boundary="?([^";]+)', self.headers["Content-Type"])
            assert mark
            _, said, content, _ = body.split(b"--" + mark[1].encode())
            name = json.loads(said.partition(b"\r\n\r\n")[2])["name"]
            body = content.partition(b"\r\n\r\n")[2].removesuffix(b"\r\n")
        self._keep(name, body)

    def do_PUT(self) -> None:
        """Take one part of an object, which may be the last."""
        body = self._body()
        if not self._allowed():
            return
        number = self._asked["upload_id"]
        name, before = self.server.unfinished[number]
        whole = before + body
        if self.headers["Content-Range"].endswith("/*"):
            self.server.unfinished[number] = (name, whole)
            self._answer(308, Range=f"bytes=0-{len(whole) - 1}")
        else:
            self._keep(name, whole)

    def _keep(self, name: str, content: bytes) -> None:
        self.server.objects[name] = (content, datetime.now(UTC))
        self._tell(self._about(name))

    def do_GET(self) -> None:
        """Give an object or what is known of it, list some, or tell of the bucket."""
        if not self._allowed():
            return
        name = self._object()
        if name is None:
            is_list = urlsplit(self.path).path.endswith("/o")
            self._tell(self._listed() if is_list else {"kind": "storage#bucket", "name": BUCKET})
        elif name not in self.server.objects:
            self._answer(404, b"{}", Content_Type="application/json")
        elif self._asked.get("alt") == "media" or not self.path.startswith("/storage/"):
            self._give(self.server.objects[name][0])
        else:
            self._tell(self._about(name))

    def _give(self, content: bytes) -> None:
        wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers["Range"] or "")
        if not wanted:
            self._answer(200, content)
            return
        begin, end = int(wanted[1]), min(int(wanted[2] or len(content)) + 1, len(content))
        where = f"bytes {begin}-{end - 1}/{len(content)}"
        self._answer(206, content[begin:end], Content_Range=where)

    def _listed(self) -> dict[str, Any]:
        prefix, delimiter = self._asked.get("prefix", ""), self._asked.get("delimiter", "")
        items, folders = [], set()
        for name in sorted(one for one in self.server.objects if one.startswith(prefix)):
            rest = name.removeprefix(prefix)
            if delimiter and delimiter in rest:
                folders.add(prefix + rest.partition(delimiter)[0] + delimiter)
            else:
                items.append(self._about(name))
        return {"kind": "storage#objects", "items": items, "prefixes": sorted(folders)}

    def _about(self, name: str) -> dict[str, Any]:
        content, at = self.server.objects[name]
        digest = base64.b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode()
        return {
            "name": name,
            "bucket": BUCKET,
            "size": str(len(content)),
            "md5Hash": digest,
            "updated": f"{at:%Y-%m-%dT%H:%M:%S.000Z}",
        }

    def do_DELETE(self) -> None:
        """Remove an object."""
        if not self._allowed():
            return
        there = self.server.objects.pop(self._object() or "", None)
        self._answer(204 if there else 404)


def beside_google(work: Callable[[Bucket], None]) -> None:
    """Do something where Google's names lead to a bucket of our own."""
    if os.geteuid() != 0 or subprocess.run(["unshare", "-m", "true"], check=False).returncode:
        pytest.skip("Only root can let Google's names lead elsewhere.")
    folder = Path(tempfile.mkdtemp(prefix="biologidex-google-"))
    folder.chmod(0o755)
    file, key = folder / "certificate.pem", folder / "key.pem"
    names = ",".join(f"DNS:{name}" for name in NAMES)
    make = ["openssl", "req", "-x509", "-days", "2", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=google"]
    subprocess.run(
        [*make, "-addext", f"subjectAltName={names}", "-keyout", key, "-out", file],
        check=True,
        capture_output=True,
    )
    with Bucket(folder) as bucket:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file, key)
        bucket.socket = context.wrap_socket(bucket.socket, server_side=True)
        threading.Thread(target=bucket.serve_forever, daemon=True).start()
        caught: list[BaseException] = []
        elsewhere = threading.Thread(target=_elsewhere, args=(folder, file, lambda: work(bucket), caught))
        elsewhere.start()
        elsewhere.join()
        bucket.shutdown()
    shutil.rmtree(folder)
    for error in caught:
        raise error


def _elsewhere(folder: Path, authority: Path, work: Callable[[], None], caught: list[BaseException]) -> None:
    try:
        _lead_here(folder, authority)
        work()
    except BaseException as error:  # noqa: BLE001 -- raised again by whoever waits
        caught.append(error)


def _lead_here(folder: Path, authority: Path) -> None:
    """Let this thread, and whatever it starts, find the names at HOST and believe this authority alone."""
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNS):
        raise OSError(ctypes.get_errno(), "unshare")
    hosts, authorities = folder / "hosts", folder / "authorities"
    hosts.write_text(f"127.0.0.1 localhost\n{HOST} {' '.join(NAMES)}\n")
    authorities.mkdir()
    for name in ("ca-certificates.crt", "google.pem"):  # restic reads the one, pgBackRest the other
        shutil.copyfile(authority, authorities / name)
    for command in (
        ["openssl", "rehash", authorities],
        ["mount", "--make-rprivate", "/"],
        ["mount", "--bind", hosts, "/etc/hosts"],
        ["mount", "--bind", authorities, "/etc/ssl/certs"],
    ):
        subprocess.run(command, check=True, capture_output=True)
