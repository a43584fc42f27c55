"""Choosing the language of the pages, from the foot of any of them."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from biologidex.accounts import services
from biologidex.accounts.models import User
from biologidex.core.throttling import address_of
from biologidex.web import preferences


@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Speak another language from now on, and return to the page. Whoever is signed in hears it on every device."""
    back, language = request.POST.get("next", ""), request.POST.get("language", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        back = "/"
    answer = redirect(back)
    if language in dict(settings.LANGUAGES):
        if isinstance(request.user, User):
            services.change_account(
                by=request.user, person=request.user, address=address_of(request), language=language
            )
        preferences.remember_language(answer, language)
    return answer
