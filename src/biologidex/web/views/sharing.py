"""Links to one's cards: make one, see which there are, end them."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from biologidex.core.errors import Forbidden
from biologidex.core.throttling import spend
from biologidex.dex import services
from biologidex.dex.models import DexEntry
from biologidex.dex.selectors import links_of
from biologidex.web import names
from biologidex.web.access import PersonRequest, signed_in
from biologidex.web.forms import ShareForm
from biologidex.web.qr import qr_code

LISTED = 200  # more than one person can have open


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def share(request: PersonRequest, entry_id: UUID) -> HttpResponse:
    """Make a link to a card of one's own. Its address is in the answer, and nowhere afterwards."""
    visible = DexEntry.objects.visible_to(request.user).select_related("animal__taxon")
    entry = get_object_or_404(visible, pk=entry_id)
    if entry.owner_id != request.user.pk:
        raise Forbidden(_("Only its owner can share a card."))
    form = ShareForm(request.POST if request.method == "POST" else None)
    shown = {"entry": entry, "taxon": entry.animal.taxon, "form": form}
    if form.is_bound and form.is_valid():
        spend("share", str(request.user.pk))
        link, token = services.share(by=request.user, entry=entry, **form.cleaned_data)
        address = settings.SITE_URL + reverse("web:shared", args=[token])
        code = qr_code(address, title=_("The link as a QR code"))
        shown |= {"made": link, "address": address, "code": code, "form": ShareForm()}
    links = links_of(request.user).filter(entry=entry)[:LISTED]
    return render(request, "web/share.html", {**shown, "links": links}, status=_status(form))


def _status(form: ShareForm) -> int:
    return 400 if form.is_bound and not form.is_valid() else 200


@signed_in
@require_safe
def links(request: PersonRequest) -> HttpResponse:
    """List the links one has made, those that have ended too."""
    listed = list(links_of(request.user)[:LISTED])
    names.prepare(link.entry.animal.taxon for link in listed)
    return render(request, "web/links.html", {"links": listed})


@signed_in
@require_POST
def end(request: PersonRequest, link_id: UUID) -> HttpResponse:
    """End a link of one's own."""
    link = services.end_link(by=request.user, link_id=link_id)
    messages.success(request, _("That link leads nowhere any more."))
    if "card" in request.POST:
        return redirect("web:share", entry_id=link.entry_id)
    return redirect("web:links")
