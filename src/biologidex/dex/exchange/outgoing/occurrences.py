"""One card as a Darwin Core occurrence. It tells what anybody may know, and nothing else."""

import math
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from biologidex.animals.models import Taxon
from biologidex.core import clock
from biologidex.dex.exchange.outgoing.licences import address_of
from biologidex.dex.models import DexEntry, EntryPhoto
from biologidex.dex.privacy import CELL, ToldPlace, place_for
from biologidex.vision.models import AnalysisJob

NCBI = "https://www.ncbi.nlm.nih.gov/taxonomy/"
KINGDOMS = {"Metazoa": "Animalia"}  # NCBI's word, and everybody else's
CELLS = f"Coordinates are the centre of a cell of {CELL} by {CELL} degrees; the uncertainty covers the whole cell."


@dataclass(frozen=True)
class Names:
    """How the person and the collection are called in the archive."""

    person: str
    dataset: str


def occurrence_id(entry_id: UUID) -> str:
    """Return the name of the record for ever: it holds no address, so a server may move."""
    return entry_id.urn


def is_public(entry: DexEntry) -> bool:
    """Whether anybody may see the card."""
    return entry.visibility == DexEntry.Visibility.PUBLIC


def occurrence(entry: DexEntry, names: Names) -> dict[str, str]:
    """Return the values by their terms; a term that is not there is blank."""
    place = _place(entry)
    return {
        "occurrenceID": occurrence_id(entry.pk),
        "basisOfRecord": "HumanObservation",
        "occurrenceStatus": "present",
        "modified": _moment(entry.updated_at),
        "datasetName": names.dataset,
        "catalogNumber": str(entry.animal.creation_index),
        "references": _site(reverse("api:entry", args=[entry.pk])) if is_public(entry) else "",
        "license": address_of(entry.license),
        "rightsHolder": names.person,
        "accessRights": "" if entry.license else "All rights reserved.",
        "informationWithheld": _withheld(entry, place),
        "recordedBy": names.person,
        "occurrenceRemarks": entry.notes if is_public(entry) else "",
        "degreeOfEstablishment": "captive" if entry.establishment == DexEntry.Establishment.CAPTIVE else "",
        "eventDate": entry.catch_date.isoformat() if entry.catch_date else "",
        **_where(entry, place),
        "identifiedBy": names.person,
        "dateIdentified": _moment(entry.identified_at),
        "identificationVerificationStatus": "confirmed by the observer",
        "identificationRemarks": _remarks(entry),
        "verbatimIdentification": entry.verbatim_identification,
        **_lineage(entry.animal.taxon),
    }


def multimedia(shown: EntryPhoto, entry: DexEntry, names: Names) -> dict[str, str]:
    """Return a picture of a public card by its lasting address (see `api.PublishedPicture`)."""
    return {
        "type": "StillImage",
        "format": "image/jpeg",
        "identifier": _site(reverse("api:published-picture", args=[shown.pk])),
        "references": _site(reverse("api:entry", args=[entry.pk])),
        "created": shown.photo.taken_local[:10],
        "creator": names.person,
        "publisher": "BiologiDex",
        "license": address_of(entry.license),
        "rightsHolder": names.person,
    }


def _site(path: str) -> str:
    return f"{settings.SITE_URL}{path}"


def _moment(at: datetime) -> str:
    return clock.stamp(at.astimezone(UTC))


def _place(entry: DexEntry) -> ToldPlace | None:
    """Return what anybody is told of the place; of a card that is shown to nobody that is nothing."""
    return None if entry.visibility == DexEntry.Visibility.PRIVATE else place_for(entry, None)


def _withheld(entry: DexEntry, place: ToldPlace | None) -> str:
    said = []
    if entry.latitude is not None or entry.place_name:
        whose = "because this animal is sensitive" if entry.animal.is_sensitive else "at the observer's wish"
        if place is None:
            said.append(f"The place is withheld {whose}.")
        elif place.is_generalised:
            said.append(f"The exact place is withheld {whose}.")
    if not is_public(entry) and (entry.notes or entry.photos.all()):
        said.append("Notes and photos are not public.")
    return " ".join(said)


def _where(entry: DexEntry, place: ToldPlace | None) -> dict[str, str]:
    if place is None:
        return {}
    if place.latitude is None or place.longitude is None:
        return {"verbatimLocality": place.place_name}
    return {
        "verbatimLocality": place.place_name,
        "decimalLatitude": repr(place.latitude),
        "decimalLongitude": repr(place.longitude),
        "coordinateUncertaintyInMeters": str(math.ceil(place.accuracy_m or 0) or ""),  # 0 is no radius
        "geodeticDatum": "EPSG:4326",
        "dataGeneralizations": CELLS if place.is_generalised else "",
        # The minute tells where somebody was to whoever saw them pass: it goes with an exact place only.
        "eventTime": "" if place.is_generalised else _time(entry),
    }


def _time(entry: DexEntry) -> str:
    """Return the time of day of the find, if a photo of that day tells it."""
    for shown in entry.photos.all():
        taken = shown.photo.taken_at_local
        if taken and taken.date() == entry.catch_date:
            return taken.time().isoformat("seconds") + _offset(shown.photo.utc_offset_minutes)
    return ""


def _offset(minutes: int | None) -> str:
    if minutes is None:
        return ""
    hours, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else '+'}{hours:02}:{rest:02}"


def _remarks(entry: DexEntry) -> str:
    """Say what a program had suggested, how sure it was, and that a person decided."""
    jobs = (shown.job for shown in entry.photos.all())
    job = next((job for job in jobs if job and job.engine_version), None)
    if job is None:
        return ""
    suggested = _suggested(job)
    agreed = [one for one in suggested if one.get("taxon_id") == entry.animal.taxon_id]
    if agreed:
        share = agreed[0]["probability"]
        return f"Suggested by {job.engine_version} with probability {share:.2f}, confirmed by the observer."
    if suggested:
        best = f"{suggested[0]['scientific_name']} with probability {suggested[0]['probability']:.2f}"
        return f"Named by the observer; {job.engine_version} had suggested {best}."
    return f"Named by the observer; {job.engine_version} had no suggestion."


def _suggested(job: AnalysisJob) -> "list[dict[str, object]]":
    sure = job.answer.get("taxon")
    return [*job.answer.get("candidates", []), *([sure] if sure else [])]


def _lineage(taxon: Taxon) -> dict[str, str]:
    is_ncbi = taxon.source == Taxon.Source.NCBI
    return {
        "taxonID": f"{NCBI}{taxon.source_id}" if is_ncbi else f"biologidex:{taxon.source_id}",
        "scientificName": taxon.scientific_name,
        "taxonRank": taxon.rank,
        "vernacularName": taxon.common_name,
        "nameAccordingTo": taxon.source_name,
        "nomenclaturalCode": "ICZN",
        "kingdom": KINGDOMS.get(taxon.kingdom, taxon.kingdom),
        "phylum": taxon.phylum,
        "class": taxon.class_name,
        "order": taxon.order,
        "family": taxon.family,
        "genus": taxon.genus,
    }
