"""What staff type: parsed here, judged by the services."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from biologidex.animals.keys import KEY_LENGTH
from biologidex.core.api import said
from biologidex.core.audit import REASON_LENGTH
from biologidex.core.errors import DomainError


def _input(kind: type[forms.Widget], **attributes: str) -> Any:
    return kind(attrs={"class": "input", **attributes})


class ReasonForm(forms.Form):
    """Why. It goes into the audit trail."""

    reason = forms.CharField(
        label=_("Why"),
        max_length=REASON_LENGTH,
        help_text=_("It is written into the audit trail, with your name."),
        widget=_input(forms.TextInput, autocomplete="off"),
    )

    def blame(self, error: DomainError) -> None:
        """Show a domain error beside its field, or above the form when no field here is to blame."""
        self.add_error(error.field if error.field in self.fields else None, said(error))

    def carried_out(self, do: Callable[[dict[str, Any]], Any]) -> bool:
        """Do what the form asks. False if it is to be shown again, saying what is wrong."""
        if not self.is_valid():
            return False
        try:
            do(self.cleaned_data)
        except DomainError as error:
            self.blame(error)
            return False
        return True


class AnimalForm(ReasonForm):
    """What an animal is called, and below what it hangs."""

    scientific_name = forms.CharField(
        label=_("Scientific name"), max_length=KEY_LENGTH, widget=_input(forms.TextInput)
    )
    common_name = forms.CharField(
        label=_("English name"), max_length=KEY_LENGTH, required=False, widget=_input(forms.TextInput)
    )
    parent = forms.CharField(
        label=_("Hangs below"),
        max_length=KEY_LENGTH,
        required=False,
        help_text=_("The scientific name of a genus, a family or another group."),
        widget=_input(forms.TextInput),
    )
    field_order = ["scientific_name", "common_name", "parent", "reason"]
