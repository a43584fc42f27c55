"""Signing up, in and out."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from biologidex.accounts import browser, services
from biologidex.accounts.models import User
from biologidex.core.api import status_of
from biologidex.core.errors import DomainError
from biologidex.core.throttling import address_of, spend
from biologidex.web import preferences
from biologidex.web.forms import SignInForm, SignUpForm

UNAUTHORIZED, FORBIDDEN = 401, 403


def _next(request: HttpRequest) -> str:
    """Return where the person was going, if that is one of our own pages."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if ours else ""


def _after(request: HttpRequest) -> HttpResponse:
    return redirect(_next(request) or resolve_url(settings.LOGIN_REDIRECT_URL))


def _welcome(request: HttpRequest, user: User) -> HttpResponse:
    """Let a new person in, or ask them to read the mail first that we have just sent."""
    if settings.EMAIL_VERIFICATION and not user.email_confirmed:
        messages.success(
            request,
            _("Welcome, %(name)s. Please open the link in the mail we sent you.") % {"name": user.username},
        )
        return redirect("web:sign-in")
    browser.enter(request, user)
    messages.success(
        request, _("Welcome, %(name)s. Your dex is ready for its first animal.") % {"name": user.username}
    )
    return _after(request)


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up(request: HttpRequest) -> HttpResponse:
    """Make an account and sign in with it."""
    if request.user.is_authenticated:
        return _after(request)
    form = SignUpForm(request.POST or None)
    status = 200
    if form.is_bound and form.is_valid():
        try:
            spend("sign_up", address_of(request))
            user = services.sign_up(**form.cleaned_data, address=address_of(request))
        except DomainError as error:
            form.blame(error)
            status = status_of(error)
        else:
            return _welcome(request, user)
    elif form.is_bound:
        status = 400
    return render(request, "web/sign_up.html", {"form": form, "next": _next(request)}, status=status)


def _may_wait_for_mail(status: int) -> bool:
    """Whether somebody who was not let in may have to open the link in a mail first."""
    return settings.EMAIL_VERIFICATION and status in {UNAUTHORIZED, FORBIDDEN}


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in."""
    if request.user.is_authenticated:
        return _after(request)
    form = SignInForm(request.POST or None)
    status = 200
    if form.is_bound and form.is_valid():
        try:
            spend("log_in", address_of(request))
            user = services.sign_in(**form.cleaned_data, address=address_of(request))
        except DomainError as error:
            form.blame(error)
            status = status_of(error)
        else:
            browser.enter(request, user)
            return preferences.remember(_after(request), user.profile)
    elif form.is_bound:
        status = 400
    shown = {"form": form, "next": _next(request), "unconfirmed": _may_wait_for_mail(status)}
    return render(request, "web/sign_in.html", shown, status=status)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Sign out."""
    browser.leave(request)
    return redirect(settings.LOGOUT_REDIRECT_URL)
