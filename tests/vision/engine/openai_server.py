"""A server on loopback that speaks OpenAI's Responses API, and every failure of it that the engine must survive.

The bodies have the shape of the SDK's own types; a test in test_openai.py holds them to it. See the SDK's
types/responses/response.py and _exceptions.py.
"""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from biologidex.vision.engine.answer import Provider, Usage
from biologidex.vision.engine.registry import PROVIDERS, EngineConfig

KEY = "sk-very-secret-0123456789"
MODEL = "gpt-5.6-luna-2026-07-09"
# What `usage()` costs: 400 fresh tokens at 0.20, 800 cached at 0.02 and 300 written at 1.20 dollars a million.
PAID = Usage(MODEL, 1200, 800, 300, Decimal("0.000456"))


@dataclass
class Scene:
    """What the server does with the next requests, and which it has seen."""

    body: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    drop: str = ""  # "before" or "within" the answer: the connection is cut there
    requests: list[dict[str, Any]] = field(default_factory=list)
    address: str = ""


@contextmanager
def serving() -> Iterator[Scene]:
    """Serve until the block ends. The scene may be changed meanwhile."""
    scene = Scene(body=completed(identification()))
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(scene))
    server.daemon_threads = True
    scene.address = f"http://127.0.0.1:{server.server_port}/v1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield scene
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def provider_for(address: str, **settings: Any) -> Provider:
    """Make the provider `openai` with KEY, asking this address."""
    return PROVIDERS["openai"](EngineConfig(openai_api_key=KEY, openai_base_url=address, **settings))


def _handler(scene: Scene) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            content = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            headers = {name.lower(): value for name, value in self.headers.items()}
            scene.requests.append({"path": self.path, "headers": headers, "json": content})
            time.sleep(scene.delay)
            if scene.drop == "before":
                self.close_connection = True
                return
            raw = scene.body if isinstance(scene.body, bytes) else json.dumps(scene.body).encode()
            self.send_response(scene.status)
            for name, value in {"x-request-id": "req_1", "Content-Type": "application/json"}.items():
                self.send_header(name, value)
            for name, value in scene.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw[: len(raw) // 2] if scene.drop == "within" else raw)
            self.close_connection = self.close_connection or scene.drop == "within"

        def log_message(self, *_arguments: Any) -> None:
            """Keep the tests' output quiet."""

    return Handler


def taxon(name: str, rank: str = "species", confidence: float = 0.9, **fields: Any) -> dict[str, Any]:
    """Make a taxon as the schema of the question wants it."""
    return {
        "scientific_name": name,
        "rank": rank,
        "common_name": None,
        "breed": None,
        "confidence": confidence,
    } | fields


def identification(**fields: Any) -> dict[str, Any]:
    """Make what a model says of a photograph of a lion."""
    lion = taxon("Panthera leo", confidence=0.95, common_name="Lion")
    tiger = taxon("Panthera tigris", confidence=0.03, common_name="Tiger")
    return {"animal_probability": 0.99, "candidates": [lion, tiger], "certain": lion} | fields


def usage(**fields: Any) -> dict[str, Any]:
    """Make the account of a call: 800 of 1200 input tokens from the cache, 100 of the output for thinking."""
    return {
        "input_tokens": 1200,
        "input_tokens_details": {"cached_tokens": 800, "cache_write_tokens": 0},
        "output_tokens": 300,
        "output_tokens_details": {"reasoning_tokens": 100},
        "total_tokens": 1500,
    } | fields


def completed(said: Any, **fields: Any) -> dict[str, Any]:
    """Make a finished answer in which the model says this (text, or an object as JSON)."""
    text = said if isinstance(said, str) else json.dumps(said)
    return answer([{"type": "output_text", "text": text, "annotations": [], "logprobs": []}], **fields)


def refusal(**fields: Any) -> dict[str, Any]:
    """Make an answer in which the model declines."""
    return answer([{"type": "refusal", "refusal": "I can't help with that."}], **fields)


def incomplete(reason: str, said: str) -> dict[str, Any]:
    """Make an answer that stopped early."""
    return completed(said, status="incomplete", incomplete_details={"reason": reason})


def failed(code: str) -> dict[str, Any]:
    """Make an answer that failed after the request was taken."""
    return answer([], status="failed", error={"code": code, "message": "Something went wrong."}, output=[])


def answer(contents: list[dict[str, Any]], **fields: Any) -> dict[str, Any]:
    """Make an answer with one thought and one message."""
    message = {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "status": "completed",
        "content": contents,
    }
    return {
        "id": "resp_1",
        "object": "response",
        "created_at": 1.0,
        "status": "completed",
        "error": None,
        "incomplete_details": None,
        "instructions": None,
        "metadata": {},
        "model": MODEL,
        "output": [{"id": "rs_1", "type": "reasoning", "summary": []}, message],
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
        "service_tier": "default",
        "usage": usage(),
    } | fields


def error(message: str, *, kind: str | None = None, code: str | None = None) -> dict[str, Any]:
    """Make the body of an HTTP error."""
    return {"error": {"message": message, "type": kind, "param": None, "code": code}}
