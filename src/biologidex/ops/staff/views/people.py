"""One person, as far as staff have to do with them."""

from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from biologidex.accounts import services
from biologidex.accounts.models import User
from biologidex.core import identity
from biologidex.dex.models import DexEntry
from biologidex.dex.services import show_card
from biologidex.ops.staff.access import StaffRequest, staff_only
from biologidex.ops.staff.forms import ReasonForm
from biologidex.ops.staff.pages import asked_for, deeds_to, paged, show
from biologidex.social.models import Report

DEEDS = {"suspend": services.suspend, "lift": services.lift}


@staff_only
@require_safe
def people(request: StaffRequest) -> HttpResponse:
    """Find people by the beginning of their user name or by their whole address; without a word, who is suspended."""
    text = asked_for(request)
    everybody = User.objects.filter(closed_at=None)
    found = (
        everybody.filter(Q(username__istartswith=text) | Q(email__iexact=text))
        if text
        else everybody.filter(is_active=False)
    )
    return show(request, "people", {"page": paged(request, found.order_by("username")), "q": text})


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def person(request: StaffRequest, user_id: UUID) -> HttpResponse:
    """Show somebody; suspend them, or lift that; show a card of theirs again that was hidden."""
    found = get_object_or_404(User.objects.select_related("profile"), pk=user_id)
    form, do = ReasonForm(request.POST or None), request.POST.get("do", "")
    if form.is_bound and form.carried_out(lambda told: _carry_out(request, found, do, told["reason"])):
        messages.success(request, _("Done, and written down."))
        return redirect("staff:person", user_id=user_id)
    with identity.everything():
        cards = DexEntry.objects.filter(owner=found)
        hidden = list(cards.exclude(hidden_at=None).select_related("animal__taxon").order_by("-hidden_at"))
        shown = {"cards": cards.count(), "hidden": hidden}
    shown |= {
        "person": found,
        "form": form,
        "reports": Report.objects.visible_to(request.user).filter(person=found).count(),
        "deeds": deeds_to("person", user_id),
    }
    return show(request, "person", shown, part_of="people", status=400 if form.is_bound else 200)


def _carry_out(request: StaffRequest, found: User, do: str, reason: str) -> None:
    if do in DEEDS:
        DEEDS[do](by=request.user, person=found, reason=reason)
    elif do == "show":
        show_card(by=request.user, entry_id=UUID(request.POST.get("card", "")), reason=reason)
