"""Wrong passwords are counted, by what was typed and by address, and end in a wait."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.utils.translation import gettext as _
from redis.exceptions import RedisError

from biologidex.accounts.errors import TooManyFailures
from biologidex.core.metrics import SECURITY
from biologidex.core.throttling import Count

log = logging.getLogger(__name__)


@contextmanager
def _without_the_cache() -> Iterator[None]:
    """Go on when the cache cannot be reached: that must not lock everybody out. Guessing is slow all the same."""
    try:
        yield
    except RedisError as error:
        log.warning("wrong passwords are not counted: the cache cannot be reached (%s)", type(error).__name__)


class Failures:
    """The wrong passwords for one name from one address.

    A user name and an e-mail address of one person are two names: counted together, a wait for the one that came
    from guesses at the other would tell that they belong together.
    """

    def __init__(self, name: str, address: str) -> None:
        who = (name.strip().lower(), address)
        self._count = Count("sign-in", who, allowed=settings.LOGIN_FAILURES_ALLOWED)

    def wait(self) -> int:
        """Return for how many seconds nothing more is looked at; 0 means go ahead."""
        with _without_the_cache():
            return self._count.wait()
        return 0

    def refuse_too_many(self) -> None:
        """Raise TooManyFailures if there were too many."""
        if seconds := self.wait():
            SECURITY.labels("locked_out").inc()
            raise TooManyFailures(
                _("Too many wrong passwords. Please try again in %d minutes.") % -(-seconds // 60),
                retry_after=seconds,
            )

    def add(self) -> None:
        """Count one more."""
        SECURITY.labels("wrong_password").inc()
        with _without_the_cache():
            self._count.add()

    def forget(self) -> None:
        """Start again from none."""
        with _without_the_cache():
            self._count.forget()
