"""Takes an operator's own backbone in: checked, read, placed; resumable at every step."""

import csv
import re
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from biologidex.animals.errors import BadArchive, OlderVersion
from biologidex.animals.importers import applying, dwca, staging
from biologidex.animals.importers.archives import Archive, Files
from biologidex.animals.importers.coldp import ColDP
from biologidex.animals.importers.staging import Report
from biologidex.animals.importers.store import confirm_known, forget_answers
from biologidex.animals.models import Backbone, Taxon, TaxonChange, TaxonName, TaxonomyImport
from biologidex.animals.services.sensitivity import reassess

SOURCE = re.compile(r"[a-z][a-z0-9-]{1,19}")
State = TaxonomyImport.State


def opened(place: Path) -> Archive:
    """Open an archive of either kind, or raise BadArchive."""
    if not place.exists():
        raise BadArchive(f"There is no {place.name} here.")
    files = Files(place)
    return dwca.DarwinCore(files) if files.find(dwca.META) else ColDP(files)


def take_in(place: Path, *, source: str, version: str, report: Report, force: bool = False) -> TaxonomyImport:
    """Import a version of a backbone. Interrupted, it goes on from there when it is called again.

    The same version again changes nothing. An older one is refused unless forced. Raises BadArchive for an archive
    that cannot be read, and forgets what it had read of it.
    """
    run = _begun(source, version, force=force)
    if run.state == State.READING:
        try:
            staging.stage(run, opened(place), report)
        except BadArchive:
            run.delete()  # nothing of it has been placed yet
            raise
        run.state = State.APPLYING
        run.save(update_fields=["state"])
    if run.state == State.APPLYING:
        applying.apply(run, report)
        _finish(run)
    return run


def _begun(source: str, version: str, *, force: bool) -> TaxonomyImport:
    if not SOURCE.fullmatch(source) or source in Taxon.Source.values:
        raise BadArchive("The source is a short name of your own in small letters, like col.", field="source")
    if not 0 < len(version) <= 80:
        raise BadArchive("The version has 1 to 80 characters.", field="version")
    known = TaxonomyImport.objects.filter(source=source, version=version).first()
    if known and (
        known.state != State.DONE or Backbone.objects.filter(source=source, version=version).exists()
    ):
        return known
    current = Backbone.objects.filter(source=source).first()
    if current and _order(version) < _order(current.version) and not force:
        raise OlderVersion(
            f"Version {current.version} of {source} is here, which is newer than {version}. Use --force to go back."
        )
    if known:
        known.delete()
    return TaxonomyImport.objects.create(source=source, version=version, is_update=current is not None)


def _order(version: str) -> list[tuple[int, str]]:
    """Compare versions as people do: 2026.10 is newer than 2026.9."""
    return [
        (int(part), "") if part.isdigit() else (-1, part)
        for part in re.findall(r"\d+|[a-z]+", version.lower())
    ]


@transaction.atomic
def _finish(run: TaxonomyImport) -> None:
    names = TaxonName.objects.filter(taxon__references__source=run.source)
    Backbone.objects.update_or_create(
        source=run.source,
        defaults={
            "version": run.version,
            "taxa": run.names.filter(is_synonym=False).exclude(taxon=None).count(),
            "names": run.names_read,
            "with_english": names.filter(kind=TaxonName.Kind.VERNACULAR).values("taxon").distinct().count(),
            "filled_at": timezone.now(),
        },
    )
    run.state, run.finished_at = State.DONE, timezone.now()
    run.save(update_fields=["state", "finished_at"])
    run.names.all().delete()
    run.vernaculars.all().delete()
    confirm_known()
    reassess()
    forget_answers()


def write_report(run: TaxonomyImport, file: Path) -> int:
    """Write what an import changed as a table. Returns how many changes there are."""
    changes = TaxonChange.objects.filter(source=run.source, version=run.version).order_by(
        "kind", "before", "after"
    )
    rows = changes.values_list("kind", "before", "after", "taxon_id", "made_at")
    with file.open("w", newline="", encoding="utf-8") as out:
        table = csv.writer(out)
        table.writerow(["change", "before", "after", "taxon", "made_at"])
        table.writerows(rows.iterator())
    return changes.count()
