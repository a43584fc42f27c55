"""What the embedded server says to requests that do not reach the application."""

import json

from waitress.channel import HTTPChannel
from waitress.task import ErrorTask

TOO_LARGE, HEADERS_TOO_LARGE = 413, 431
SENTENCES = {
    TOO_LARGE: "This is far larger than anything this server takes. Please send a smaller file.",
    HEADERS_TOO_LARGE: "The head of this request is longer than this server reads.",
}


class Refusal(ErrorTask):  # type: ignore[misc]
    """A sentence instead of the inside of the server: JSON for programs, as all errors under /api/ are."""

    def execute(self) -> None:
        """Answer, and hang up: what follows on this connection belongs to the request that was refused."""
        error, request = self.request.error, self.request
        sentence = SENTENCES.get(error.code, "This request cannot be read.")
        accepted = request.headers.get("ACCEPT", "")
        if (getattr(request, "path", None) or "").startswith("/api/") or "application/json" in accepted:
            kind, body = "application/json", json.dumps({"detail": sentence}).encode()
        else:
            kind, body = "text/plain; charset=utf-8", sentence.encode()
        self.status = f"{error.code} {error.reason}"
        self.response_headers.append(("Content-Type", kind))
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


class Channel(HTTPChannel):  # type: ignore[misc]
    """A connection that refuses in our words."""

    error_task_class = Refusal
