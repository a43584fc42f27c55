"""What one is told, and what one wants to be told."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from biologidex.core.throttling import address_of as sender_of
from biologidex.core.throttling import spend
from biologidex.dex.selectors import notices_for
from biologidex.social import services
from biologidex.social.models import Notification
from biologidex.social.selectors import digest_of, settings_of
from biologidex.web.access import PersonRequest, signed_in
from biologidex.web.people_forms import DigestForm
from biologidex.web.told import address_of, tell

ROWS = 30
# What those who run the server have to say is heard by everybody.
MUTABLE = [(kind, label) for kind, label in Notification.Kind.choices if kind != Notification.Kind.STAFF_WORD]
GAME = {Notification.Kind.FIRST_FIND, Notification.Kind.BADGE}


@signed_in
@require_safe
def notifications(request: PersonRequest) -> HttpResponse:
    """List what one was told, the newest first."""
    told = notices_for(request.user).select_related("actor")
    page = Paginator(told, ROWS).get_page(request.GET.get("page"))
    shown = {
        "page": page,
        "told": tell(list(page.object_list), to=request.user),
        "has_unread": told.unread().exists(),
    }
    return render(request, "web/notifications.html", shown)


@signed_in
@require_safe
def bell(request: PersonRequest) -> HttpResponse:
    """Return the bell with the number of what is new, for a page that stays open."""
    return render(request, "web/_bell.html")


@signed_in
@require_safe
def follow(request: PersonRequest, notification_id: int) -> HttpResponse:
    """Go where a notification leads; it is read then."""
    found = get_object_or_404(notices_for(request.user), pk=notification_id)
    if found.kind == Notification.Kind.REACTION:  # those of other friends were told in the same sentence
        services.mark_read(by=request.user, subject=found.subject)
    else:
        services.mark_read(by=request.user, ids=[found.pk])
    return redirect(address_of(found))


@signed_in
@require_POST
def mark_read(request: PersonRequest) -> HttpResponse:
    """Note that one has read everything."""
    services.mark_read(by=request.user)
    return redirect("web:notifications")


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: PersonRequest) -> HttpResponse:
    """Choose what one is told here, and how often by mail."""
    chosen = settings_of(request.user)
    digest = digest_of(request.user, chosen) if request.user.email_confirmed else chosen.digest or "off"
    form = DigestForm(request.POST if request.method == "POST" else None, initial={"digest": digest})
    if form.is_bound and form.is_valid():
        heard = set(request.POST.getlist("kinds"))
        muted = [kind for kind, _label in MUTABLE if kind not in heard]
        services.choose(by=request.user, muted=muted, digest=form.cleaned_data["digest"])
        messages.success(request, _("Saved."))
        return redirect("web:notification-settings")
    shown = {
        "form": form,
        "kinds": [(kind, label, kind not in chosen.muted) for kind, label in MUTABLE],
    }
    return render(request, "web/notification_settings.html", shown, status=400 if form.is_bound else 200)


@never_cache
@csrf_exempt  # mail programs press this button for a person who is signed in nowhere; the link says who it is
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """End the mails with the link from one of them. It takes a press: programs open links to look at them."""
    spend("log_in", sender_of(request))
    if request.method != "POST":
        return render(request, "web/unsubscribe.html", {"token": token})
    services.unsubscribe(token=token)
    return render(request, "web/unsubscribe.html", {"is_done": True})
