"""Oneself: what one tells, how pages look, the e-mail address, the password."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from biologidex.accounts import browser, services
from biologidex.accounts.models import User
from biologidex.core.throttling import address_of, spend
from biologidex.web import preferences
from biologidex.web.access import PersonRequest, signed_in
from biologidex.web.settings_forms import EmailChangeForm, PasswordForm, ProfileForm
from biologidex.web.views.settings.sections import DONE, OK, attempt, show


@signed_in
@require_safe
def overview(request: PersonRequest) -> HttpResponse:
    """List what can be set."""
    return show(request, "settings-overview")


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: PersonRequest) -> HttpResponse:
    """Change what one tells about oneself, and how pages look."""
    person = request.user
    form = ProfileForm(
        request.POST if request.method == "POST" else None,
        initial={name: getattr(person.profile, name) for name in ProfileForm.base_fields},
    )
    status = attempt(
        form,
        lambda told: services.change_account(by=person, person=person, address=address_of(request), **told),
    )
    if status == DONE:
        with override(person.profile.language or None):
            messages.success(request, _("Saved."))
        return preferences.remember(redirect("web:settings-profile"), person.profile)
    return _profile(request, form, EmailChangeForm(), status)


@signed_in
@sensitive_post_parameters("password")
@require_POST
def email(request: PersonRequest) -> HttpResponse:
    """Take another e-mail address. Where addresses are confirmed, it counts once the mail sent there is read."""
    person, former = request.user, request.user.email
    form = EmailChangeForm(request.POST)
    status = attempt(
        form,
        lambda told: services.change_account(by=person, person=person, address=address_of(request), **told),
    )
    if status != DONE:
        fresh = ProfileForm(initial={name: getattr(person.profile, name) for name in ProfileForm.base_fields})
        return _profile(request, fresh, form, status)
    wanted = form.cleaned_data["email"].strip().lower()
    if User.objects.get(pk=person.pk).email == wanted != former:
        messages.success(request, _("Saved. Your e-mail address is %(email)s now.") % {"email": wanted})
    elif wanted != former:
        messages.success(
            request,
            _("Please open the link in the mail to %(email)s: then the address counts.") % {"email": wanted},
        )
    return redirect("web:settings-profile")


@signed_in
@require_POST
def confirm_email(request: PersonRequest) -> HttpResponse:
    """Have the mail sent again by which one's address is confirmed."""
    spend("password_mail", address_of(request))
    services.ask_confirmation(email=request.user.email)
    messages.success(request, _("A mail is on its way to %(email)s.") % {"email": request.user.email})
    return redirect("web:settings-profile")


@signed_in
@sensitive_post_parameters("old_password", "password")
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: PersonRequest) -> HttpResponse:
    """Choose another password. Every other sign-in ends."""
    form = PasswordForm(request.POST if request.method == "POST" else None)
    status = attempt(
        form,
        lambda told: services.change_password(
            by=request.user,
            old=told["old_password"],
            new=told["password"],
            address=address_of(request),
            keep=browser.session_of(request),
        ),
    )
    if status == DONE:
        browser.stay(request, request.user)
        messages.success(request, _("Your new password counts. You were signed out everywhere else."))
        return redirect("web:settings-password")
    return show(request, "settings-password", {"form": form}, status=status)


def _profile(
    request: PersonRequest, form: ProfileForm, email_form: EmailChangeForm, status: int = OK
) -> HttpResponse:
    shown = {"form": form, "email_form": email_form}
    return show(request, "settings-profile", shown, status=status)
