"""People who use the server all the while, and notice every wrong answer."""

import io
import random
import threading
import time
from collections import Counter
from typing import Any, Self

import httpx2 as httpx
from PIL import Image

from client import Person
from pictures import jpeg

AWAY = {502, 503, 504}  # what a server may say while a part of it is being brought back
HELD_BACK = 1.0  # seconds: whoever waited longer does not come back with all they would have asked meanwhile


def unlike_any_other(number: int) -> bytes:
    """Return a small photo that nobody has sent before."""
    dice = random.Random(number)
    picture = Image.new("RGB", (64, 64), tuple(dice.randrange(256) for _ in range(3)))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=60 + number % 40)
    return out.getvalue()


class Visitor(threading.Thread):
    """Somebody with one private card who writes on it, reads it back, looks around and sends photos."""

    def __init__(
        self,
        address: str,
        *,
        number: int,
        pause: float,
        over: threading.Event,
        keeps_connections: bool = True,
    ) -> None:
        super().__init__(name=f"visitor-{number}", daemon=True)
        self.number = number
        self.person = Person(address).sign_up()
        self.card = self.person.find("Vulpes vulpes", jpeg(), visibility="private", notes="0")["id"]
        self.answers: Counter[str] = Counter()
        self.wrong: list[str] = []
        self.refused: list[str] = []
        self.jobs: list[str] = []
        self.possible = {
            "0"
        }  # what the note may say: the last that was acknowledged, or one nobody answered for
        self._pause, self._over = pause, over
        self._http = httpx.Client(
            base_url=f"{address}/api/v1/",
            headers={"Authorization": f"Bearer {self.person.token}"},
            timeout=30,
            limits=httpx.Limits(max_keepalive_connections=None if keeps_connections else 0),
        )

    def run(self) -> None:
        """Do one thing after the other until it is over; what a slow answer held back is made up for."""
        turn, due = 0, time.monotonic()
        while not self._over.wait(max(0.0, due - time.monotonic())):
            turn, due = turn + 1, max(due + self._pause, time.monotonic() - HELD_BACK)
            if turn % 20 == 10:
                self._send_photo(1000 * self.number + turn)
            elif turn % 3 == 0:
                self._write(str(turn))
            elif turn % 3 == 1:
                self._read_back()
            else:
                self._look_around()

    def close(self) -> None:
        """Let the connections go."""
        self._http.close()
        self.person.__exit__()

    def _ask(self, method: str, path: str, **sent: Any) -> Any:
        """Return the answer's JSON; None if there was none. Anything but an answer or an apology is wrong."""
        try:
            answer = self._http.request(method, path, **sent)
        except httpx.HTTPError as error:
            self.answers[type(error).__name__] += 1
            return None
        self.answers[str(answer.status_code)] += 1
        if answer.is_success:
            return answer.json()
        self.refused.append(f"{method} {path} {answer.status_code}: {answer.text[:200]}")
        if answer.status_code not in AWAY:
            self.wrong.append(f"{method} {path} answered {answer.status_code}: {answer.text[:200]}")
        return None

    def _write(self, note: str) -> None:
        told = self._ask("PATCH", f"dex/entries/{self.card}/", json={"notes": note})
        self.possible = {note} if told else {*self.possible, note}

    def _read_back(self) -> None:
        self._check(self._ask("GET", "dex/entries/my_entries/"))

    def _look_around(self) -> None:
        """Ask for every card that one may see: here everybody's are private."""
        self._check(self._ask("GET", "dex/entries/"))

    def _check(self, told: Any) -> None:
        if told is None:
            return
        for entry in told["results"]:
            if entry["owner_username"] != self.person.name:
                self.wrong.append(f"{self.person.name} was shown a card of {entry['owner_username']}")
            elif entry["notes"] not in self.possible:
                self.wrong.append(f"stale: {entry['notes']} and not one of {sorted(self.possible)}")
        if len(told["results"]) != 1:
            self.wrong.append(f"{len(told['results'])} cards instead of one")

    def _send_photo(self, number: int) -> None:
        files = {"image": ("a.jpg", unlike_any_other(number), "image/jpeg")}
        told = self._ask("POST", "vision/jobs/", files=files)
        if told:
            self.jobs.append(told["id"])


class Load:
    """So many people that they ask `rate` times a second together."""

    def __init__(
        self, address: str, *, people: int = 10, rate: float = 50, keeps_connections: bool = True
    ) -> None:
        self._over = threading.Event()
        self.visitors = [
            Visitor(
                address,
                number=number,
                pause=people / rate,
                over=self._over,
                keeps_connections=keeps_connections,
            )
            for number in range(1, people + 1)
        ]
        self.began = time.monotonic()

    def __enter__(self) -> Self:
        """Begin."""
        self.began = time.monotonic()
        for visitor in self.visitors:
            visitor.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Let everybody finish what they are at."""
        self._over.set()
        for visitor in self.visitors:
            visitor.join(60)

    def close(self) -> None:
        """Let all connections go."""
        for visitor in self.visitors:
            visitor.close()

    @property
    def wrong(self) -> list[str]:
        """Everything that anybody noticed."""
        return [what for visitor in self.visitors for what in visitor.wrong]

    @property
    def answers(self) -> Counter[str]:
        """How often each status was answered, or no answer came."""
        return sum((visitor.answers for visitor in self.visitors), Counter())

    @property
    def refused(self) -> int:
        """How many requests got no answer but an apology, or none."""
        return sum(number for told, number in self.answers.items() if told not in {"200", "201"})

    @property
    def jobs(self) -> list[str]:
        """The identifications that were promised."""
        return [job for visitor in self.visitors for job in visitor.jobs]


class Readers:
    """A few who read one page again and again, with connections that stay open."""

    def __init__(self, address: str, token: str, *, count: int = 6) -> None:
        self.answers: Counter[str] = Counter()
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._read, args=(address, token)) for _ in range(count)]

    def __enter__(self) -> Self:
        """Begin."""
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End."""
        self._over.set()
        for thread in self._threads:
            thread.join(60)

    def _read(self, address: str, token: str) -> None:
        with httpx.Client(timeout=30, headers={"Authorization": f"Bearer {token}"}) as client:
            while not self._over.wait(0.02):
                try:
                    answer = client.get(f"{address}/api/v1/dex/entries/my_entries/")
                    self.answers[str(answer.status_code)] += 1
                except httpx.HTTPError as error:
                    self.answers[type(error).__name__] += 1
