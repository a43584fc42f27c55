"""What others may know."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from biologidex.accounts import services
from biologidex.accounts.models import StaffWord
from biologidex.core.throttling import address_of, spend
from biologidex.web.access import PersonRequest, signed_in
from biologidex.web.settings_forms import PrivacyForm
from biologidex.web.views.settings.sections import DONE, attempt, show

MOST_WORDS = 50


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def privacy(request: PersonRequest) -> HttpResponse:
    """Say what a new find begins with. Cards that are there stay as they are."""
    person = request.user
    form = PrivacyForm(
        request.POST if request.method == "POST" else None,
        initial={name: getattr(person.profile, name) for name in PrivacyForm.base_fields},
    )
    status = attempt(
        form,
        lambda told: services.change_account(by=person, person=person, address=address_of(request), **told),
    )
    if status == DONE:
        messages.success(request, _("Saved. It counts for finds from now on."))
        return redirect("web:settings-privacy")
    return show(request, "settings-privacy", {"form": form}, status=status)


@signed_in
@require_POST
def new_code(request: PersonRequest) -> HttpResponse:
    """Take another friend code. Whoever knows the old one finds nobody by it."""
    spend("friend_code", str(request.user.pk))
    code = services.renew_friend_code(by=request.user)
    messages.success(request, _("Your friend code is %(code)s now.") % {"code": code})
    return redirect("web:settings-privacy")


@signed_in
@require_safe
def words(request: PersonRequest) -> HttpResponse:
    """Show what those who run the server have said to this person."""
    said = StaffWord.objects.filter(person=request.user).order_by("-created_at")[:MOST_WORDS]
    return show(request, "settings-words", {"words": said})
