"""What was expensive to make is made once, and never given out when it was made of something older."""

import threading
import time

from django.core.cache import cache

from biologidex.core.caching import remember


def counting(made: list[int]) -> int:
    made.append(1)
    return len(made)


def test_the_same_question_is_answered_from_memory() -> None:
    made: list[int] = []

    answers = [remember("k", lambda: counting(made), seconds=60) for _ in range(3)]

    assert answers == [1, 1, 1]


def test_an_answer_made_of_another_version_is_made_anew() -> None:
    made: list[int] = []

    answers = [remember("k", lambda: counting(made), seconds=60, version=v) for v in ("a", "a", "b", "a")]

    assert answers == [1, 1, 2, 3]


def test_a_new_version_takes_the_room_of_the_old_one() -> None:
    remember("k", lambda: "old", seconds=60, version="a")
    remember("k", lambda: "new", seconds=60, version="b")

    assert cache.get("k") == ("b", "new")


def test_of_many_who_ask_at_once_one_makes_it() -> None:
    made: list[int] = []

    def slowly() -> int:
        time.sleep(0.05)
        return counting(made)

    def ask() -> None:
        remember("k", slowly, seconds=60, version="a")

    people = [threading.Thread(target=ask) for _ in range(5)]
    for one in people:
        one.start()
    for one in people:
        one.join()

    assert made == [1]


def test_after_a_failure_the_next_one_may_try_at_once() -> None:
    def fails() -> int:
        raise ValueError

    for attempt in (fails, lambda: 7):
        try:
            answer = remember("k", attempt, seconds=60, version="a")
        except ValueError:
            answer = 0

    assert answer == 7
