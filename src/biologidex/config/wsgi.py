"""The door for WSGI servers."""

import os

from django.core.wsgi import get_wsgi_application

from biologidex.core.checks import refuse_unsafe

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "biologidex.config.settings")  # noqa: TID251 -- Django reads it there

application = get_wsgi_application()
refuse_unsafe()
