"""The shape of an identification in JSON, as the existing client reads it: no key that it types is ever null."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from rest_framework import serializers

from biologidex.animals.models import Animal
from biologidex.animals.serializers import AnimalOut
from biologidex.core.serializers import Text, WholeNumber
from biologidex.media import services as media
from biologidex.media.developed import DEX
from biologidex.media.framing import Framing
from biologidex.vision.consent import Choice
from biologidex.vision.models import AnalysisJob
from biologidex.vision.selectors import Outcome, Suggestion, outcomes


class JobIn(serializers.Serializer[Any]):
    """What is to be identified: a new photo, a conversion, or a photo that is here already, framed or as it is."""

    image = serializers.FileField(
        required=False, allow_empty_file=True, help_text="a photo, as multipart file"
    )
    conversion_id = serializers.UUIDField(required=False, help_text="what images/convert/ answered")
    photo = serializers.UUIDField(required=False, help_text="one of one's own photos")
    post_conversion_transformations = serializers.JSONField(
        required=False, help_text='like {"rotation": 90}; absolute, so that repeating it turns nothing twice'
    )
    crop = serializers.JSONField(
        required=False,
        help_text="x, y, width and height in shares of the upright picture, of the animal that is meant",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse to guess which photo is meant."""
        if len({"image", "conversion_id", "photo"} & attrs.keys()) != 1:
            raise serializers.ValidationError(
                {"image": "Send the photo as a file in the multipart field `image`, or a `conversion_id`."}
            )
        return attrs


class SelectIn(serializers.Serializer[Any]):
    """Which of the detected animals it is, counted from 0."""

    animal_index = WholeNumber()


class RetryIn(serializers.Serializer[Any]):
    """How the photo is to be framed this time."""

    transformations = serializers.JSONField(required=False)


