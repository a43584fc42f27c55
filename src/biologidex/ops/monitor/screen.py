"""Draws what was seen: plain letters and ANSI colours, which every terminal and ssh can show."""

import time
from collections import deque
from dataclasses import dataclass, field

from biologidex.ops.monitor.door import Counted
from biologidex.ops.monitor.looking import Seen
from biologidex.ops.monitor.readings import Reading, State, overall

COLOURS = {State.GREEN: "32", State.GREY: "90", State.YELLOW: "33", State.RED: "1;31"}
MARKS = {
    State.GREEN: "ok",
    State.GREY: "--",
    State.YELLOW: "!!",
    State.RED: "XX",
}  # for whoever sees no colours
BARS = "▁▂▃▄▅▆▇█"
HISTORY = 60
ENTER, LEAVE, HOME, CLEAR_LINE, CLEAR_REST = (
    "\x1b[?1049h\x1b[?25l",
    "\x1b[?25h\x1b[?1049l",
    "\x1b[H",
    "\x1b[K",
    "\x1b[J",
)


@dataclass
class Rates:
    """What happens a second, from one look to the next."""

    before: Counted = field(default_factory=Counted)
    requests: deque[float] = field(default_factory=lambda: deque(maxlen=HISTORY))
    failed: deque[float] = field(default_factory=lambda: deque(maxlen=HISTORY))
    jobs: deque[float] = field(default_factory=lambda: deque(maxlen=HISTORY))

    def take(self, now: Counted) -> None:
        """Compare with the look before."""
        if self.before.at and now.at > self.before.at:
            passed = now.at - self.before.at
            done, earlier = now.jobs.get("done", 0), self.before.jobs.get("done", 0)
            self.requests.append(max(0.0, now.requests - self.before.requests) / passed)
            self.failed.append(max(0.0, now.failed - self.before.failed) / passed)
            self.jobs.append(max(0.0, done - earlier) / passed)
        self.before = now

    def lines(self) -> list[str]:
        """Draw them."""
        named = (("requests/s", self.requests), ("failed/s", self.failed), ("jobs done/s", self.jobs))
        return [f"{name:<12} {values[-1]:8.1f}  {bars(list(values))}" for name, values in named if values]


def bars(values: list[float]) -> str:
    """Draw numbers as a row of bars, the newest last."""
    top = max(values, default=0.0)
    return "".join(BARS[min(7, int(one / top * 7.999))] if top else BARS[0] for one in values)


def painted(text: str, state: State, *, colours: bool) -> str:
    """Paint a text, where that is wanted."""
    return f"\x1b[{COLOURS[state]}m{text}\x1b[0m" if colours else text


def line(one: Reading, *, width: int, colours: bool) -> str:
    """Draw one reading, no wider than the terminal."""
    mark = painted(MARKS[one.state], one.state, colours=colours)
    return f"{mark} {one.name:<12} {one.says}"[: width + len(mark) - 2]


def drawn(seen: Seen, *, where: str, width: int = 80, colours: bool = False) -> list[str]:
    """Draw everything."""
    state = overall(seen.readings)
    red = [one.name for one in seen.readings if one.state == State.RED]
    head = f"BiologiDex at {where}  {time.strftime('%H:%M:%S')}  {state.name}"
    if red:
        head += f": {', '.join(red)}"
    lines = [painted(head[:width], state, colours=colours), ""]
    return lines + [line(one, width=width, colours=colours) for one in seen.readings]


def frame(lines: list[str], *, height: int) -> str:
    """Put lines over those of the frame before, without flicker."""
    shown = lines[: max(1, height - 1)]
    return HOME + "".join(f"{one}{CLEAR_LINE}\r\n" for one in shown) + CLEAR_REST
