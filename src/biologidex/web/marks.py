"""Where in a list somebody is: after this card. What is added at the top shifts nothing."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.db.models import Q

from biologidex.dex.models import DexEntry

FORM = "%Y%m%dT%H%M%S.%f"
NEWEST_FIRST = ("-created_at", "pk")


@dataclass(frozen=True)
class Mark:
    """The place of a card in a list that shows the newest first."""

    moment: datetime
    entry_id: UUID

    @classmethod
    def of(cls, entry: DexEntry) -> "Mark":
        """Return the place of a card."""
        return cls(entry.created_at, entry.pk)

    @classmethod
    def read(cls, text: str) -> "Mark | None":
        """Read what `str` wrote; None if it is anything else."""
        moment, _, entry_id = text.partition("~")
        try:
            return cls(datetime.strptime(moment, FORM).replace(tzinfo=UTC), UUID(entry_id))
        except ValueError:
            return None

    def __str__(self) -> str:
        return f"{self.moment.astimezone(UTC):{FORM}}~{self.entry_id}"

    @property
    def older(self) -> Q:
        """Say which cards come after this one."""
        return Q(created_at__lt=self.moment) | Q(created_at=self.moment, pk__gt=self.entry_id)

    @property
    def newer(self) -> Q:
        """Say which cards come before this one."""
        return Q(created_at__gt=self.moment) | Q(created_at=self.moment, pk__lt=self.entry_id)
