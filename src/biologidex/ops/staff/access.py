"""Who these pages are for."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import patch_cache_control

from biologidex.accounts import browser
from biologidex.accounts.models import User

View = Callable[..., HttpResponseBase]


class StaffRequest(HttpRequest):
    """A request of somebody who runs this server."""

    user: User


def staff_only(view: View) -> View:
    """Answer everybody else as if there were nothing at this address."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            browser.note_seen(request)
        if not (request.user.is_authenticated and request.user.is_staff):
            raise Http404
        answer = view(request, *args, **kwargs)
        patch_cache_control(answer, private=True, no_store=True)
        return answer

    return guarded
