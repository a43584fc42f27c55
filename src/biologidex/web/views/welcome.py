"""The first page, and what a phone asks before it installs us."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from biologidex.web import touch_icon as bitmap


@require_safe
def welcome(request: HttpRequest) -> HttpResponse:
    """Say what this is; people who know it go straight to their dex."""
    if request.user.is_authenticated:
        return redirect(settings.LOGIN_REDIRECT_URL)
    return render(request, "web/welcome.html")


@require_safe
@cache_control(max_age=3600, public=True)
def manifest(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Let a phone put us among its apps."""
    icon = {"src": static("web/icon.svg"), "sizes": "any", "type": "image/svg+xml"}
    described = {
        "name": "BiologiDex",
        "short_name": "BiologiDex",
        "description": "Photograph an animal, find out what it is, keep its card.",
        "id": "/",
        "start_url": "/dex/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#f3ecdb",
        "theme_color": "#24483a",
        "icons": [{**icon, "purpose": "any"}, {**icon, "purpose": "maskable"}],
        "shortcuts": [{"name": "Photograph an animal", "url": "/capture/"}],
    }
    return JsonResponse(described, content_type="application/manifest+json")


@require_safe
@cache_control(max_age=86400, public=True)
def touch_icon(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Give our mark to the home screens that take no drawing."""
    return HttpResponse(bitmap.touch_icon(), content_type="image/png")
