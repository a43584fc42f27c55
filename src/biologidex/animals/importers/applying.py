"""Makes taxa of staged names, from the top down, batch by batch, and notes what that changes.

What a backbone of another source has already under the same name at the same place is that same taxon: it is referred
to, not made twice. Nothing is ever taken from under a card: a name that has become a synonym points to the accepted
taxon, one that has vanished stays where anything shows it.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from biologidex.animals.importers.drafts import LINEAGE
from biologidex.animals.keys import keys_by_language
from biologidex.animals.models import (
    SearchKey,
    StagedName,
    StagedVernacular,
    Taxon,
    TaxonChange,
    TaxonName,
    TaxonomyImport,
    TaxonReference,
)
from biologidex.animals.selectors import ANIMALS
from biologidex.core.inputs import new_edition

Report = Callable[[str, int, int], None]
BATCH = 500  # what fits into one IN (...) everywhere
KINGDOM = ("Animalia", "Metazoa")
KNOWN_TO_FEW = 5_000_000  # where in a search a taxon stands of which only its name is known
COLUMNS = tuple("class_name" if rank == "class" else rank for rank in LINEAGE)
Kind = TaxonChange.Kind


def apply(run: TaxonomyImport, report: Report) -> None:
    """Make the taxonomy hold what is staged, from where an earlier attempt stopped."""
    total = run.names.count()
    done = run.names.exclude(taxon=None).count()
    for batch in _from_the_top(run):
        with transaction.atomic():
            _Batch(run, batch).write()
            new_edition(ANIMALS)
        done += len(batch)
        report("Placing taxa", done, total)
    for batch in _synonyms(run):
        with transaction.atomic():
            _write_synonyms(run, batch)
            new_edition(ANIMALS)
        done += len(batch)
        report("Placing synonyms", done, total)
    with transaction.atomic():
        _forget_vanished(run)
        new_edition(ANIMALS)


def _from_the_top(run: TaxonomyImport) -> Iterator[list[StagedName]]:
    """Give the accepted names that have no taxon yet but whose parent has one, until there is none."""
    waiting = run.names.filter(is_synonym=False, taxon=None)
    tops = waiting.filter(parent_id_there="")
    animals = run.names.filter(is_synonym=False, scientific_name__in=KINGDOM)
    roots = waiting.filter(pk__in=animals.values("pk")) if animals.exists() else tops
    while batch := list(roots.order_by("pk")[:BATCH]):
        yield batch
    placed = run.names.filter(is_synonym=False, taxon__isnull=False, is_expanded=False)
    while parents := dict(placed.order_by("pk").values_list("pk", "source_id")[:BATCH]):
        below = waiting.filter(parent_id_there__in=list(parents.values()))
        while batch := list(below.order_by("pk")[:BATCH]):
            yield batch
        run.names.filter(pk__in=list(parents)).update(is_expanded=True)


def _synonyms(run: TaxonomyImport) -> Iterator[list[StagedName]]:
    """Give the synonyms whose accepted names have their taxa."""
    waiting = run.names.filter(is_synonym=True, taxon=None).order_by("pk")
    last = 0
    while batch := list(waiting.filter(pk__gt=last)[:BATCH]):
        last = batch[-1].pk
        above = run.names.filter(source_id__in={one.parent_id_there for one in batch}, is_synonym=False)
        placed = set(above.filter(taxon__isnull=False).values_list("source_id", flat=True))
        if ready := [one for one in batch if one.parent_id_there in placed]:
            yield ready


@dataclass
class _Batch:
    """Accepted names whose parents have their taxa."""

    run: TaxonomyImport
    names: list[StagedName]
    changes: list[TaxonChange] = field(default_factory=list)
    renamed: list[Taxon] = field(default_factory=list)

    def write(self) -> None:
        """Find or make the taxon of each, and note what changed."""
        parents = self._parents()
        references = self._references()
        known = self._known()
        made: list[tuple[StagedName, Taxon]] = []
        for staged in self.names:
            parent = parents.get(staged.parent_id_there)
            if not staged.scientific_name:
                staged.taxon = parent  # what hangs on it hangs on its parent
                continue
            reference = references.get(staged.source_id)
            if reference:
                staged.taxon = reference.taxon
                self._compare(reference, staged, parent)
                continue
            staged.taxon = next((one for one in known.get(_key(staged), []) if _fits(one, parent)), None)
            if staged.taxon is None:
                made.append((staged, self._draft(staged, parent)))
        Taxon.objects.bulk_create([taxon for _, taxon in made])
        for staged, taxon in made:
            staged.taxon = taxon
        self._note_splits()
        if self.run.is_update:
            self.changes += [self._change(taxon, Kind.NEW, "", taxon.scientific_name) for _, taxon in made]
        self._refer(references)
        self._name([taxon for _, taxon in made])
        TaxonChange.objects.bulk_create(self.changes, ignore_conflicts=True)
        StagedName.objects.bulk_update(self.names, ["taxon"])

    def _parents(self) -> dict[str, Taxon | None]:
        above = {staged.parent_id_there for staged in self.names} - {""}
        rows = self.run.names.filter(source_id__in=above).select_related("taxon")
        return {row.source_id: row.taxon for row in rows}

    def _references(self) -> dict[str, TaxonReference]:
        ids = [staged.source_id for staged in self.names]
        there = TaxonReference.objects.filter(source=self.run.source, source_id__in=ids)
        return {one.source_id: one for one in there.select_related("taxon__parent")}

    def _known(self) -> dict[tuple[str, str], list[Taxon]]:
        names = {_key(staged)[0] for staged in self.names if staged.scientific_name}
        found: dict[tuple[str, str], list[Taxon]] = {}
        for taxon in Taxon.objects.filter(scientific_name__in=names, accepted=None):
            found.setdefault((taxon.scientific_name, taxon.rank), []).append(taxon)
        return found

    def _draft(self, staged: StagedName, parent: Taxon | None) -> Taxon:
        return Taxon(
            source=self.run.source,
            source_id=staged.source_id,
            parent=parent,
            rank=staged.rank,
            scientific_name=staged.scientific_name,
            **_line(staged, parent),
        )

    def _compare(self, reference: TaxonReference, staged: StagedName, parent: Taxon | None) -> None:
        """Bring a taxon that was here before to what the backbone says now, if it is this backbone's own."""
        taxon = reference.taxon
        if taxon.accepted_id:  # it had become a synonym, and is accepted again
            taxon.accepted = None
            taxon.save(update_fields=["accepted"])
        if taxon.source != self.run.source:
            return
        moved = parent is not None and taxon.parent_id != parent.pk
        if taxon.scientific_name != staged.scientific_name:
            self.changes.append(
                self._change(taxon, Kind.RENAMED, taxon.scientific_name, staged.scientific_name)
            )
        if moved and taxon.parent and parent:
            self.changes.append(
                self._change(taxon, Kind.MOVED, taxon.parent.scientific_name, parent.scientific_name)
            )
        line = {"scientific_name": staged.scientific_name, "rank": staged.rank, **_line(staged, parent)}
        if moved or any(getattr(taxon, name) != value for name, value in line.items()):
            Taxon.objects.filter(pk=taxon.pk).update(parent=parent, **line)
            for name, value in {"parent": parent, **line}.items():
                setattr(taxon, name, value)
            self.renamed.append(taxon)

    def _note_splits(self) -> None:
        """What this backbone called a synonym of something is accepted now: that something has lost a part."""
        by_name = {staged.scientific_name: staged for staged in self.names if staged.scientific_name}
        former = TaxonName.objects.filter(
            source=self.run.source, kind=TaxonName.Kind.SYNONYM, name__in=by_name
        ).select_related("taxon")
        for name in former:
            if name.taxon_id == by_name[name.name].taxon_id:
                continue
            self.changes.append(
                self._change(name.taxon, Kind.SPLIT, name.taxon.scientific_name, f"without {name.name}")
            )
            name.delete()

    def _refer(self, references: dict[str, TaxonReference]) -> None:
        new = []
        for staged in self.names:
            reference = references.get(staged.source_id)
            if reference is None and staged.taxon and staged.scientific_name:
                new.append(
                    TaxonReference(
                        taxon=staged.taxon,
                        source=self.run.source,
                        source_id=staged.source_id,
                        parent_id_there=staged.parent_id_there,
                        version=self.run.version,
                    )
                )
        TaxonReference.objects.bulk_create(new, ignore_conflicts=True)
        TaxonReference.objects.filter(pk__in=[one.pk for one in references.values()]).update(
            version=self.run.version
        )

    def _name(self, made: Sequence[Taxon]) -> None:
        """Write the names of new taxa, and the English names that this backbone has for any of them."""
        TaxonName.objects.bulk_create(
            TaxonName(taxon=taxon, name=taxon.scientific_name, kind=TaxonName.Kind.ACCEPTED) for taxon in made
        )
        taxa = {staged.source_id: staged.taxon for staged in self.names if staged.taxon}
        said: dict[int, list[str]] = {}
        for one in StagedVernacular.objects.filter(run=self.run, source_id__in=taxa).order_by("pk"):
            said.setdefault(taxa[one.source_id].pk, []).append(one.name)
        _write_vernaculars(said, {taxon.pk: taxon for taxon in taxa.values()}, self.run.source)
        _index([*made, *self.renamed, *(taxon for taxon in taxa.values() if taxon.pk in said)])

    def _change(self, taxon: Taxon, kind: str, before: str, after: str) -> TaxonChange:
        return change(self.run, taxon, kind, before, after)


