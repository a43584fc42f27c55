"""What stops a start. `check --deploy` tells it, with what is only to be known; whoever would serve or work refuses.

Here: a broker that could lose work without a word. The wiring adds what settings must not say (config/checks.py).
A broker that is merely down does not stop anybody: work waits in its rows until it is back.
"""

import logging
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, run_checks
from django.core.exceptions import ImproperlyConfigured

log = logging.getLogger(__name__)


STARTING = "starting"  # the tag of checks whose errors stop a start


class Unsafe(ImproperlyConfigured):
    """Work would be lost here, or people's data."""


def broker(**_: Any) -> list[CheckMessage]:
    """Return what is wrong with the broker, if one is used."""
    if settings.JOBS_BACKEND != "celery":
        return []
    from biologidex.core.jobs import safety  # noqa: PLC0415 -- slow import

    return safety.look()


def refuse_unsafe() -> None:
    """Raise Unsafe with a sentence for each reason not to start. What is only to be known is logged."""
    found = run_checks(tags=[STARTING], include_deployment_checks=True)
    reasons = [message for message in found if isinstance(message, Error)]
    for message in found:
        if message not in reasons:
            log.warning(message.msg)
    if reasons:
        raise Unsafe(" ".join(f"{reason.msg} {reason.hint or ''}".strip() for reason in reasons))
