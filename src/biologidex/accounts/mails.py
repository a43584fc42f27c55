"""The mails that people get from us: plain text, one link each."""

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils.http import urlsafe_base64_encode

from biologidex.accounts.models import StaffWord, User
from biologidex.accounts.services.emails import Claim

RESET = """Hello {name},

somebody, most likely you, wants a new password for your BiologiDex account. Open this page to choose one:

{link}

The link works once, for {minutes} minutes. If it was not you, there is nothing to do: your password stays as it is.
"""
CONFIRM = """Hello {name},

please confirm that this is your e-mail address, by opening this page within three days:

{link}

If you do not know what this is about, somebody has mistyped their own address. There is nothing to do.
"""
ALREADY = """Hello,

somebody, most likely you, wanted to use this e-mail address for a BiologiDex account. There is one with it already.
If you have forgotten its password, choose a new one:

{link}

If it was not you, there is nothing to do: your account stays as it is.
"""
CHANGED = """Hello {name},

your BiologiDex account has another e-mail address now. If it was not you who changed it, please tell whoever runs
{site}.
"""
WORD = """Hello {name},

those who run {site} have a word for you:

{words}

You find it there as well: {link}
"""


def send_reset(user: User) -> None:
    """Send the link to a new password."""
    uid = urlsafe_base64_encode(user.pk.bytes)
    link = _page("web:new-password", uid, default_token_generator.make_token(user))
    text = RESET.format(name=user.username, link=link, minutes=settings.PASSWORD_RESET_TIMEOUT // 60)
    _send("A new password for BiologiDex", text, to=user.email)


def send_confirmation(user: User, *, to: str, asked_by: str) -> None:
    """Send the link that confirms an address."""
    link = _page("web:confirm-email", Claim(str(user.pk), to, asked_by).token)
    _send("Please confirm your e-mail address", CONFIRM.format(name=user.username, link=link), to=to)


def send_already(*, to: str) -> None:
    """Tell the owner of an address that somebody wanted it for another account."""
    _send("Your BiologiDex account", ALREADY.format(link=_page("web:forgot-password")), to=to)


def send_email_changed(user: User, *, to: str) -> None:
    """Tell the former address that it was replaced."""
    text = CHANGED.format(name=user.username, site=settings.SITE_URL)
    _send("Your e-mail address was changed", text, to=to)


def send_staff_word(word: StaffWord) -> None:
    """Tell somebody what those who run the server have to say to them."""
    told = {"name": word.person.username, "site": settings.SITE_URL, "words": word.words}
    text = WORD.format(**told, link=_page("web:settings-words"))
    _send("A word from those who run BiologiDex", text, to=word.person.email)


def _page(name: str, *arguments: str) -> str:
    return f"{settings.SITE_URL}{reverse(name, args=arguments)}"


def _send(subject: str, text: str, *, to: str) -> None:
    EmailMessage(subject, text, to=[to]).send()
