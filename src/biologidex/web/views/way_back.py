"""The way back into an account by e-mail, and the pages that our mails lead to. They work without scripts."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from biologidex.accounts import services
from biologidex.core.api import status_of
from biologidex.core.errors import DomainError
from biologidex.core.throttling import address_of, spend
from biologidex.web.forms import EmailForm, NewPasswordForm


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def forgot_password(request: HttpRequest) -> HttpResponse:
    """Ask for a link to a new password. The page never tells whether anybody has this address."""
    return _ask(request, services.ask_reset, "web/forgot_password.html")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_again(request: HttpRequest) -> HttpResponse:
    """Ask for another mail by which an address is confirmed."""
    return _ask(request, services.ask_confirmation, "web/confirm_again.html")


def _ask(request: HttpRequest, ask: Callable[..., None], template: str) -> HttpResponse:
    form, status = EmailForm(request.POST or None), 200
    if form.is_bound and form.is_valid():
        try:
            spend("password_mail", address_of(request))
            ask(email=form.cleaned_data["email"])
        except DomainError as error:
            form.blame(error)
            status = status_of(error)
        else:
            return render(request, "web/mail_sent.html", {"email": form.cleaned_data["email"]})
    elif form.is_bound:
        status = 400
    return render(request, template, {"form": form}, status=status)


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def new_password(request: HttpRequest, uid: str, token: str) -> HttpResponse:
    """Choose a new password, with the link from a mail."""
    form, status = NewPasswordForm(request.POST or None), 200
    if form.is_bound and form.is_valid():
        try:
            spend("log_in", address_of(request))
            services.reset_password(uid=uid, token=token, **form.cleaned_data, address=address_of(request))
        except DomainError as error:
            form.blame(error)
            status = status_of(error)
        else:
            messages.success(request, _("Your new password counts. Sign in with it."))
            return redirect("web:sign-in")
    elif form.is_bound:
        status = 400
    shown = {"form": form, "works": services.reset_works(uid=uid, token=token)}
    return render(request, "web/new_password.html", shown, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_email(request: HttpRequest, token: str) -> HttpResponse:
    """Confirm an address, with the link from a mail. It takes a press: programs open links to look at them."""
    if request.method == "POST":
        spend("log_in", address_of(request))
        services.confirm_email(token=token)
        messages.success(request, _("Thank you. Your e-mail address is confirmed."))
        return redirect("web:dex" if request.user.is_authenticated else "web:sign-in")
    return render(request, "web/confirm_email.html")
