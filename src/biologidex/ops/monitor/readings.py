"""One line of the dashboard each: a name, how it is, and a sentence."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from biologidex.core.discretion import discreet


class State(IntEnum):
    """How something is; the worst of all is how the server is."""

    GREEN = 0
    GREY = 1  # not used, or not known
    YELLOW = 2
    RED = 3


@dataclass(frozen=True)
class Reading:
    """How one thing is."""

    name: str
    state: State
    says: str
    numbers: dict[str, float] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Write it for programs."""
        return {"state": self.state.name.lower(), "says": self.says, **self.numbers}


def reading(name: str, state: State, says: str, **numbers: float) -> Reading:
    """Make one. What others have said is shown without what a log must not learn, and without control characters."""
    plain = "".join(letter if letter.isprintable() else " " for letter in discreet(says))
    return Reading(name, state, plain, {key: round(value, 3) for key, value in numbers.items()})


def overall(readings: Sequence[Reading]) -> State:
    """Say how the server is: green unless something is yellow or red."""
    worst = max((one.state for one in readings), default=State.RED)
    return State.GREEN if worst == State.GREY else worst


def graded(value: float, *, yellow: float, red: float) -> State:
    """Say how a number is: bad when it is high, or when it is low if `red` is below `yellow`."""
    if red < yellow:
        value, yellow, red = -value, -yellow, -red
    return State.RED if value >= red else State.YELLOW if value >= yellow else State.GREEN


def span(seconds: float) -> str:
    """Write a time as people say it."""
    for size, name in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {name}"
    return f"{seconds:.0f} s" if seconds >= 1 else f"{seconds * 1000:.0f} ms"


def amount(size: float) -> str:
    """Write bytes as people say them."""
    for unit in ("B", "kB", "MB", "GB", "TB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit in {"B", "kB", "MB"} else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.0f} PB"
