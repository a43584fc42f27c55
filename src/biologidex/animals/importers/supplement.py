"""What we write over the imported taxonomy, row by row with its reason: `animals/data/supplement.csv`.

A row for a taxon that is imported changes it: whatever is filled in stands instead. A row for a new reference adds
a taxon of our own. Three kinds of reasons:

* The backbone follows descent and has no class Reptilia: lizards and snakes are a class of their own there, turtles
  and crocodiles in none. People, field guides and most lists still say Reptilia, so it is put in, as one class over
  the three; birds stay the class Aves. Ray-finned fishes are one class, Actinopterygii, for the same reason.
* Names that the local identification answers with, and that the backbone lacks or ranks otherwise.
* English names where the sources have none for a group, or an odd one, and what people call the animals they keep.
  `fame` is added where somebody is better, or less, known than the sources show.
"""

import csv
from importlib import resources

from biologidex.animals.importers.drafts import Draft, Drafts


def rows() -> list[dict[str, str]]:
    """Return the table."""
    return list(csv.DictReader(text().splitlines()))


def text() -> str:
    """Return the file as it stands: a change in it is a new version of the taxonomy."""
    return resources.files("biologidex.animals").joinpath("data/supplement.csv").read_text(encoding="utf-8")


def apply(drafts: Drafts) -> None:
    """Write the table over the drafts. Rows about taxa that this import does not hold are passed over."""
    for row in rows():
        ref, parent = row["taxon"], row["parent"]
        if (ref.startswith("ncbi:") and ref not in drafts) or (parent and parent not in drafts):
            continue
        if ref not in drafts:
            drafts[ref] = Draft(ref, parent, row["rank"], row["scientific_name"], fame=drafts[parent].fame)
        draft = drafts[ref]
        draft.fame += float(row["fame"] or 0)
        draft.parent = parent or draft.parent
        draft.rank = row["rank"] or draft.rank
        _rename(draft, row)


def _rename(draft: Draft, row: dict[str, str]) -> None:
    if row["scientific_name"] and row["scientific_name"] != draft.scientific_name:
        draft.synonyms.append(draft.scientific_name)
        draft.scientific_name = row["scientific_name"]
    draft.synonyms += _several(row["synonyms"])
    draft.common_name = row["common_name"] or draft.common_name
    draft.english += _several(row["other_names"])


def _several(cell: str) -> list[str]:
    return [name.strip() for name in cell.split(";") if name.strip()]
