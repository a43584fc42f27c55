"""Confirming that an animal which only a player has named is one."""

from django.db import transaction

from biologidex.animals.models import Animal
from biologidex.animals.selectors import ANIMALS
from biologidex.core.inputs import new_edition


@transaction.atomic
def confirm(*, animal: Animal, is_confirmed: bool = True) -> None:
    """Mark an animal as verified, or no longer: what is not is in no list that everybody is shown."""
    animal.verified = is_confirmed
    animal.save(update_fields=["verified", "updated_at"])
    new_edition(ANIMALS)
