"""What animals are called in the languages of the pages, English apart: `animals/data/vernaculars.csv`.

The backbone has English names only. The table has everything that the local identification answers with, and animals
and groups that people know; several names of one animal are parted by semicolons, the usual one first.
"""

import csv
from importlib import resources

from biologidex.animals.importers.drafts import Drafts

LANGUAGES = ("de", "es", "fr", "pt")  # ISO 639-1


def rows() -> list[dict[str, str]]:
    """Return the table: a scientific name and the names in each language."""
    return list(csv.DictReader(text().splitlines()))


def text() -> str:
    """Return the file as it stands: a change in it is a new version of the taxonomy."""
    return resources.files("biologidex.animals").joinpath("data/vernaculars.csv").read_text(encoding="utf-8")


def apply(drafts: Drafts) -> None:
    """Give the drafts their names. Of several taxa with one scientific name (Python is a genus and a subgenus) the
    one of a main rank is meant, then the best known.
    """
    by_worth = sorted(drafts.values(), key=lambda draft: (not draft.rank.startswith("sub"), draft.fame))
    best = {draft.scientific_name: draft for draft in by_worth}
    for row in rows():
        draft = best.get(row["scientific_name"])
        if draft:
            draft.foreign = {language: several(row[language]) for language in LANGUAGES}


def several(cell: str) -> list[str]:
    """Return the names in a cell.

    >>> several("Wolf; Grauwolf")
    ['Wolf', 'Grauwolf']
    """
    return [name.strip() for name in cell.split(";") if name.strip()]
