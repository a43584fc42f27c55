"""Reads along the line of descent, whole lines in one question."""

from typing import Any

from django.db import connection

from biologidex.animals.conservation import IN_TROUBLE, code_of
from biologidex.animals.models import Animal, SensitiveTaxon, Taxon

# Taxa with themselves and all above them. No tree of life is a hundred steps high: one that bites its tail ends there.
ABOVE = """
WITH RECURSIVE above(origin, id, parent_id, height) AS (
    SELECT t.id, t.id, t.parent_id, 0 FROM animals_taxon t {start}
    UNION ALL
    SELECT above.origin, t.id, t.parent_id, above.height + 1
    FROM above JOIN animals_taxon t ON t.id = above.parent_id WHERE above.height < 100
)
"""
OF_ONE, OF_ALL_ANIMALS = (
    ABOVE.format(start=start) for start in ("WHERE t.id = %s", "JOIN animals_animal a ON a.taxon_id = t.id")
)
LINE = "SELECT id FROM above WHERE height > 0 ORDER BY height"
SAID = """
SELECT above.origin, s.standing, above.height FROM above JOIN animals_sensitivetaxon s ON s.taxon_id = above.id
WHERE s.standing <> 'struck' ORDER BY above.height DESC
"""


def ancestors(taxon: Taxon) -> list[Taxon]:
    """Return the taxa above this one, the nearest first."""
    ids = [pk for (pk,) in _rows(OF_ONE + LINE, [taxon.pk])]
    taxa = Taxon.objects.in_bulk(ids)
    return [taxa[pk] for pk in ids]


def is_sensitive(taxon: Taxon, *, status: str = "") -> bool:
    """Whether others may learn only roughly where an animal of this taxon and conservation status lives.

    An exemption of the taxon itself decides. Else it is so for what is in trouble by its status, and for what is on
    the list or below something that is; an exemption nearer than the listing takes that back.
    """
    return _judged(status, _said(OF_ONE, [taxon.pk]).get(taxon.pk))


def sensitive_animals() -> set[str]:
    """Return the ids, as text, of all animals that should be marked as sensitive now."""
    said = _said(OF_ALL_ANIMALS, [])
    statuses = Animal.objects.values_list("pk", "taxon_id", "conservation_status")
    return {str(pk) for pk, taxon, status in statuses if _judged(status, said.get(taxon))}


def _said(start: str, values: list[int]) -> dict[int, tuple[str, int]]:
    """Return for each of the taxa what is said nearest above it, and how many steps above: 0 is of itself."""
    return {taxon: (standing, height) for taxon, standing, height in _rows(start + SAID, values)}


def _rows(question: str, values: list[int]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(question, values)
        return list(cursor.fetchall())


def _judged(status: str, nearest: tuple[str, int] | None) -> bool:
    if nearest == (SensitiveTaxon.Standing.EXEMPT, 0):
        return False
    listed = nearest is not None and nearest[0] == SensitiveTaxon.Standing.LISTED
    return listed or code_of(status) in IN_TROUBLE
