"""Which function does the work of which name."""

from collections.abc import Callable
from dataclasses import dataclass

from biologidex.core.models import Job

Work = Callable[..., None]


class Retry(Exception):
    """Raised by work that may succeed later. `after` is in seconds; None leaves the wait to the runner."""

    def __init__(self, reason: str, *, after: float | None = None) -> None:
        super().__init__(reason)
        self.after = after


@dataclass(frozen=True)
class Task:
    """A named piece of work, how often it is tried, and what happens when it is given up."""

    name: str
    work: Work
    lane: Job.Lane
    seconds: int
    attempts: int
    give_up: Work | None


LONGEST = (
    1800  # what the broker gives a message back after is longer, or it would hand out work that is in hand
)
tasks: dict[str, Task] = {}


def task(
    name: str,
    *,
    lane: Job.Lane = Job.Lane.BULK,
    seconds: int = 300,
    attempts: int = 5,
    give_up: Work | None = None,
) -> Callable[[Work], Work]:
    """Register a function as the work of `name`. It gets the claim first, then the enqueued arguments.

    Workers in processes of their own interrupt it after so many seconds, which counts as a failed attempt.
    `give_up` gets the claim, the last reason and the arguments after the last attempt, so that nobody waits
    for what will never come.
    """

    def register(work: Work) -> Work:
        if name in tasks and tasks[name].work.__qualname__ != work.__qualname__:
            raise ValueError(f"Two pieces of work are called {name!r}.")
        if seconds > LONGEST:
            raise ValueError(f"{name!r} may take {LONGEST} seconds at most. Split it.")
        tasks[name] = Task(name, work, lane, seconds, attempts, give_up)
        return work

    return register


def lane_of(name: str) -> Job.Lane:
    """Return where work of this name waits its turn."""
    return tasks[name].lane if name in tasks else Job.Lane.BULK
