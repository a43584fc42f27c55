"""What makes an app of the pages: what a phone asks before it installs us, and the service worker."""

import hashlib
import json

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render, resolve_url
from django.templatetags.static import static
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from biologidex.web import static_files
from biologidex.web import touch_icon as bitmap

PAINTED = {"any": bitmap.icon, "maskable": bitmap.maskable_icon}
WORKER = """import {{ start }} from "{worker}";
start({told});
"""


@require_safe
@cache_control(max_age=3600, public=True)
def manifest(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Let a phone put us among its apps, and among those that photos are shared with."""
    described = {
        "name": "BiologiDex",
        "short_name": "BiologiDex",
        "description": _("Photograph an animal, find out what it is, keep its card."),
        "id": "/",
        "start_url": resolve_url("web:dex"),
        "scope": "/",
        "display": "standalone",
        "background_color": "#f3ecdb",
        "theme_color": "#24483a",
        "categories": ["education", "lifestyle", "photo"],
        "icons": _icons(),
        "shortcuts": [
            {"name": _("Photograph an animal"), "url": resolve_url("web:capture")},
            {"name": _("Your dex"), "url": resolve_url("web:dex")},
        ],
        "share_target": {
            "action": resolve_url("web:share-target"),
            "method": "POST",
            "enctype": "multipart/form-data",
            "params": {"files": [{"name": "image", "accept": ["image/*"]}]},
        },
    }
    return JsonResponse(described, content_type="application/manifest+json")


def _icons() -> list[dict[str, str]]:
    drawing = {"src": static("web/icon.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"}
    painted = [
        {
            "src": resolve_url("web:icon", purpose=purpose, size=size),
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": purpose,
        }
        for purpose in PAINTED
        for size in bitmap.SIZES
    ]
    return [*painted, drawing]


@require_safe
@cache_control(max_age=86400, public=True)
def touch_icon(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Give our mark to the home screens that take no drawing."""
    return HttpResponse(bitmap.touch_icon(), content_type="image/png")


@require_safe
@cache_control(max_age=86400, public=True)
def icon(request: HttpRequest, purpose: str, size: int) -> HttpResponse:  # noqa: ARG001
    """Give our mark in one of the sizes that the manifest names."""
    if purpose not in PAINTED or size not in bitmap.SIZES:
        raise Http404
    return HttpResponse(PAINTED[purpose](size), content_type="image/png")


@require_safe
@cache_control(no_cache=True)
def service_worker(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Give the worker. Its text changes with every file that pages are drawn with, so browsers notice a new version."""
    files = static_files.needed_by_pages()
    told = {
        "version": hashlib.sha256("\n".join(files).encode()).hexdigest()[:12],
        "static": static_files.static_root(),
        "offline": resolve_url("web:offline"),
        "files": files,
    }
    script = WORKER.format(worker=static("web/js/worker/worker.js"), told=json.dumps(told))
    answer = HttpResponse(script, content_type="text/javascript; charset=utf-8")
    answer["Service-Worker-Allowed"] = "/"
    return answer


@require_safe
@cache_control(max_age=3600, public=True)
def offline(request: HttpRequest) -> HttpResponse:
    """Stand in for a page that cannot be had. It is the same for everybody, and tells nothing about anybody."""
    return render(request, "web/offline.html")
