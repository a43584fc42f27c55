"""Who looks at one's photos, and what it costs."""

from django.conf import settings
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from biologidex.vision.spending import spent_by
from biologidex.web.access import PersonRequest, signed_in
from biologidex.web.views.settings.sections import show


@signed_in
@require_safe
def identification(request: PersonRequest) -> HttpResponse:
    """Tell who identifies here, what of a photo leaves this server, and what was spent on this person's photos."""
    spent, calls = spent_by(request.user)
    share = settings.VISION_BUDGET_PERSON
    shown = {
        "others": [name for name in settings.VISION_PROVIDERS if name != "local"],
        "is_local": "local" in settings.VISION_PROVIDERS,
        "spent": spent,
        "calls": calls,
        "share": share,
        "left": max(share - spent, 0) if share else None,
    }
    return show(request, "settings-identification", shown)