def change(run: TaxonomyImport, taxon: Taxon, kind: str, before: str, after: str) -> TaxonChange:
    """Describe a change that this import makes; it is for the caller to keep it."""
    return TaxonChange(
        taxon=taxon,
        kind=kind,
        before=before[:250],
        after=after[:250],
        source=run.source,
        version=run.version,
        made_at=timezone.now(),
    )


def _key(staged: StagedName) -> tuple[str, str]:
    name = "Metazoa" if staged.scientific_name in KINGDOM else staged.scientific_name
    return name, staged.rank


def _fits(taxon: Taxon, parent: Taxon | None) -> bool:
    """Whether a taxon of this name can be the one below that parent: homonyms live in other phyla."""
    if parent is None:
        return True
    return not taxon.phylum or not parent.phylum or taxon.phylum == parent.phylum


def _line(staged: StagedName, parent: Taxon | None) -> dict[str, str]:
    line = {column: getattr(parent, column) if parent else "" for column in COLUMNS}
    if staged.rank in LINEAGE:
        here = LINEAGE.index(staged.rank)
        line |= {COLUMNS[here]: staged.scientific_name} | dict.fromkeys(COLUMNS[here + 1 :], "")
    return line


def _write_vernaculars(said: dict[int, list[str]], taxa: dict[int, Taxon], source: str) -> None:
    TaxonName.objects.filter(taxon__in=said, source=source, kind=TaxonName.Kind.VERNACULAR).delete()
    rows, shown = [], []
    for pk, names in said.items():
        rows += [
            TaxonName(taxon_id=pk, name=name, kind=TaxonName.Kind.VERNACULAR, language="en", source=source)
            for name in dict.fromkeys(names)
        ]
        if not taxa[pk].common_name:
            taxa[pk].common_name = names[0]
            shown.append(taxa[pk])
    TaxonName.objects.bulk_create(rows, ignore_conflicts=True)
    Taxon.objects.bulk_update(shown, ["common_name"])


