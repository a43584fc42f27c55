"""A card behind a link, for whoever has the link: no account, nothing to follow back, nothing kept."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from biologidex.core.throttling import address_of, spend
from biologidex.dex.errors import LinkEnded, NoSuchLink
from biologidex.dex.selectors import shared_card
from biologidex.web.locator import locate


@require_safe
def shared(request: HttpRequest, token: str) -> HttpResponse:
    """Show the card, or say in plain words that the link leads nowhere, or nowhere any more."""
    spend("shared", address_of(request))
    try:
        card = shared_card(token)
    except LinkEnded:
        answer = _nothing(
            request, 410, _("This link has ended"), _("Ask whoever sent it to you for a new one.")
        )
    except NoSuchLink:
        told = _("It may be cut short, or the card behind it is gone.")
        answer = _nothing(request, 404, _("This link leads nowhere"), told)
    else:
        preview = card.photos and settings.SITE_URL + reverse("shared-picture", args=[token, 1, "card"])
        address = settings.SITE_URL + reverse("web:shared", args=[token])
        shown = {
            "card": card,
            "taxon": card.taxon,
            "token": token,
            "preview": preview,
            "address": address,
            "map": locate([(card.place, "")]) if card.place else None,
        }
        answer = render(request, "web/shared.html", shown)
    return _private(answer)


def _nothing(request: HttpRequest, status: int, title: str, message: str) -> HttpResponse:
    return render(
        request, "web/fault.html", {"status": status, "title": title, "message": message}, status=status
    )


def _private(answer: HttpResponse) -> HttpResponse:
    """Keep the address, which lets people in, from search engines, from other sites and from what others keep."""
    answer["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    answer["Referrer-Policy"] = (
        "same-origin"  # with none at all, forms of ours would be taken for another site's
    )
    answer["Cache-Control"] = "private, no-store"
    return answer
