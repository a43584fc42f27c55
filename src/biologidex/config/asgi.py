"""The door for ASGI servers: streams of news to open pages, how they are, and nothing else (gunicorn.live.conf.py)."""

import os

import django
from django.conf import settings

from biologidex.core.checks import refuse_unsafe

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "biologidex.config.settings")  # noqa: TID251 -- Django reads it there

django.setup()
refuse_unsafe()

from biologidex.core.live.serving import Application  # noqa: E402 -- Django is set up by then

application = Application("/live/", "/health/", "/ready/", "/metrics", streams=settings.LIVE_STREAMS)
