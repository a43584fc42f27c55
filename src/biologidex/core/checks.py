"""A broker that could lose work without a word: `check --deploy` says so, and whoever uses it refuses to start.

One that is merely down does not stop anybody: work waits in its rows until it is back.
"""

import logging
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.exceptions import ImproperlyConfigured

log = logging.getLogger(__name__)


class UnsafeBroker(ImproperlyConfigured):
    """Work would be lost here, or nobody gets in."""


def broker(**_: Any) -> list[CheckMessage]:
    """Return what is wrong with the broker, if one is used."""
    if settings.JOBS_BACKEND != "celery":
        return []
    from biologidex.core.jobs import safety  # noqa: PLC0415 -- slow import

    return safety.look()


def refuse_unsafe() -> None:
    """Raise UnsafeBroker with a sentence for each reason not to start. What is only to be known is logged."""
    found = broker()
    reasons = [message.msg for message in found if isinstance(message, Error)]
    for message in found:
        if message.msg not in reasons:
            log.warning(message.msg)
    if reasons:
        raise UnsafeBroker(" ".join(reasons))
