"""How soon the dex page of somebody with 500 cards shows what it is about, in Chromium against the embedded server.

    .venv/bin/python benchmarks/dex_page.py [--cards N] [--runs N] [--keep FOLDER]

Fills a data folder of its own: a person's cards with photos, a friend's that the person misses, real names. Then opens
the page with an empty cache each time, on a phone and on a computer, and prints the median of the largest contentful
paint (target: under 1000 ms), the bytes of script as they come over the line (target: under 60 kB), the work of
layout and style, and what loading all cards by scrolling takes. Exits with 1 if a target is missed.
"""

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from running import Server

NAME, PASSWORD = "viewer", "kingfisher-over-water"
SIZES = {"phone": ({"width": 390, "height": 844}, 3), "computer": ({"width": 1280, "height": 900}, 1)}
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-sync"]
TARGET_MS, TARGET_SCRIPT = 1000, 60_000
LARGEST = """() => new Promise((told) => new PerformanceObserver((list) => told(list.getEntries().at(-1).startTime))
    .observe({ type: "largest-contentful-paint", buffered: true }))"""
SCRIPT = """() => performance.getEntriesByType("resource").filter((one) => new URL(one.name).pathname.endsWith(".js"))
    .reduce((sum, one) => sum + one.encodedBodySize, 0)"""


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the system's browser."""
    names = ("chromium", "chromium-browser", "google-chrome")
    program = next(filter(None, map(shutil.which, names)), None)
    if program is None:
        raise SystemExit("Chromium is not installed. As root: apt install chromium libatomic1")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


def signed_in(browser: Browser, address: str) -> Any:
    """Sign in once. Returns the cookies."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{address}/sign-in/")
    page.locator("[name=name]").fill(NAME)
    page.locator("[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/dex/")
    state = context.storage_state()
    context.close()
    return state


def opened(browser: Browser, state: Any, size: str) -> Page:
    """Give a page with an empty cache."""
    viewport, ratio = SIZES[size]
    context = browser.new_context(
        viewport=viewport, device_scale_factor=ratio, storage_state=state, reduced_motion="reduce"
    )
    return context.new_page()


def watched(page: Page) -> CDPSession:
    """Let the browser count from now on what it does for this page."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    return session


def measured(session: CDPSession) -> dict[str, float]:
    """Return what layout and style have cost on this page so far, in milliseconds, and the size of the document."""
    told = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
    return {
        "layout": told["LayoutDuration"] * 1000,
        "style": told["RecalcStyleDuration"] * 1000,
        "nodes": told["Nodes"],
    }


def first_sight(browser: Browser, state: Any, address: str, size: str, runs: int) -> tuple[float, float]:
    """Open the page again and again. Returns the medians of its largest paint and of the bytes of script."""
    paints, bytes_of_script, layouts = [], [], []
    for _ in range(runs):
        page = opened(browser, state, size)
        session = watched(page)
        page.goto(f"{address}/dex/", wait_until="load")
        page.wait_for_timeout(400)
        paints.append(page.evaluate(LARGEST))
        bytes_of_script.append(page.evaluate(SCRIPT))
        layouts.append(measured(session))
        page.context.close()
    paint, script = statistics.median(paints), statistics.median(bytes_of_script)
    layout, style = (statistics.median(one[name] for one in layouts) for name in ("layout", "style"))
    print(
        f"{size:9} largest paint {paint:5.0f} ms (from {min(paints):.0f} to {max(paints):.0f}, target {TARGET_MS}), "
        f"script {script / 1000:.1f} kB (target {TARGET_SCRIPT / 1000:.0f}), "
        f"layout {layout:.0f} ms, style {style:.0f} ms"
    )
    return paint, script


def scrolled(browser: Browser, state: Any, address: str, cards: int) -> None:
    """Scroll until all cards are there, and tell what that took."""
    page = opened(browser, state, "phone")
    session = watched(page)
    page.goto(f"{address}/dex/?show=mine")
    for _ in range(cards):
        page.mouse.wheel(0, 20_000)
        page.wait_for_timeout(60)
        if page.locator(".more").count() == 0:
            break
    shown, told = page.locator(".plate").count(), measured(session)
    print(
        f"scrolled to the end: {shown} cards, {told['nodes']:.0f} nodes, layout {told['layout']:.0f} ms, "
        f"style {told['style']:.0f} ms in all"
    )
    page.context.close()
    if shown != cards:
        raise SystemExit(f"{shown} of {cards} cards came.")


def main() -> int:
    """Run the benchmark; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--cards", type=int, default=500)
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--keep", type=Path, help="a folder to fill, or to use again")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="biologidex-bench-") as temporary:
        folder = asked.keep or Path(temporary)
        if not (folder / "biologidex.sqlite3").exists():
            filler = [
                sys.executable,
                str(Path(__file__).with_name("dex_cards.py")),
                str(folder),
                str(asked.cards),
            ]
            subprocess.run(filler, check=True, stdout=subprocess.DEVNULL)
        server = Server(folder)
        try:
            address = server.start(patience=600).address
            with chromium() as browser:
                state = signed_in(browser, address)
                first_sight(
                    browser, state, address, "computer", 1
                )  # the first request loads what all others use
                seen = [first_sight(browser, state, address, size, asked.runs) for size in SIZES]
                scrolled(browser, state, address, asked.cards)
        finally:
            server.stop()
    return int(any(paint >= TARGET_MS or script >= TARGET_SCRIPT for paint, script in seen))


if __name__ == "__main__":
    sys.exit(main())
