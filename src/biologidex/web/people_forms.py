"""What people type about other people."""

import re

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from biologidex.social.models import NotificationSettings, Report
from biologidex.social.models.reports import WORDS_LENGTH
from biologidex.web.forms import TOO_LONG, DomainForm, _input

LINK = re.compile(r"/friends/add/([^/?#\s]+)")


class CodeForm(DomainForm):
    """Somebody's friend code, typed or pasted, also as the link that holds it."""

    code = forms.CharField(
        label=_("Friend code or link"),
        max_length=300,
        widget=_input(
            forms.TextInput,
            autocomplete="off",
            autocapitalize="characters",
            spellcheck="false",
            enterkeyhint="send",
        ),
        error_messages={"required": _("Please type the code that your friend gave you.")},
    )

    def clean_code(self) -> str:
        """Return the code alone, without what people put between its letters."""
        told = str(self.cleaned_data["code"])
        if found := LINK.search(told):
            told = found[1]
        code = re.sub(r"[\s-]", "", told).upper()
        if not (code.isascii() and code.isalnum()):
            raise forms.ValidationError(_now("A friend code has eight letters and digits, like K7M2QX4P."))
        return code


class ReportForm(DomainForm):
    """What is wrong with a card or a person."""

    reason = forms.ChoiceField(
        label=_("What is wrong?"),
        choices=Report.Reason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose what is wrong.")},
    )
    words = forms.CharField(
        label=_("In your own words"),
        required=False,
        max_length=WORDS_LENGTH,
        widget=_input(forms.Textarea, rows="4"),
        error_messages={"max_length": TOO_LONG},
    )


class DigestForm(DomainForm):
    """How often somebody wants mail."""

    digest = forms.ChoiceField(choices=NotificationSettings.Digest.choices, widget=forms.RadioSelect)
