"""Writes a finished tree of drafts into the database, all or nothing."""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from biologidex.animals.importers.drafts import Draft
from biologidex.animals.keys import KEY_LENGTH, keys_by_language
from biologidex.animals.models import (
    MADE_BY_PLAYERS,
    Animal,
    Backbone,
    SearchKey,
    Taxon,
    TaxonName,
    TaxonReference,
)
from biologidex.animals.selectors import ANIMALS, TAXONOMY
from biologidex.core.caching import next_generation
from biologidex.core.inputs import new_edition

Report = Callable[[str, int, int], None]
T = TypeVar("T")

BATCH = 5000
FEW = 500  # what fits into one IN (...) everywhere
CONTENT = (
    *("parent_id", "rank", "scientific_name", "common_name"),
    *("kingdom", "phylum", "class_name", "order", "family", "genus", "species"),
)
NAME = ("taxon_id", "name", "kind", "language", "source")
KEY = ("taxon_id", "key", "place", "standing", "one", "two", "language")


@transaction.atomic
def write(drafts: list[Draft], *, source: str, version: str, report: Report) -> Backbone:
    """Make the database hold these taxa and their names, and record the version. Drafts come parents first.

    Taxa that were there keep their ids. Taxa that are gone stay if anything refers to them, with their names.
    Of two that write at once the second waits, finds its work done and does nothing.
    """
    empty = {"version": "", "taxa": 0, "names": 0, "with_english": 0, "filled_at": timezone.now()}
    backbone, _ = Backbone.objects.select_for_update().get_or_create(source=source, defaults=empty)
    if backbone.version != version:
        backbone.version = version
        backbone.taxa = len(drafts)
        backbone.names = _replace(drafts, report)
        backbone.with_english = sum(bool(draft.common_name) for draft in drafts)
        backbone.filled_at = timezone.now()
        backbone.save()
        confirm_known()
        forget_answers()
    return backbone


def confirm_known() -> int:
    """Mark the animals as verified that a backbone knows by now. Returns how many were not yet."""
    known_there = TaxonReference.objects.filter(taxon=OuterRef("taxon"))
    of_players = Q(taxon__source=Taxon.Source.BIOLOGIDEX, taxon__source_id__startswith=MADE_BY_PLAYERS)
    unsure = Animal.objects.filter(~of_players | Exists(known_there), verified=False)
    return Animal.objects.filter(pk__in=list(unsure.values_list("pk", flat=True))).update(verified=True)


def forget_answers() -> None:
    """Let nobody be told any more what was kept before the names changed. Called at the end of the transaction."""
    new_edition(ANIMALS)
    transaction.on_commit(lambda: next_generation(TAXONOMY))


def _replace(drafts: list[Draft], report: Report) -> int:
    _keep_others_out()
    known = _known(drafts)
    ids = _numbered(drafts, known)
    _write_taxa(drafts, ids, known, report)
    _forget_names([pk for ref, pk in known.items() if ref in ids])
    _remove_unused({pk for ref, pk in known.items() if ref not in ids})
    names = _write_names(drafts, ids, report)
    _settle()
    return names


