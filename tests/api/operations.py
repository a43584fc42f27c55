"""The operations of the API as its description lists them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

METHODS = ("get", "put", "post", "delete", "patch")


@dataclass(frozen=True)
class Operation:
    """One method of one address."""

    method: str
    path: str
    said: dict[str, Any]

    @property
    def name(self) -> str:
        """Return what it is called here: `GET /api/v1/animals/`."""
        return f"{self.method.upper()} {self.path}"


def operations(description: dict[str, Any]) -> Iterator[Operation]:
    """Walk through all of them."""
    for path, methods in description["paths"].items():
        for method in METHODS:
            if method in methods:
                yield Operation(method, path, methods[method])
