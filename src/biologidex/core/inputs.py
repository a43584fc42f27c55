"""What a kept answer was made of: versions that change with the things themselves, in the same transaction."""

import functools
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.contrib.auth import get_user_model
from django.db.models import Subquery
from django.db.models.expressions import Combinable

from biologidex.core.models import Edition
from biologidex.core.prepared import HOLE, Prepared, Row


def new_edition(*names: str) -> None:
    """Say that things which everybody shares have changed. Best at a transaction's end: others wait for it.

    Its mark is drawn, not counted, because a count would come again after a transaction that was rolled back.
    """
    marked = [Edition(name=name) for name in sorted(names)]
    Edition.objects.bulk_create(marked, update_conflicts=True, unique_fields=["name"], update_fields=["mark"])


@dataclass(frozen=True, eq=False)
class Inputs:
    """What answers of one kind are made of: things of the person who asks, and things that everybody shares.

    `person` has expressions over the person's row, of versions and not of contents; `shared` names editions. If they
    are `confidential`, they change with things that the person may not know of, and no ETag may be made of them.
    """

    shared: tuple[str, ...] = ()
    person: Mapping[str, Combinable] = field(default_factory=dict)
    confidential: bool = False

    @functools.cached_property
    def columns(self) -> dict[str, Combinable]:
        """Return all of them as expressions over the person's row."""
        editions = {name: Subquery(Edition.objects.filter(name=name).values("mark")) for name in self.shared}
        return {f"input_{name}": column for name, column in {**self.person, **editions}.items()}

    @functools.cached_property
    def _of_person(self) -> Prepared:
        people = get_user_model()._default_manager.filter(pk=HOLE)
        return Prepared(lambda: people.annotate(**self.columns).values_list(*self.columns))

    @functools.cached_property
    def _of_all(self) -> Prepared:
        return Prepared(lambda: Edition.objects.filter(name__in=self.shared).order_by("name").values_list())

    def now(self, person_id: uuid.UUID | None) -> tuple[Row, ...]:
        """Ask the database what they are now, for a person, or for anybody if they are of nobody in particular."""
        return self._of_person.all(person_id) if person_id else self._of_all.all()