class SuggestionOut(serializers.Serializer[Any]):
    """An animal that the photo may show. `animal_id` and `creation_index` are there once it has a number."""

    index = serializers.IntegerField(help_text="its number as a candidate; -1 is the sure answer")
    scientific_name = serializers.CharField()
    common_name = serializers.CharField(allow_blank=True)
    rank = serializers.CharField()
    breed = serializers.CharField(allow_blank=True)
    confidence = serializers.FloatField(min_value=0, max_value=1)
    taxon_id = serializers.IntegerField(required=False)
    source_taxon_id = serializers.CharField(required=False)
    kingdom = serializers.CharField(required=False, allow_blank=True)
    phylum = serializers.CharField(required=False, allow_blank=True)
    order = serializers.CharField(required=False, allow_blank=True)
    family = serializers.CharField(required=False, allow_blank=True)
    genus = serializers.CharField(required=False, allow_blank=True)
    species = serializers.CharField(required=False, allow_blank=True)
    animal_id = serializers.UUIDField(required=False)
    creation_index = serializers.IntegerField(required=False, min_value=1)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Add the one whose name is a word of Python."""
        return {**super().get_fields(), "class": serializers.CharField(required=False, allow_blank=True)}


class JobOut(serializers.Serializer[Any]):
    """An identification. What is not known yet is blank, empty or left out."""

    id = serializers.UUIDField()
    status = serializers.ChoiceField(AnalysisJob.Status.choices)
    progress = serializers.FloatField(min_value=0, max_value=1)
    owner = serializers.UUIDField()
    user = serializers.UUIDField()
    photo = serializers.UUIDField()
    source_conversion = serializers.CharField(allow_blank=True)
    image = serializers.URLField()
    dex_compatible_url = serializers.URLField(help_text="PNG")
    post_conversion_transformations = serializers.DictField()
    detected_animals = SuggestionOut(many=True, help_text="the sure answer first; empty if nothing is sure")
    candidates = SuggestionOut(many=True, help_text="everything that it may be, the likeliest first")
    error_message = serializers.CharField(allow_blank=True)
    retry_count = serializers.IntegerField(min_value=0)
    engine_version = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    completed_at = serializers.DateTimeField(required=False)
    verdict = serializers.CharField(required=False, allow_blank=True)
    animal_probability = serializers.FloatField(required=False)
    sure = SuggestionOut(required=False)
    identified_animal = serializers.CharField(required=False)
    confidence_score = serializers.FloatField(required=False)
    selected_animal_index = serializers.IntegerField(required=False)
    animal_details = AnimalOut(required=False)


class JobStatsOut(serializers.Serializer[Any]):
    """How many identifications one has asked for, by how they go."""

    pending = serializers.IntegerField()
    processing = serializers.IntegerField()
    completed = serializers.IntegerField()
    failed = serializers.IntegerField()
    total = serializers.IntegerField()


Known = dict[int, Animal]  # by taxon


def _suggestion(one: Suggestion, known: Known) -> dict[str, Any]:
    shape: dict[str, Any] = {
        "index": one.index,
        "scientific_name": one.scientific_name,
        "common_name": one.name,
        "rank": one.rank,
        "breed": one.breed,
        "confidence": round(min(one.probability, 1.0), 4),
    }
    if one.taxon:
        shape |= {
            "taxon_id": one.taxon.pk,
            "source_taxon_id": one.taxon.source_id,
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


def _known(outcomes: Sequence[Outcome]) -> Known:
    """Return the animals among the suggestions that have a number, by their taxon."""
    suggested = [one for outcome in outcomes for one in (*outcome.candidates, outcome.sure)]
    taxa = {one.taxon.pk for one in suggested if one and one.taxon}
    numbered = Animal.objects.select_related("taxon").filter(taxon_id__in=taxa)
    return {animal.taxon_id: animal for animal in numbered}


def _outcome(job: AnalysisJob, outcome: Outcome, known: Known) -> dict[str, Any]:
    shape: dict[str, Any] = {
        "verdict": outcome.verdict,
        "animal_probability": round(outcome.animal_probability, 4),
        "detected_animals": [_suggestion(one, known) for one in outcome.detected],
        "candidates": [_suggestion(one, known) for one in outcome.candidates],
    }
    if outcome.sure:
        shape["sure"] = _suggestion(outcome.sure, known)
        shape["identified_animal"] = outcome.sure.scientific_name
        shape["confidence_score"] = shape["sure"]["confidence"]
    return shape | _details(job, outcome, known)


def _details(job: AnalysisJob, outcome: Outcome, known: Known) -> dict[str, Any]:
    """Tell about the animal that was selected, or that is first as long as none is, if it has a number."""
    index = job.selected_index or 0
    shape: dict[str, Any] = (
        {} if job.selected_index is None else {"selected_animal_index": job.selected_index}
    )
    if index < len(outcome.detected) and (taxon := outcome.detected[index].taxon) and taxon.pk in known:
        shape["animal_details"] = AnimalOut(known[taxon.pk]).data
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
        job.pk: {"completed_at": job.completed_at, **_outcome(job, outcome, known)}
        for job, outcome in zip(done, found, strict=True)
    }
    return [_job(job, request) | told.get(job.pk, {}) for job in jobs]


def _job(job: AnalysisJob, request: HttpRequest) -> dict[str, Any]:
    def picture(variant: str) -> str:
        return request.build_absolute_uri(media.address(job.photo, variant, viewer=request.user))

    owner = str(job.owner_id)
    return {
        "id": str(job.pk),
        "status": job.status,
        "progress": job.progress,
        "owner": owner,
        "user": owner,
        "photo": str(job.photo_id),
        "source_conversion": str(job.photo_id) if job.from_conversion else "",
        "image": picture("full"),
        "dex_compatible_url": picture(DEX),
        "post_conversion_transformations": Framing.read(job.photo.framing).transformations(),
        "detected_animals": [],
        "candidates": [],
        "error_message": job.error_message,
        "retry_count": job.retry_count,
        "engine_version": job.engine_version,
        "created_at": job.created_at,
        "updated_at": job.updated_at,
    }


class ProviderOut(serializers.Serializer[Choice]):
    """A provider that sees one's photos only if one agrees."""

    name = serializers.CharField()
    title = serializers.CharField()
    model = serializers.CharField()
    is_remote = serializers.BooleanField(help_text="Whether photos leave this server for it.")
    most_usd = serializers.DecimalField(
        max_digits=12, decimal_places=6, allow_null=True, help_text="What one photo costs at most, if known."
    )
    is_allowed = serializers.BooleanField()
    allowed_at = serializers.DateTimeField(allow_null=True)


class ProvidersIn(serializers.Serializer[Any]):
    """Who may see one's photos: all that may, by name."""

    providers = serializers.ListField(child=Text(max_length=100), max_length=100)


def providers_out(choices: Sequence[Choice]) -> dict[str, Any]:
    """Return the JSON of what a person can agree to."""
    told = [
        {
            "name": one.name,
            "title": one.title,
            "model": one.model,
            "is_remote": one.is_remote,
            "most_usd": None if one.most_usd is None else str(one.most_usd),
            "is_allowed": one.is_given,
            "allowed_at": one.since,
        }
        for one in choices
    ]
    return {"providers": told}
