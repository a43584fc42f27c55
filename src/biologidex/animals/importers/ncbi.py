"""Fills the taxonomy from NCBI Taxonomy, offline: every animal with an English name or an article in Wikipedia.

That is 144 thousand of 1.4 million, with what they descend from: all that a person or a model is likely to name,
in a tenth of the room.
"""

import hashlib
import math
import re
from collections.abc import Callable
from pathlib import Path

from biologidex.animals.importers import store, supplement, vernaculars
from biologidex.animals.importers.drafts import Draft, Drafts, trace, without
from biologidex.animals.importers.package import METAZOA, Package, installed
from biologidex.animals.importers.wording import Lexicon, Titles, preferred, tidy
from biologidex.animals.keys import fold
from biologidex.animals.models import Backbone, Taxon

SOURCE = Taxon.Source.NCBI
RULES = 2  # count up when the code of this folder would make other taxa or names of the same package

TOP = f"{SOURCE}:{METAZOA}"
# Ranks that people use. Others stay only where they have an English name of their own.
FORMAL = frozenset(
    {
        *("kingdom", "superphylum", "phylum", "subphylum", "superclass", "class", "subclass", "infraclass"),
        *("superorder", "order", "suborder", "infraorder", "parvorder", "superfamily", "family", "subfamily"),
        *("tribe", "subtribe", "genus", "subgenus", "species", "subspecies"),
    }
)
# "Anser sp.", "Etheostoma cf. basilare TJN-2011": samples in a gene bank, nothing that a person could find.
SAMPLE = re.compile(r"\b(?:sp|spp|cf|aff|nr|gen|var|subsp)\.|\d|^un[dc]|incertae|\(")
FAMILIAR = frozenset({"Mammalia", "Aves"})  # who people look for first
LONGEST_ARTICLE = 1200

Report = Callable[[str, int, int], None]


def current_version() -> str:
    """Return what the taxonomy would be filled from now: the package, our own table and the rules."""
    return _version(installed()[1])


def is_current() -> bool:
    """Whether a fill would change nothing."""
    return Backbone.objects.filter(source=SOURCE, version=current_version()).exists()


def fill(*, report: Report, folder: Path | None = None, version: str = "") -> Backbone:
    """Fill or refresh the taxonomy and return what it holds now; nothing happens when it is current.

    All or nothing: an interrupted fill leaves what was there. Taxa keep their ids. `folder` and `version` stand for
    another copy of the package.
    """
    if folder is None:
        folder, version = installed()
    version = _version(version)
    current = Backbone.objects.filter(source=SOURCE, version=version).first()
    return current or store.write(
        read(Package(folder), report), source=SOURCE, version=version, report=report
    )


def _version(package: str) -> str:
    return f"{package}+{RULES}.{hashlib.sha256((supplement.text() + vernaculars.text()).encode()).hexdigest()[:12]}"


def read(package: Package, report: Report) -> list[Draft]:
    """Return the taxa that the package and our supplement make, parents first."""
    named = package.animals()
    reader = _Reader(package, named)
    drafts: Drafts = {}
    for done, taxid in enumerate(named):
        while taxid and _ref(taxid) not in drafts:
            draft = drafts[_ref(taxid)] = reader.draft(taxid)
            taxid = package.parent(taxid) if draft.parent else 0  # noqa: PLW2901 -- climbs
        if done % 5000 == 0:
            report("Reading names", done, len(named))
    report("Reading names", len(named), len(named))
    supplement.apply(drafts)
    vernaculars.apply(drafts)
    ordered = trace(without(drafts, {ref for ref, draft in drafts.items() if not _is_kept(draft)}))
    for draft in ordered:
        draft.fame += not FAMILIAR.isdisjoint(draft.lineage)
    return ordered


def _ref(taxid: int) -> str:
    return f"{SOURCE}:{taxid}"


def _is_kept(draft: Draft) -> bool:
    if not draft.ref.startswith(SOURCE) or draft.ref == TOP:
        return True
    wanted = draft.rank in FORMAL or bool(draft.common_name)
    return wanted and not SAMPLE.search(draft.scientific_name)


class _Reader:
    """Makes drafts of the package's taxa."""

    def __init__(self, package: Package, named: list[int]) -> None:
        self._package = package
        self._lexicon = Lexicon.of(
            map(package.common_names.get, named), filter(None, map(package.titles.get, named))
        )
        self._titles = Titles(self._lexicon, package.is_scientific)
        self._articles = package.article_lengths(named)

    def draft(self, taxid: int) -> Draft:
        """Return one taxon with its names."""
        package, rank = self._package, self._package.rank(taxid)
        scientific_name = package.scientific_names.get(taxid)
        common = self._common(taxid, scientific_name)
        title = self._titles.read(package.titles.get(taxid), scientific_name=scientific_name, rank=rank)
        shown = preferred(common, title.english, rank=rank)
        return Draft(
            _ref(taxid),
            "" if taxid == METAZOA else _ref(package.parent(taxid)),
            rank,
            scientific_name,
            common_name=self._lexicon.capitalised(shown),
            english=[self._lexicon.capitalised(name) for name in (common, title.english) if name],
            synonyms=[title.synonym] if title.synonym else [],
            fame=self._fame(taxid, rank, common, title.english),
        )

    def _common(self, taxid: int, scientific_name: str) -> str:
        common = tidy(self._package.common_names.get(taxid))
        return "" if fold(common) == fold(scientific_name) else common

    def _fame(self, taxid: int, rank: str, common: str, title: str) -> float:
        """Guess how well known a taxon is: named twice, described at length, early in the gene bank."""
        article = min(self._articles.get(taxid, 0), LONGEST_ARTICLE) / (LONGEST_ARTICLE / 2)
        below = 3.0 if rank == "subspecies" else 0.0
        return 2.0 * bool(common) + bool(title) - math.log2(taxid) / 2 + article - below
