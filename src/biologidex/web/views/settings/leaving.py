"""The end of an account."""

from django.contrib import auth
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from biologidex.accounts import services
from biologidex.core.throttling import address_of
from biologidex.dex.models import DexEntry
from biologidex.media.models import Photo
from biologidex.social.selectors import friends_of
from biologidex.vision.models import AnalysisJob
from biologidex.web.access import PersonRequest, signed_in
from biologidex.web.settings_forms import LeavingForm
from biologidex.web.views.settings.sections import DONE, attempt, show


@signed_in
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: PersonRequest) -> HttpResponse:
    """Say what goes, and let it go once the password was given: at once, for good."""
    person = request.user
    form = LeavingForm(request.POST if request.method == "POST" else None)
    status = attempt(
        form,
        lambda told: services.delete_account(by=person, person=person, address=address_of(request), **told),
    )
    if status == DONE:
        auth.logout(request)
        return redirect("web:farewell")
    photos = Photo.objects.filter(owner=person)
    goes = {
        "form": form,
        "cards": DexEntry.objects.filter(owner=person).count(),
        "photos": photos.count(),
        "megabytes": -(-(photos.aggregate(sum=Sum("size"))["sum"] or 0) // 1_000_000),
        "identifications": AnalysisJob.objects.filter(owner=person).count(),
        "friends": friends_of(person).count(),
    }
    return show(request, "settings-delete", goes, status=status)


@require_safe
def farewell(request: HttpRequest) -> HttpResponse:
    """Say goodbye."""
    return render(request, "web/settings/farewell.html")
