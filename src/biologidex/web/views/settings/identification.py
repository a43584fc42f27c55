"""Who looks at one's photos, and what it costs."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from biologidex.vision import services
from biologidex.vision.spending import spent_by
from biologidex.web.access import PersonRequest, signed_in
from biologidex.web.forms import ProvidersForm
from biologidex.web.views.settings.sections import DONE, attempt, show


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def identification(request: PersonRequest) -> HttpResponse:
    """Choose who may look at one's photos besides this server, and see what was spent on them."""
    person, choices = request.user, services.choices_for(request.user)
    form = ProvidersForm(request.POST if request.method == "POST" else None, choices=choices)
    status = attempt(form, lambda told: services.choose_providers(by=person, allowed=told["providers"]))
    if status == DONE:
        messages.success(request, _("Saved. It counts from the next photo on."))
        return redirect("web:settings-identification")
    (spent, calls), share = spent_by(person), settings.VISION_BUDGET_PERSON
    shown = {
        "form": form,
        "providers": choices,
        "spent": spent,
        "calls": calls,
        "share": share,
        "left": max(share - spent, 0) if share else None,
    }
    return show(request, "settings-identification", shown, status=status)
