"""iNaturalist's CSV files: the export of observations, and the eight columns in which they can be sent there."""

from dataclasses import replace

from biologidex.dex.details import Details
from biologidex.dex.exchange import sentences
from biologidex.dex.exchange.incoming import values
from biologidex.dex.exchange.incoming.rows import BadRow, Find, Row
from biologidex.dex.models import DexEntry
from biologidex.media.places import Place

# From the most careful. What several say together is what the most careful says.
CAREFUL = (DexEntry.Geoprivacy.PRIVATE, DexEntry.Geoprivacy.OBSCURED, DexEntry.Geoprivacy.OPEN)
License = DexEntry.License
LICENSES = {
    "CC0": License.CC0,
    "CC-BY": License.BY,
    "CC-BY-NC": License.BY_NC,
    "CC-BY-SA": License.BY_SA,
    "CC-BY-ND": License.BY_ND,
    "CC-BY-NC-SA": License.BY_NC_SA,
    "CC-BY-NC-ND": License.BY_NC_ND,
}
EXPORT_COLUMNS = {
    "notes": "description",
    "place_name": "place_guess",
    "catch_date": "observed_on",
    "accuracy_m": "positional_accuracy",
}
UPLOAD_COLUMNS = {"notes": "description", "place_name": "place name", "catch_date": "date observed"}
UPLOAD = ("name", "date", "description", "place", "latitude", "longitude", "tags", "geoprivacy")


def is_export(headings: list[str]) -> bool:
    """Whether these are the headings of an export. People choose its columns; these two tell an observation."""
    return "observed_on" in headings and bool({"scientific_name", "species_guess"} & set(headings))


def is_upload(headings: list[str]) -> bool:
    """Whether these are the headings of the form for sending. Its columns count by their order, not their names."""
    return (
        len(headings) >= len(UPLOAD)
        and headings[0].replace("_", " ") in {"taxon name", "species guess"}
        and headings[4].startswith("latitude")
        and headings[5].startswith("longitude")
    )


def export_find(row: Row, usual: Details) -> Find:
    """Return one observation of an export. The true place of a hidden one is in it only if it is one's own."""
    remarks: list[str] = []
    is_hidden = bool(row.text("private_latitude", "private_longitude"))
    captive = values.flag(row, "captive_cultivated")
    establishments = {True: DexEntry.Establishment.CAPTIVE, False: DexEntry.Establishment.WILD, None: ""}
    given = LICENSES.get(row.text("license").upper())
    details = replace(usual, license="").saying(
        **({"license": given} if given else {}),
        geoprivacy=_geoprivacy(row, usual, is_hidden=is_hidden),
        establishment=establishments[captive],
        catch_date=values.day(row, "observed_on"),
        place=_private_place(row) if is_hidden else _public_place(row),
        place_name=values.cut(
            row.text("private_place_guess", "place_guess"), "place_name", "place_guess", remarks
        ),
        notes=values.cut(row.text("description"), "notes", "description", remarks),
    )
    number = row.text("uuid") or row.text("id") or row.text("url").rpartition("/")[2]
    return Find(
        line=row.line,
        source=f"inaturalist:{number or row.digest}",
        details=details,
        scientific_name=row.text("scientific_name"),
        common_name=row.text("common_name", "species_guess"),
        remarks=tuple(remarks),
    )


def _geoprivacy(row: Row, usual: Details, *, is_hidden: bool) -> str:
    """Return how carefully the place is to be told: as the observer and the site together have decided."""
    told = [said for name in ("geoprivacy", "taxon_geoprivacy") if (said := row.text(name).lower())]
    for said in told:
        if said not in DexEntry.Geoprivacy.values:
            raise BadRow(sentences.NO_GEOPRIVACY % {"told": said[:40]}, column="geoprivacy")
    if is_hidden or values.flag(row, "coordinates_obscured"):
        told.append(DexEntry.Geoprivacy.OBSCURED)
    return min(told, key=[str(one) for one in CAREFUL].index, default=usual.geoprivacy)


def _private_place(row: Row) -> Place | None:
    return _place(row, "private_latitude", "private_longitude", values.number(row, "positional_accuracy"))


def _public_place(row: Row) -> Place | None:
    """Return the place as everybody sees it there; of an obscured one the uncertainty is that of the obscuring."""
    public = values.number(row, "public_positional_accuracy")
    accuracy = public if public is not None else values.number(row, "positional_accuracy")
    return _place(row, "latitude", "longitude", accuracy)


def _place(row: Row, latitude: str, longitude: str, accuracy: float | None) -> Place | None:
    source = DexEntry.PlaceSource.PERSON
    return Place.given(values.number(row, latitude), values.number(row, longitude), accuracy, source=source)


def upload_find(row: Row, usual: Details) -> Find:
    """Return one line of the form for sending."""
    ordered = dict(zip(UPLOAD, row.cells.values(), strict=False))
    headings = dict(zip(UPLOAD, row.headings.values(), strict=False))
    line, remarks = Row(row.line, ordered, headings), list[str]()
    said = line.text("geoprivacy").lower()
    if said not in {"", *DexEntry.Geoprivacy.values}:
        raise BadRow(sentences.NO_GEOPRIVACY % {"told": said[:40]}, column=headings["geoprivacy"])
    details = replace(usual, license="").saying(
        geoprivacy=said or usual.geoprivacy,
        catch_date=values.day(line, "date"),
        place=_place(line, "latitude", "longitude", None),
        place_name=values.cut(line.text("place"), "place_name", headings["place"], remarks),
        notes=values.cut(line.text("description"), "notes", headings["description"], remarks),
    )
    return Find(
        line=row.line,
        source=f"inaturalist:{row.digest}",
        details=details,
        scientific_name=line.text("name"),
        common_name=line.text("name"),
        remarks=tuple(remarks),
    )
