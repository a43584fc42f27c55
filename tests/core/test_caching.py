"""What is kept, who makes it, and that nothing stale comes back."""

import logging
import threading
import time
from typing import Any

import pytest
from django.core.cache import cache

from biologidex.core import caching, shared_cache
from biologidex.core.caching import generation, next_generation, remember
from running import free_port


def test_what_is_kept_is_not_made_again() -> None:
    made = []

    for _ in range(3):
        assert remember("k", lambda: made.append(1) or len(made), seconds=60) == 1  # type: ignore[func-returns-value]


def test_of_fifty_who_miss_at_once_one_makes_it() -> None:
    made, answers = [], []

    def make() -> str:
        made.append(threading.get_ident())
        time.sleep(0.1)
        return "tree"

    threads = [
        threading.Thread(target=lambda: answers.append(remember("k", make, seconds=60))) for _ in range(50)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(made) == 1
    assert answers == ["tree"] * 50


def test_whoever_fails_to_make_it_leaves_the_way_free_for_the_next() -> None:
    def broken() -> str:
        raise LookupError("no tree")

    with pytest.raises(LookupError):
        remember("k", broken, seconds=60)

    began = time.monotonic()
    assert remember("k", lambda: "tree", seconds=60) == "tree"
    assert time.monotonic() - began < caching.PATIENCE / 2


def test_nobody_waits_for_ever_for_one_who_died(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caching, "PATIENCE", 0.05)
    cache.add("k::claim", 1, 60)

    assert remember("k", lambda: "tree", seconds=60) == "tree"


def test_an_answer_made_of_another_version_counts_as_none() -> None:
    remember("k", lambda: "old", seconds=60, version="1")

    assert remember("k", lambda: "new", seconds=60, version="2") == "new"
    assert remember("k", lambda: "other", seconds=60, version="2") == "new"


def test_a_generation_keeps_its_number_until_the_next_one() -> None:
    first = generation("animals")

    assert generation("animals") == first
    next_generation("animals")
    assert generation("animals") != first


def test_a_reader_that_began_before_a_change_cannot_bring_the_old_back() -> None:
    rows, reading, changed = ["old"], threading.Event(), threading.Event()

    def make() -> str:
        row = rows[0]
        reading.set()
        changed.wait(5)
        return row

    def read() -> None:
        remember(f"animals:{generation('animals')}", make, seconds=60)

    reader = threading.Thread(target=read)
    reader.start()
    reading.wait(5)
    rows[0] = "new"
    next_generation("animals")
    changed.set()
    reader.join()

    assert remember(f"animals:{generation('animals')}", lambda: rows[0], seconds=60) == "new"


def test_a_number_that_the_cache_has_lost_is_never_given_again() -> None:
    remember(f"animals:{generation('animals')}", lambda: "old", seconds=60)
    next_generation("animals")

    cache.delete("generation:animals")

    assert remember(f"animals:{generation('animals')}", lambda: "new", seconds=60) == "new"


def test_while_the_cache_is_lost_everything_is_made_anew(
    settings: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    nobody = {
        "BACKEND": "biologidex.core.shared_cache.SharedCache",
        "LOCATION": f"redis://127.0.0.1:{free_port()}",
    }
    settings.CACHES = {"default": nobody}
    monkeypatch.setattr(shared_cache.Client, "silent_until", 0.0)
    caplog.set_level(logging.CRITICAL)

    began = time.monotonic()
    first = generation("animals")
    assert remember(f"animals:{first}", lambda: "old", seconds=60) == "old"
    next_generation("animals")
    assert generation("animals") != first
    assert remember(f"animals:{first}", lambda: "new", seconds=60) == "new"
    assert cache.get_many(["a", "b"]) == {}
    assert cache.incr("a") == 1
    assert time.monotonic() - began < shared_cache.PAUSE