def _index(taxa: Iterable[Taxon]) -> None:
    """Write the keys under which taxa are found anew; each stays as well known as it was."""
    by_id = {taxon.pk: taxon for taxon in taxa}
    keys = SearchKey.objects.filter(taxon__in=by_id)
    standing = dict(keys.values_list("taxon", "standing"))
    names: dict[int, list[tuple[str, str]]] = {
        pk: [(taxon.scientific_name, "")] for pk, taxon in by_id.items()
    }
    known = TaxonName.objects.filter(taxon__in=by_id).order_by("pk")
    for pk, *name in known.values_list("taxon", "name", "language"):
        names[pk].append((name[0], name[1]))
    keys.delete()
    SearchKey.objects.bulk_create(
        SearchKey(
            taxon_id=pk,
            key=key,
            place=place,
            standing=standing.get(pk) or KNOWN_TO_FEW,
            one=key[:1],
            two=key[:2],
            language=language,
        )
        for pk, said in names.items()
        for key, place, language in keys_by_language(said)
    )


def _write_synonyms(run: TaxonomyImport, batch: list[StagedName]) -> None:
    accepted = {
        row.source_id: row.taxon
        for row in run.names.filter(source_id__in={one.parent_id_there for one in batch}).select_related(
            "taxon"
        )
    }
    changes: list[TaxonChange] = []
    names: list[TaxonName] = []
    touched: dict[int, Taxon] = {}
    once = _once_accepted(run, batch)
    for staged in batch:
        taxon = staged.taxon = accepted[staged.parent_id_there]
        if taxon is None or not staged.scientific_name or staged.scientific_name == taxon.scientific_name:
            continue
        for old in _stood_for(staged, taxon, once):
            changes.append(change(run, old, Kind.SYNONYM, old.scientific_name, taxon.scientific_name))
            changes.append(
                change(run, taxon, Kind.MERGED, taxon.scientific_name, f"with {old.scientific_name}")
            )
            Taxon.objects.filter(Q(pk=old.pk) | Q(accepted=old)).update(accepted=taxon)
        names.append(
            TaxonName(
                taxon=taxon, name=staged.scientific_name, kind=TaxonName.Kind.SYNONYM, source=run.source
            )
        )
        touched[taxon.pk] = taxon
    TaxonName.objects.bulk_create(names, ignore_conflicts=True)
    _index(touched.values())
    TaxonChange.objects.bulk_create(changes, ignore_conflicts=True)
    StagedName.objects.bulk_update(batch, ["taxon"])


