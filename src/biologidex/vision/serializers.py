"""The shape of an identification in JSON, as the existing client reads it: no key that it types is ever null."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest

from biologidex.animals.models import Animal
from biologidex.media import services as media
from biologidex.vision.models import AnalysisJob
from biologidex.vision.selectors import Outcome, Suggestion, outcomes


def _detected(one: Suggestion, known: dict[int, Animal]) -> dict[str, Any]:
    shape: dict[str, Any] = {
        "index": one.index,
        "scientific_name": one.scientific_name,
        "common_name": one.name,
        "rank": one.rank,
        "breed": one.breed,
        "confidence": round(one.probability, 4),
    }
    if one.taxon:
        shape |= {
            "taxon_id": one.taxon.pk,
            "kingdom": one.taxon.kingdom,
            "phylum": one.taxon.phylum,
            "class": one.taxon.class_name,
            "order": one.taxon.order,
            "family": one.taxon.family,
            "genus": one.taxon.genus,
            "species": one.taxon.species,
        }
        animal = known.get(one.taxon.pk)
        if animal:
            shape |= {"animal_id": str(animal.pk), "creation_index": animal.creation_index}
    return shape


def _known(outcomes: Sequence[Outcome]) -> dict[int, Animal]:
    """Return the animals among the suggestions that somebody has found before, by their taxon."""
    suggested = [one for outcome in outcomes for one in (*outcome.candidates, outcome.sure)]
    taxa = {one.taxon.pk for one in suggested if one and one.taxon}
    return {animal.taxon_id: animal for animal in Animal.objects.filter(taxon_id__in=taxa)}


def _outcome(outcome: Outcome, known: dict[int, Animal]) -> dict[str, Any]:
    shape: dict[str, Any] = {
        "verdict": outcome.verdict,
        "animal_probability": round(outcome.animal_probability, 4),
        "detected_animals": [_detected(one, known) for one in outcome.candidates],
    }
    if outcome.sure:
        shape["sure"] = _detected(outcome.sure, known)
        shape["identified_animal"] = outcome.sure.scientific_name
        shape["confidence_score"] = round(outcome.sure.probability, 4)
    return shape


def job_out(job: AnalysisJob, request: HttpRequest) -> dict[str, Any]:
    """Return the JSON of one identification; `job.photo` should be loaded."""
    return jobs_out([job], request)[0]


def jobs_out(jobs: Sequence[AnalysisJob], request: HttpRequest) -> list[dict[str, Any]]:
    """Return the JSON of identifications, with two queries however many there are."""
    done = [job for job in jobs if job.status == AnalysisJob.Status.COMPLETED]
    found = outcomes(done)
    known = _known(found)
    told = {
        job.pk: {"completed_at": job.completed_at, **_outcome(outcome, known)}
        for job, outcome in zip(done, found, strict=True)
    }
    return [_job(job, request) | told.get(job.pk, {}) for job in jobs]


def _job(job: AnalysisJob, request: HttpRequest) -> dict[str, Any]:
    picture = request.build_absolute_uri(media.address(job.photo, "full", viewer=request.user))
    return {
        "id": str(job.pk),
        "status": job.status,
        "progress": job.progress,
        "owner": str(job.owner_id),
        "image": picture,
        "dex_compatible_url": picture,
        "post_conversion_transformations": {},
        "detected_animals": [],
        "error_message": job.error_message,
        "retry_count": job.retry_count,
        "engine_version": job.engine_version,
        "created_at": job.created_at,
        "updated_at": job.updated_at,
    }
