"""What everything is measured against: a Django project with one view, a constant answer, and no middleware."""

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from django.urls import path

ANSWER = b'{"status": "ok"}'


def trivial(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 -- that is the point
    """Answer with a small constant JSON."""
    return HttpResponse(ANSWER, content_type="application/json")


urlpatterns = [path("trivial/", trivial)]
settings.configure(ALLOWED_HOSTS=["127.0.0.1"], MIDDLEWARE=[], ROOT_URLCONF=__name__, SECRET_KEY=__name__)
django.setup(set_prefix=False)
application = WSGIHandler()
