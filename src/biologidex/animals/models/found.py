"""The animals that somebody has found, and their numbers."""

import uuid

from django.conf import settings
from django.db import models

from biologidex.animals.models.taxa import Taxon


class DexNumber(models.Model):
    """The last number given to an animal. One row, locked by whoever takes the next one."""

    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="dex_number_is_one_row")]


class ConservationStatus(models.Model):
    """How threatened a taxon is and who says so, whether or not somebody has found one yet."""

    taxon = models.OneToOneField(
        Taxon, on_delete=models.CASCADE, primary_key=True, related_name="conservation"
    )
    status = models.CharField(max_length=2)  # a Red List code
    source = models.CharField(max_length=100)
    set_at = models.DateTimeField()


class Animal(models.Model):
    """A taxon that somebody has found: from then on it has a number in everybody's dex."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    taxon = models.OneToOneField(Taxon, on_delete=models.PROTECT, related_name="animal")
    creation_index = models.PositiveIntegerField(unique=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    verified = models.BooleanField(default=False)  # a backbone knows it, or an operator has confirmed it
    # That of its taxon (`ConservationStatus`); blank where nobody has told it.
    conservation_status = models.CharField(max_length=40, blank=True)
    conservation_source = models.CharField(max_length=100, blank=True)
    # Kept by services.sensitivity: whether others see only roughly where it lives.
    is_sensitive = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(creation_index__gte=1), name="animal_number_from_1"),
            models.CheckConstraint(
                condition=models.Q(conservation_status="") | ~models.Q(conservation_source=""),
                name="animal_status_names_its_source",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.creation_index} {self.taxon_id}"
