"""Every write about animals."""

from biologidex.animals.services.confirming import confirm
from biologidex.animals.services.conservation import Heard, Told, set_status, set_statuses
from biologidex.animals.services.editing import mend, refuse_merging, retire, verify
from biologidex.animals.services.found import animal_for, found_or_numbered
from biologidex.animals.services.names import Named, lookup_or_create
from biologidex.animals.services.sensitivity import (
    Effect,
    decide,
    effect_of,
    exempt,
    fill_sensitive,
    list_as_sensitive,
    reassess,
    strike,
)

__all__ = [
    "Effect",
    "Heard",
    "Named",
    "Told",
    "animal_for",
    "confirm",
    "decide",
    "effect_of",
    "exempt",
    "fill_sensitive",
    "found_or_numbered",
    "list_as_sensitive",
    "lookup_or_create",
    "mend",
    "reassess",
    "refuse_merging",
    "retire",
    "set_status",
    "set_statuses",
    "strike",
    "verify",
]
