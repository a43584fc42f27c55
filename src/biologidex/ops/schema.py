"""The parts of the API's description that no view of the API stands behind: what load balancers ask."""

from typing import Any

STATE = {"type": "object", "required": ["status"], "properties": {"status": {"type": "string"}}}
CHECKED: dict[str, Any] = {
    "type": "object",
    "required": ["status", "checks"],
    "properties": {
        "status": {"type": "string", "enum": ["ok", "degraded", "unavailable"]},
        "checks": {"type": "object", "additionalProperties": {"type": "string"}},
    },
}
EXAMINED: dict[str, Any] = {**CHECKED, "properties": {**CHECKED["properties"], "details": {"type": "object"}}}
ALIVE = "Whether the process is alive. Touches nothing: a database that is down is no reason to restart the server."
READY = "Whether requests can be served, perhaps slower than usual (`degraded`), and which part is to blame if not."
DEEP = (
    "How every part is: `ok`, `not used`, or what is wrong. 503 only if requests cannot be served. The operator's "
    "programs and staff get numbers besides."
)


def _answer(description: str, shape: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": shape}}}


def _question(operation_id: str, description: str, responses: dict[str, Any]) -> dict[str, Any]:
    asked = {"operationId": operation_id, "description": description, "tags": ["server"], "security": [{}]}
    return {"get": {**asked, "responses": responses}}


def with_health(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Add the questions of load balancers, which drf-spectacular calls when all the rest is there."""
    ready = {"200": _answer("It can.", CHECKED), "503": _answer("It cannot.", CHECKED)}
    deep = {"200": _answer("Requests are served.", EXAMINED), "503": _answer("They are not.", EXAMINED)}
    result["paths"] |= {
        "/health/": _question("live", ALIVE, {"200": _answer("It is.", STATE)}),
        "/ready/": _question("ready", READY, ready),
        "/api/v1/health/": _question("health", DEEP, deep),
    }
    result["paths"] = dict(sorted(result["paths"].items()))
    return result
