"""Who a page is for."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from biologidex.accounts import browser
from biologidex.accounts.models import User
from biologidex.core import live

View = Callable[..., HttpResponseBase]


class PersonRequest(HttpRequest):
    """A request of somebody who is signed in."""

    user: User
    htmx: HtmxDetails


def wants_json(request: HttpRequest) -> bool:
    """Whether the caller is a script of ours that reads JSON, not a browser that opens a page."""
    accepted = request.headers.get("Accept", "")
    return "application/json" in accepted and "text/html" not in accepted


def signed_in(view: View) -> View:
    """Send people who are not signed in to do so and back again, however their browser asks."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            browser.note_seen(request)
        if request.user.is_authenticated:  # still: the sign-in may have been ended from elsewhere
            request.is_of_person = True  # type: ignore[attr-defined]  # pages of faults ask, as that costs no query
            if request.method == "GET" and not getattr(request, "htmx", None):
                # Before the view reads anything: what changes from now on, the open page is told.
                request.live_since = live.version(request.user.pk)  # type: ignore[attr-defined]
            answer = view(request, *args, **kwargs)
            patch_cache_control(answer, private=True, no_cache=True)
            return answer
        if wants_json(request):
            return JsonResponse({"detail": _("You have been signed out. Sign in and try again.")}, status=401)
        if getattr(request, "htmx", None):
            # A redirect would put the sign-in page into a corner of this one.
            return HttpResponseClientRedirect(resolve_url("web:sign-in"))
        return redirect_to_login(request.get_full_path())

    return guarded
