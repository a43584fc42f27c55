"""eBird's CSV files: the life list, and the download of all one's observations (MyEBirdData)."""

import re
from dataclasses import replace

from biologidex.dex.details import Details
from biologidex.dex.exchange.incoming import values
from biologidex.dex.exchange.incoming.rows import Find, Row, Unclear
from biologidex.dex.models import DexEntry
from biologidex.media.places import Place

LONGEST_NAME = 200
COLUMNS = {"notes": "observation details", "place_name": "location", "catch_date": "date"}
GROUP = re.compile(r"\s*[(\[].*[)\]]\s*$| group$")  # "Columba livia (Feral Pigeon)"
NOT_ONE = re.compile(r"\bsp\.|/| x |\bhybrid\b|\bspuh\b|\bslash\b", re.IGNORECASE)


def is_ebird(headings: list[str]) -> bool:
    """Whether these are the headings of either file, as it is now or was some years ago."""
    seen = set(headings)
    return (
        {"date", "location"} <= seen
        and bool({"subid", "submission id"} & seen)
        and bool({"common name", "species"} & seen)
    )


def find(row: Row, usual: Details) -> Find:
    """Return one line. The life list has no coordinates, and neither file says who may know the place."""
    common, _, scientific = row.text("species").partition(" - ")  # of older life lists
    scientific, common = row.text("scientific name") or scientific, row.text("common name") or common
    if NOT_ONE.search(f"{scientific} {common} {row.text('category')}"):
        raise Unclear(
            f"“{common or scientific}” is not one kind of animal. Choose one by hand if you know it.",
            column="common name",
        )
    remarks: list[str] = []
    place = Place.given(
        values.number(row, "latitude"), values.number(row, "longitude"), source=DexEntry.PlaceSource.PERSON
    )
    details = replace(usual, license="").saying(
        catch_date=values.day(row, "date"),
        place=place,
        place_name=values.cut(row.text("location"), "place_name", "Location", remarks),
        notes=values.cut(row.text("observation details"), "notes", "Observation Details", remarks),
    )
    list_id = row.text("submission id", "subid")
    return Find(
        line=row.line,
        source=f"ebird:{list_id}:{scientific or common}" if list_id else f"ebird:{row.digest}",
        details=details,
        scientific_name=GROUP.sub("", scientific),
        common_name=GROUP.sub("", common),
        verbatim=(scientific or common)[:LONGEST_NAME],
        remarks=tuple(remarks),
    )