def _once_accepted(run: TaxonomyImport, batch: Sequence[StagedName]) -> dict[str, list[Taxon]]:
    """Return by name and by id there the taxa that stood for these names until now. Two queries."""
    found: dict[str, list[Taxon]] = {}
    names = {staged.scientific_name for staged in batch if staged.scientific_name}
    for taxon in Taxon.objects.filter(scientific_name__in=names, accepted=None):
        found.setdefault(taxon.scientific_name, []).append(taxon)
    ids = [staged.source_id for staged in batch]
    there = TaxonReference.objects.filter(source=run.source, source_id__in=ids, taxon__accepted=None)
    for reference in there.select_related("taxon"):
        found.setdefault(f"id:{reference.source_id}", []).append(reference.taxon)
    return found


def _stood_for(staged: StagedName, taxon: Taxon, found: dict[str, list[Taxon]]) -> list[Taxon]:
    """Return those of them that this synonym of a taxon once was; homonyms of other ranks and phyla were not."""
    named = [
        one
        for one in found.get(staged.scientific_name, [])
        if (one.rank, one.phylum) == (taxon.rank, taxon.phylum)
    ]
    was = {one.pk: one for one in [*named, *found.get(f"id:{staged.source_id}", [])]}
    return [one for pk, one in was.items() if pk != taxon.pk]


def _forget_vanished(run: TaxonomyImport) -> None:
    """Note what an earlier version had and this one has not. What nothing refers to goes."""
    gone = (
        TaxonReference.objects.filter(source=run.source).exclude(version=run.version).select_related("taxon")
    )
    seen = run.names.values("source_id")
    TaxonChange.objects.bulk_create(
        (
            change(run, one.taxon, Kind.VANISHED, one.taxon.scientific_name, "")
            for one in gone.exclude(source_id__in=seen)
        ),
        ignore_conflicts=True,
    )
    gone.delete()
    called = run.names.filter(is_synonym=True).values("scientific_name")
    former = TaxonName.objects.filter(source=run.source, kind=TaxonName.Kind.SYNONYM)
    former.exclude(name__in=called).delete()
