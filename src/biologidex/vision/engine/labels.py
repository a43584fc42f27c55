"""What the 398 animal classes of ImageNet mean in today's taxonomy: the reader of `labels.csv`.

The networks answer with a class number; `labels.csv` says which taxon that is. Names were set by hand and
checked against NCBI Taxonomy (394 of 398 at the stated rank, release 2024-09), UniProt and the IOC bird list.
A class whose training pictures mix several taxa stands at the rank they share ("hedgehogs" were filed under
porcupine, so that class only says Mammalia). `living` is 0 for the two fossils, which are never an answer.
`breed` is filled for dogs only: the cat classes are mostly coat patterns.
"""

import csv
import hashlib
from dataclasses import dataclass
from functools import cache
from importlib import resources

RANKS = ("phylum", "class", "order", "family", "genus", "species", "subspecies")
DOG = "Canis lupus familiaris"
_TABLE = resources.files("biologidex.vision.engine").joinpath("labels.csv")


@dataclass(frozen=True)
class Label:
    """One class of the networks. `lineage` maps a rank to the name there; ranks it cannot tell are missing."""

    index: int
    common_name: str
    rank: str
    scientific_name: str
    lineage: dict[str, str]
    breed: str
    ncbi_taxid: int | None
    living: bool


@cache
def labels() -> tuple[Label, ...]:
    """Return all labels in the order of their class numbers."""
    lines = _TABLE.read_text(encoding="utf-8").splitlines()
    return tuple(_label(row) for row in csv.DictReader(lines))


@cache
def digest() -> str:
    """Return the sha256 of the table: the same digits, the same meanings."""
    return hashlib.sha256(_TABLE.read_bytes()).hexdigest()


def _label(row: dict[str, str]) -> Label:
    return Label(
        index=int(row["index"]),
        common_name=row["common_name"],
        rank=row["rank"],
        scientific_name=row["scientific_name"],
        lineage=_lineage(row),
        breed=row["breed"],
        ncbi_taxid=int(row["ncbi_taxid"]) if row["ncbi_taxid"] else None,
        living=row["living"] == "1",
    )


def _lineage(row: dict[str, str]) -> dict[str, str]:
    """Return the names above and at the label.

    A dog is left out of the species Canis lupus: to people that name means the wolf, and a picture that may
    show either must not be called one. Both still meet in the genus Canis.
    """
    lineage = {rank: row[rank] for rank in RANKS if row.get(rank)}
    if row["rank"] == "subspecies":
        lineage["subspecies"] = row["scientific_name"]
    if row["scientific_name"] == DOG:
        del lineage["species"]
    return lineage
