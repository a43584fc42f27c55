"""Which animals would be harmed if everybody knew where they live."""

from django.conf import settings
from django.db import models

from biologidex.animals.models.taxa import Taxon


class SensitiveTaxon(models.Model):
    """What somebody has said about a taxon and all that hangs below it. The nearest word above an animal counts.

    `STRUCK` says nothing. It keeps what an operator took off the list from coming back with the starting list.
    """

    class Standing(models.TextChoices):
        LISTED = "listed"
        EXEMPT = "exempt"
        STRUCK = "struck"

    taxon = models.OneToOneField(Taxon, on_delete=models.PROTECT, related_name="sensitivity")
    standing = models.CharField(max_length=6, choices=Standing.choices, default=Standing.LISTED)
    reason = models.CharField(max_length=300, blank=True)
    source = models.CharField(max_length=100)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    made_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name_plural = "sensitive taxa"
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(standing="listed", reason=""), name="sensitive_taxon_says_why"
            ),
        ]