def _keep_others_out() -> None:
    """Let nobody else add a taxon meanwhile: we give the ids ourselves. On SQLite a writer is alone anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {Taxon._meta.db_table} IN SHARE ROW EXCLUSIVE MODE")


def _known(drafts: list[Draft]) -> dict[str, int]:
    """Return the ids of the taxa that are there and ours to change: not what other backbones or players brought.

    What a player named first and the backbone now has too is taken over, number, cards and all.
    """
    ours = Taxon.objects.filter(source__in=(Taxon.Source.NCBI, Taxon.Source.BIOLOGIDEX)).exclude(
        source_id__startswith=MADE_BY_PLAYERS
    )
    known = {f"{kind}:{number}": pk for pk, kind, number in ours.values_list("pk", "source", "source_id")}
    named = {(draft.scientific_name, draft.rank): draft.ref for draft in drafts if draft.ref not in known}
    made = Taxon.objects.filter(source=Taxon.Source.BIOLOGIDEX, source_id__startswith=MADE_BY_PLAYERS)
    for taxon in made:
        if ref := named.get((taxon.scientific_name, taxon.rank)):
            known[ref] = taxon.pk
            source, number = ref.split(":", 1)
            Taxon.objects.filter(pk=taxon.pk).update(source=source, source_id=number)
    return known


def _numbered(drafts: list[Draft], known: dict[str, int]) -> dict[str, int]:
    free = (Taxon.objects.aggregate(last=models.Max("pk"))["last"] or 0) + 1
    ids = {}
    for draft in drafts:
        ids[draft.ref] = known.get(draft.ref) or free
        free += draft.ref not in known
    return ids


def _write_taxa(drafts: list[Draft], ids: dict[str, int], known: dict[str, int], report: Report) -> None:
    def content(draft: Draft) -> tuple[Any, ...]:
        return (ids.get(draft.parent), draft.rank, draft.scientific_name, draft.common_name, *draft.lineage)

    new = [draft for draft in drafts if draft.ref not in known]
    rows = ((ids[draft.ref], *draft.ref.split(":", 1), *content(draft)) for draft in new)
    _insert(Taxon, ("id", "source", "source_id", *CONTENT), rows, len(new), report, "Writing taxa")
    if known:
        before = {pk: row for pk, *row in Taxon.objects.values_list("pk", *CONTENT).iterator()}
        changed = [
            (*content(draft), ids[draft.ref])
            for draft in drafts
            if draft.ref in known and content(draft) != tuple(before[ids[draft.ref]])
        ]
        _update(changed)


def _write_names(drafts: list[Draft], ids: dict[str, int], report: Report) -> int:
    names = [(ids[draft.ref], *name, "") for draft in drafts for name in names_of(draft)]
    _insert(TaxonName, NAME, iter(names), len(names), report, "Writing names")
    imported: dict[int, list[tuple[str, str]]] = {}
    others = TaxonName.objects.exclude(source="").values_list("taxon_id", "name", "language")
    for taxon, name, language in others.iterator():
        imported.setdefault(taxon, []).append((name, language))
    best_first = sorted(drafts, key=lambda draft: -draft.fame)
    keys = (
        (ids[draft.ref], key, int(place), standing, key[:1], key[:2], language)
        for standing, draft in enumerate(best_first, start=1)
        for key, place, language in keys_by_language(
            [*((name, language) for name, _, language in names_of(draft)), *imported.get(ids[draft.ref], ())]
        )
    )
    _insert(SearchKey, KEY, keys, 2 * len(names), report, "Writing the search index")
    return len(names)


def names_of(draft: Draft) -> list[tuple[str, str, str]]:
    """Return all names of a taxon once: text, kind and language."""
    kind = TaxonName.Kind
    names = {(draft.scientific_name, kind.ACCEPTED, ""): None}
    names |= dict.fromkeys((name, kind.SYNONYM, "") for name in draft.synonyms)
    names |= dict.fromkeys((name[:KEY_LENGTH], kind.VERNACULAR, "en") for name in draft.vernaculars())
    for language, foreign in draft.foreign.items():
        names |= dict.fromkeys((name[:KEY_LENGTH], kind.VERNACULAR, language) for name in foreign)
    return [(name, kind.value, language) for name, kind, language in names]


def _insert(
    model: type[models.Model],
    columns: Sequence[str],
    rows: Iterator[tuple[Any, ...]],
    total: int,
    report: Report,
    what: str,
) -> None:
    quoted = ", ".join(connection.ops.quote_name(column) for column in columns)
    table = f"{connection.ops.quote_name(model._meta.db_table)} ({quoted})"
    insert = WRITERS.get(connection.vendor, _one_by_one)
    done = 0
    with connection.cursor() as cursor:
        while batch := list(islice(rows, BATCH)):
            insert(cursor, table, batch)
            done += len(batch)
            report(what, done, max(done + 1, total))
    report(what, done, done)  # the total was a guess


def _one_by_one(cursor: Any, table: str, rows: list[tuple[Any, ...]]) -> None:
    holes = ", ".join(["%s"] * len(rows[0]))
    cursor.executemany(f"INSERT INTO {table} VALUES ({holes})", rows)  # noqa: S608 -- our own names


def _copied(cursor: Any, table: str, rows: list[tuple[Any, ...]]) -> None:
    with connection.wrap_database_errors, cursor.copy(f"COPY {table} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


# What is fastest for 700,000 rows: over a connection, PostgreSQL takes an INSERT for each twenty times as slowly.
WRITERS = {"sqlite": _one_by_one, "postgresql": _copied}


def _update(rows: list[tuple[Any, ...]]) -> None:
    changes = ", ".join(f"{connection.ops.quote_name(column)} = %s" for column in CONTENT)
    with connection.cursor() as cursor:
        for batch in _batches(rows, BATCH):
            cursor.executemany(
                f"UPDATE {Taxon._meta.db_table} SET {changes} WHERE id = %s",  # noqa: S608 -- our own names
                batch,
            )


def _forget_names(taxa: list[int]) -> None:
    """Forget what these taxa's own source calls them. Names that other backbones gave stay, to be indexed anew."""
    for batch in _batches(taxa, FEW):
        TaxonName.objects.filter(taxon_id__in=batch, source="")._raw_delete("default")
        SearchKey.objects.filter(taxon_id__in=batch)._raw_delete("default")


def _remove_unused(gone: set[int]) -> None:
    """Delete taxa that are in no source any more, but for those that something refers to and what they hang on."""
    above = dict(Taxon.objects.filter(pk__in=[]).values_list("pk", "parent_id"))
    for batch in _batches(sorted(gone), FEW):
        above |= dict(Taxon.objects.filter(pk__in=batch).values_list("pk", "parent_id"))
    spared: set[int | None] = set()
    for used in _referred_to(sorted(gone)):
        pk: int | None = used
        while pk in gone and pk not in spared:
            spared.add(pk)
            pk = above[pk]
    unused = sorted(gone - spared)
    _forget_names(unused)
    for batch in _batches(unused, FEW):
        Taxon.objects.filter(pk__in=batch)._raw_delete("default")


def _referred_to(taxa: list[int]) -> Iterator[int]:
    """Give those of the taxa that something points to: a table outside the taxonomy, or a taxon that stays."""
    going = set(taxa)
    for relation in Taxon._meta.related_objects:
        model, column = relation.related_model, relation.field.attname
        if model in {TaxonName, SearchKey}:
            continue
        for batch in _batches(taxa, FEW):
            pointing = model._default_manager.filter(**{f"{column}__in": batch}).values_list("pk", column)
            yield from (taxon for pk, taxon in pointing if model is not Taxon or pk not in going)


def _settle() -> None:
    """Let the database go on counting after the ids we gave, and know how the new rows are spread."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [Taxon, TaxonName, SearchKey]):
            cursor.execute(statement)
        for model in (Taxon, TaxonName, SearchKey):
            cursor.execute(f"ANALYZE {model._meta.db_table}")


def _batches(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    return (items[start : start + size] for start in range(0, len(items), size))
