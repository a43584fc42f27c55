"""Which function does the work of which name."""

from collections.abc import Callable
from dataclasses import dataclass

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
    attempts: int
    give_up: Work | None


tasks: dict[str, Task] = {}


def task(name: str, *, attempts: int = 5, give_up: Work | None = None) -> Callable[[Work], Work]:
    """Register a function as the work of `name`. It gets the claim first, then the enqueued arguments.

    `give_up` gets the claim, the last reason and the arguments after the last attempt, so that nobody waits
    for what will never come.
    """

    def register(work: Work) -> Work:
        if name in tasks and tasks[name].work.__qualname__ != work.__qualname__:
            raise ValueError(f"Two pieces of work are called {name!r}.")
        tasks[name] = Task(name, work, attempts, give_up)
        return work

    return register
