"""A person who uses the pages with a real browser."""

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page, expect

import make

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 800}
PICTURES = Path(os.environ.get("BIOLOGIDEX_SCREENSHOTS", Path(__file__).parents[1] / "var" / "screenshots"))


class Identifier:
    """What identifies on the tests' server, by the script that it plays."""

    def __init__(self, script: Path) -> None:
        self._script, self._answering = script, script.read_text()

    def waits(self) -> None:
        """Answer nothing from now on."""
        self._play(json.dumps({**json.loads(self._answering), "hold": True}))

    def answers(self) -> None:
        """Answer again, also what waits."""
        self._play(self._answering)

    def _play(self, script: str) -> None:
        following = self._script.with_suffix(".next")  # a script half written is none
        following.write_text(script)
        following.replace(self._script)


class Visitor:
    """Somebody with a browser of their own. Whatever it complains about is noted in `complaints`."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.context, self.address = context, address
        self.complaints: list[str] = []
        self.dialogs: list[str] = []
        self.page = context.new_page()
        self.page.on("console", self._note)
        self.page.on("request", self._note_strangers)
        self.page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        self.page.on("dialog", lambda dialog: (self.dialogs.append(dialog.message), dialog.dismiss()))

    def _note(self, message: Any) -> None:
        # A refused upload is a failed request, which the browser always mentions. A policy violation is neither.
        refused = message.text.startswith("Failed to load resource: the server responded with a status of 4")
        # What a page was asking when it was left breaks off. Who is not answered otherwise has a failed request, too.
        left = message.text.startswith(("htmx:afterRequest", "htmx:sendError"))
        if message.type in {"error", "warning"} and not (refused or left):
            self.complaints.append(f"{message.type}: {message.text}")

    def _note_strangers(self, request: Any) -> None:
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.complaints.append(f"another host was asked: {request.url}")

    def picture(self, name: str) -> None:
        """Keep a picture of the whole page, to be looked at."""
        width = (self.page.viewport_size or DESKTOP)["width"]
        self.page.screenshot(path=PICTURES / f"{name.replace(' ', '-')}-{width}.png", full_page=True)

    def open(self, path: str) -> Page:
        """Open a page of ours."""
        self.page.goto(self.address + path)
        return self.page

    def sign_up(self, name: str) -> Page:
        """Make an account on the page, and end in its dex."""
        page = self.open("/sign-up/")
        page.get_by_label("User name").fill(name)
        page.get_by_label("E-mail").fill(f"{name}@example.org")
        page.get_by_label("Password", exact=True).fill(make.PASSWORD)
        page.get_by_role("button", name="Sign up").click()
        page.wait_for_url("**/dex/")
        return page

    def sign_in(self, name: str, password: str = make.PASSWORD) -> Page:
        """Sign in on the page, and end in one's dex."""
        page = self.open("/sign-in/")
        page.get_by_label("User name or e-mail").fill(name)
        page.get_by_label("Password", exact=True).fill(password)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/dex/")
        return page

    def give(self, *photos: dict[str, Any], into: str = "#files") -> None:
        """Choose photos on the capture page."""
        self.page.set_input_files(into, photos)

    def identified(self) -> str:
        """Send one photo, wait for its answer, and open the photo's page. Returns its address."""
        self.open("/capture/")
        choices = self.page.get_by_role("link", name="Choose")
        others = choices.count()
        self.give(a_photo())
        # Who leaves before a photo is sent is asked whether to stay.
        expect(choices).to_have_count(others + 1)
        choices.first.click()
        self.page.wait_for_url("**/capture/*-*/")
        return self.page.url.removeprefix(self.address)

    def filed(self, **said: str) -> str:
        """Send a photo and file it. Returns the card's address."""
        self.identified()
        if visibility := said.pop("visibility", ""):
            self.page.locator(f"[name=visibility][value={visibility}]").check(force=True)
        for name, value in said.items():
            self.page.locator(f"[name={name}]").fill(value)
        self.page.get_by_role("button", name="Add to my dex").click()
        self.page.wait_for_url("**/dex/*-*/")
        return self.page.url.removeprefix(self.address)


def wait_until(page: Page, question: str, *, patience: float = 20.0) -> None:
    """Wait until a function of the page that takes its time says yes. `wait_for_function` takes a promise for a yes."""
    end = time.monotonic() + patience
    while not page.evaluate(question):
        if time.monotonic() > end:
            raise AssertionError(f"not within {patience:.0f} s: {question}")
        page.wait_for_timeout(50)


def befriend(one: Visitor, other: Visitor) -> None:
    """Let one ask by the other's code, and the other accept."""
    code = other.open("/friends/").locator("#my-code").inner_text()
    page = one.open("/friends/")
    page.get_by_label("Friend code or link").fill(code)
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.locator("#notices")).to_contain_text("will see your request")
    theirs = other.open("/friends/")
    theirs.get_by_role("button", name="Accept").first.click()
    expect(theirs.locator("#notices")).to_contain_text("friends now")


def a_photo(name: str = "wolf.jpg") -> dict[str, Any]:
    """Make a photo as a file input takes it, unlike any other."""
    return {"name": name, "mimeType": "image/jpeg", "buffer": make.jpeg_bytes()}


Visit = Callable[..., Visitor]
