"""Where one is signed in."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from biologidex.accounts import browser, services
from biologidex.accounts.models import Session
from biologidex.web.access import PersonRequest, signed_in
from biologidex.web.views.settings.sections import show

MOST = 100


@signed_in
@require_safe
def devices(request: PersonRequest) -> HttpResponse:
    """List the sign-ins that are under way, the one in use last first."""
    sessions = Session.objects.filter(user=request.user).order_by("-seen_at", "pk")[:MOST]
    return show(request, "settings-devices", {"sessions": sessions, "current": browser.session_of(request)})


@signed_in
@require_POST
def end(request: PersonRequest, session_id: UUID) -> HttpResponse:
    """End one sign-in of one's own. That it has ended already is no error."""
    if str(session_id) == browser.session_of(request):
        browser.leave(request)
        return redirect("web:sign-in")
    services.end_session(by=request.user, session_id=session_id)
    messages.success(request, _("Signed out there."))
    return redirect("web:settings-devices")


@signed_in
@require_POST
def end_others(request: PersonRequest) -> HttpResponse:
    """End every sign-in but this one."""
    services.end_all_sessions(of=request.user, but=browser.session_of(request))
    messages.success(request, _("Signed out everywhere else."))
    return redirect("web:settings-devices")
