"""Copies an archive into tables, batch by batch. What is there already is not read into them again."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import TypeVar

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet

from biologidex.animals.errors import BadArchive
from biologidex.animals.importers.archives import Archive, Usage
from biologidex.animals.keys import KEY_LENGTH
from biologidex.animals.models import StagedName, StagedVernacular, TaxonomyImport
from biologidex.animals.nomenclature import canonical

T = TypeVar("T")
Report = Callable[[str, int, int], None]
BATCH = 2000
LONGEST_ID = 200


def stage(run: TaxonomyImport, archive: Archive, report: Report) -> None:
    """Copy the archive, from where an earlier attempt stopped."""
    for batch in _batches(islice(archive.usages(), run.names_read, None), BATCH):
        with transaction.atomic():
            _keep(run, batch)
            run.names_read += len(batch)
            run.save(update_fields=["names_read"])
        report("Reading names", run.names_read, 0)
    for pairs in _batches(islice(archive.vernaculars(), run.vernaculars_read, None), BATCH):
        with transaction.atomic():
            StagedVernacular.objects.bulk_create(
                StagedVernacular(run=run, source_id=taxon, name=" ".join(name.split()))
                for taxon, name in pairs
                if 0 < len(name) <= KEY_LENGTH and name.isprintable()
            )
            run.vernaculars_read += len(pairs)
            run.save(update_fields=["vernaculars_read"])
        report("Reading English names", run.vernaculars_read, 0)
    _check(run)


def _keep(run: TaxonomyImport, batch: list[Usage]) -> None:
    for usage in batch:
        if not usage.id or len(usage.id) > LONGEST_ID or not usage.id.isprintable():
            raise BadArchive(f"Line {usage.line}: the column with the id is empty, or no id can be so long.")
    try:
        with transaction.atomic():
            StagedName.objects.bulk_create([_staged(run, usage) for usage in batch])
    except IntegrityError as error:
        ids = [usage.id for usage in batch]
        known = set(StagedName.objects.filter(run=run, source_id__in=ids).values_list("source_id", flat=True))
        twice = next(
            usage for place, usage in enumerate(batch) if usage.id in known or usage.id in ids[:place]
        )
        raise BadArchive(f"Line {twice.line}: the id {twice.id} has been used before.") from error


def _staged(run: TaxonomyImport, usage: Usage) -> StagedName:
    name = canonical(usage.name, usage.authorship)
    return StagedName(
        run=run,
        line=usage.line,
        source_id=usage.id,
        parent_id_there="" if usage.parent == usage.id else usage.parent[:LONGEST_ID],
        rank=usage.rank[:30] or "unranked",
        scientific_name=name if len(name) <= KEY_LENGTH else "",
        is_synonym=usage.is_synonym,
    )


def dangling(run: TaxonomyImport) -> QuerySet[StagedName]:
    """Return the rows whose parent or accepted name is not in the archive."""
    above = StagedName.objects.filter(run=run, source_id=OuterRef("parent_id_there"))
    return run.names.exclude(parent_id_there="").filter(~Exists(above))


def _check(run: TaxonomyImport) -> None:
    lost = dangling(run).order_by("line").first()
    if lost is not None:
        raise BadArchive(
            f"Line {lost.line}: {lost.scientific_name or lost.source_id} hangs on the id {lost.parent_id_there}, "
            "which is not in the archive."
        )
    if not run.names.filter(is_synonym=False).exists():
        raise BadArchive("There is no accepted name in this archive.")


def _batches(things: Iterable[T], size: int) -> Iterator[list[T]]:
    walk = iter(things)
    while batch := list(islice(walk, size)):
        yield batch
