"""A bucket that speaks as much S3 as photos need, and believes nobody: every request's signature is worked out anew.

After "Signature Version 4" of the S3 API reference.
"""

import hashlib
import hmac
import re
import secrets
import signal
import ssl
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, quote, unquote, urlsplit
from xml.sax.saxutils import escape, unescape

KEY, SECRET, BUCKET, REGION = "photographer", "tele+lens/secret", "photos", "eu-test-1"


class Store(ThreadingHTTPServer):
    """The bucket: its objects by name, and how often a signature was wrong."""

    daemon_threads = True

    def __init__(self, where: tuple[str, int]) -> None:
        super().__init__(where, Handler)
        self.objects: dict[str, tuple[bytes, datetime]] = {}
        self.parts: dict[str, dict[int, bytes]] = {}  # of what comes in pieces, by the name of its upload
        self.refused = 0

    @property
    def address(self) -> str:
        """Return where it is, as BIOLOGIDEX_STORAGE_URL has it."""
        secret = quote(SECRET, safe="")
        return f"s3://{KEY}:{secret}@127.0.0.1:{self.server_port}/{BUCKET}?region={REGION}&addressing=path&secure=false"


def _digest(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    server: Store

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", headers.pop("Length", str(len(body))))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _signed(self) -> bool:
        """Work the signature out from what has come, and compare."""
        parts = urlsplit(self.path)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        if "X-Amz-Signature" in query:
            given, names = query.pop("X-Amz-Signature"), query["X-Amz-SignedHeaders"]
            scope, at = query["X-Amz-Credential"].partition("/")[2], query["X-Amz-Date"]
            payload, who = "UNSIGNED-PAYLOAD", query["X-Amz-Credential"].partition("/")[0]
            until = datetime.strptime(at, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
            if datetime.now(UTC) > until + timedelta(seconds=int(query["X-Amz-Expires"])):
                return False
        else:
            told = dict(
                part.strip().split("=", 1)
                for part in self.headers["Authorization"].split(" ", 1)[1].split(",")
            )
            given, names = told["Signature"], told["SignedHeaders"]
            who, _, scope = told["Credential"].partition("/")
            at, payload = self.headers["X-Amz-Date"], self.headers["X-Amz-Content-SHA256"]
        asked = "&".join(
            f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}" for name, value in sorted(query.items())
        )
        headers = "".join(f"{name}:{(self.headers[name] or '').strip()}\n" for name in names.split(";"))
        canonical = "\n".join([self.command, parts.path, asked, headers, names, payload])
        text = "\n".join(["AWS4-HMAC-SHA256", at, scope, hashlib.sha256(canonical.encode()).hexdigest()])
        key = f"AWS4{SECRET}".encode()
        for step in scope.split("/"):
            key = _digest(key, step)
        return who == KEY and hmac.compare_digest(_digest(key, text).hex(), given)

    @property
    def _asked(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True))

    def _name(self) -> str:
        return unquote(urlsplit(self.path).path).removeprefix(f"/{BUCKET}").lstrip("/")

    def _allowed(self) -> bool:
        if self._signed():
            return True
        self.server.refused += 1
        self._answer(403, b"<Error><Code>SignatureDoesNotMatch</Code></Error>")
        return False

    def do_PUT(self) -> None:
        """Keep an object, or a piece of one."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if not self._allowed():
            return
        if "uploadId" in self._asked:
            self.server.parts[self._asked["uploadId"]][int(self._asked["partNumber"])] = body
            self._answer(200, ETag='"1"')
        else:
            self.server.objects[self._name()] = (body, datetime.now(UTC))
            self._answer(200, ETag='"1"')

    def do_HEAD(self) -> None:
        """Tell about an object."""
        self._read()

    def do_GET(self) -> None:
        """Give an object, or list some."""
        if "list-type" in self.path or "prefix=" in self.path:
            if self._allowed():
                self._list()
            return
        self._read()

    def _read(self) -> None:
        if not self._allowed():
            return
        if self._name() not in self.server.objects:
            self._answer(404, b"<Error><Code>NoSuchKey</Code></Error>", Content_Type="application/xml")
            return
        body, at = self.server.objects[self._name()]
        begin, end = 0, len(body)
        if wanted := self.headers["Range"]:
            first, _, last = wanted.removeprefix("bytes=").partition("-")
            begin, end = int(first), min(int(last) + 1 if last else end, end)
        self._answer(
            206 if wanted else 200,
            body[begin:end],
            Length=str(end - begin),
            Content_Range=f"bytes {begin}-{end - 1}/{len(body)}",
            Last_Modified=f"{at:%a, %d %b %Y %H:%M:%S GMT}",
            ETag='"1"',
        )

    def _list(self) -> None:
        asked = dict(parse_qsl(urlsplit(self.path).query))
        prefix, delimiter = asked.get("prefix", ""), asked.get("delimiter", "")
        keys, folders = [], set()
        for name in sorted(self.server.objects):
            rest = name.removeprefix(prefix)
            if name.startswith(prefix) and delimiter and delimiter in rest:
                folders.add(prefix + rest.partition(delimiter)[0] + delimiter)
            elif name.startswith(prefix):
                keys.append(name)
        entries = "".join(self._entry(key) for key in keys)
        entries += "".join(
            f"<CommonPrefixes><Prefix>{escape(one)}</Prefix></CommonPrefixes>" for one in sorted(folders)
        )
        body = f"<ListBucketResult><IsTruncated>false</IsTruncated>{entries}</ListBucketResult>"
        self._answer(200, body.encode(), Content_Type="application/xml")

    def _entry(self, key: str) -> str:
        body, at = self.server.objects[key]
        told = f"<Size>{len(body)}</Size><LastModified>{at:%Y-%m-%dT%H:%M:%S.000Z}</LastModified>"
        return f"<Contents><Key>{escape(key)}</Key>{told}</Contents>"

    def do_POST(self) -> None:
        """Remove many objects at once, or begin or end one that comes in pieces."""
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if not self._allowed():
            return
        if "uploads" in self._asked:
            upload = secrets.token_hex(8)
            self.server.parts[upload] = {}
            answer = f"<InitiateMultipartUploadResult><UploadId>{upload}</UploadId></InitiateMultipartUploadResult>"
        elif "uploadId" in self._asked:
            parts = sorted(self.server.parts.pop(self._asked["uploadId"]).items())
            self.server.objects[self._name()] = (b"".join(part for _, part in parts), datetime.now(UTC))
            answer = "<CompleteMultipartUploadResult><ETag>1</ETag></CompleteMultipartUploadResult>"
        elif "delete" in self._asked:
            for key in re.findall("<Key>(.*?)</Key>", body):
                self.server.objects.pop(unescape(key), None)
            answer = "<DeleteResult></DeleteResult>"
        else:
            self._answer(501)
            return
        self._answer(200, answer.encode(), Content_Type="application/xml")

    def do_DELETE(self) -> None:
        """Remove an object, or what has come of one in pieces; what is not there is no error."""
        if self._allowed():
            if "uploadId" in self._asked:
                self.server.parts.pop(self._asked["uploadId"], None)
            else:
                self.server.objects.pop(self._name(), None)
            self._answer(204)


@contextmanager
def bucket(
    *, certificate: Path | None = None, key: Path | None = None, where: tuple[str, int] = ("127.0.0.1", 0)
) -> Iterator[Store]:
    """Run a bucket for the length of a block; with a certificate, over TLS."""
    with Store(where) as store:
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate, key)
            store.socket = context.wrap_socket(store.socket, server_side=True)
        thread = threading.Thread(target=store.serve_forever, daemon=True)
        thread.start()
        try:
            yield store
        finally:
            store.shutdown()
            thread.join(5)


def _alone(port: int, certificate: Path, key: Path, seen: Path) -> None:
    """Run one in a container of its own. Whoever sends SIGUSR1 finds everything that is in it in a folder."""
    signals = {signal.SIGUSR1, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    with bucket(certificate=certificate, key=key, where=("0.0.0.0", port)) as store:
        while signal.sigwait(signals) == signal.SIGUSR1:
            for name, (content, _) in list(store.objects.items()):
                (seen / quote(name or BUCKET, safe="")).write_bytes(content)
            (seen / "refused").write_text(str(store.refused))


if __name__ == "__main__":
    _alone(int(sys.argv[1]), *map(Path, sys.argv[2:]))
