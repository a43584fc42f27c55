"""The stream of news to an open page (core/live)."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from biologidex.accounts import browser
from biologidex.core import live
from biologidex.core.live.serving import StreamAnswer

NOT_HERE = 204  # a browser that is told so comes no more by itself, and complains of nothing
LONGEST_MARK = 32


@require_safe
def stream(request: HttpRequest) -> HttpResponseBase:
    """Tell a person's open page what is new, for some minutes. Where that is not possible, pages ask by themselves."""
    if request.user.is_authenticated:
        browser.note_seen(request)
    if not request.user.is_authenticated:  # or not any more: the sign-in may have been ended from elsewhere
        return HttpResponse(status=NOT_HERE)
    since = request.headers.get("Last-Event-ID") or request.GET.get("since", "")
    found = live.admit(request.user.pk, since=since[:LONGEST_MARK])
    return StreamAnswer(found) if found else HttpResponse(status=NOT_HERE)
