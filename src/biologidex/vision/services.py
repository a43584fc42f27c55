"""Ask for an identification, do it, settle it."""

import functools
import logging
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, RestrictedError
from django.utils import timezone
from django.utils.translation import gettext as _

from biologidex.accounts.models import User
from biologidex.animals.models import Animal
from biologidex.animals.selectors import taxon_for
from biologidex.animals.services import animal_for
from biologidex.core import jobs, live
from biologidex.core.errors import Forbidden, NotFound
from biologidex.media import services as media
from biologidex.media.errors import PhotoRefused
from biologidex.media.limits import most_bytes
from biologidex.media.models import Photo
from biologidex.social import services as social
from biologidex.social.models import Notification
from biologidex.vision import breaker, consent, spending
from biologidex.vision.engine import chain
from biologidex.vision.engine.answer import Answer, Provider, ProviderError
from biologidex.vision.engine.registry import EngineConfig, Thresholds, providers_named
from biologidex.vision.errors import (
    BadSettings,
    NoSuchCandidate,
    NoSuchProvider,
    NotFailed,
    NotFinished,
    Settled,
)
from biologidex.vision.models import AnalysisJob
from biologidex.vision.reasons import REASONS, UNEXPLAINED
from biologidex.vision.selectors import suggestions

log = logging.getLogger(__name__)
Status = AnalysisJob.Status
IDENTIFIED = Notification.Kind.IDENTIFIED

LONGEST_CODE = 40


@functools.cache
def providers() -> tuple[Provider, ...]:
    """Return the providers that VISION_PROVIDERS names, made once for each process, or raise BadSettings."""
    script = settings.VISION_ENGINE["script"]
    try:
        thresholds = Thresholds.but_for(settings.VISION_THRESHOLDS)
    except ValueError as error:
        raise BadSettings(f"BIOLOGIDEX_VISION_THRESHOLDS cannot be used: {error}") from error
    config = EngineConfig(
        **settings.VISION_ENGINE
        | {
            "thresholds": thresholds,
            "max_pixels": settings.MAX_PIXELS,
            "script": Path(script) if script else None,
        }
    )
    try:
        return tuple(providers_named(settings.VISION_PROVIDERS, config))
    except ValueError as error:
        raise BadSettings(f"BIOLOGIDEX_VISION_PROVIDERS cannot be used: {error}") from error


@transaction.atomic
def start(*, by: User, photo: Photo, from_conversion: bool = False) -> tuple[AnalysisJob, bool]:
    """Have a photo identified. Asking again while the first answer is still open returns that one, and False.

    With `from_conversion` the animal that is detected gets its number at once: the existing client files it under
    that number before it tells us.
    """
    _take_turns(by)
    if not Photo.objects.filter(pk=photo.pk).exists():
        raise Settled(_("This photo was discarded a moment ago. Please send it again."))
    existing = AnalysisJob.objects.open().filter(owner=by, photo=photo).exclude(status=Status.FAILED).first()
    if existing:
        return existing, False
    job = AnalysisJob.objects.create(owner=by, photo=photo, from_conversion=from_conversion)
    jobs.enqueue("vision.identify_photo", job_id=str(job.pk))
    _announce(job)
    return job, True


def _announce(job: AnalysisJob) -> None:
    """Tell the open pages of the person that it goes on."""
    live.publish([job.owner_id], live.Event("job", job.pk))


def _take_turns(person: User) -> None:
    """Let what one person does with a photo happen one after the other, until the transaction ends."""
    User.objects.select_for_update().get(pk=person.pk)


@transaction.atomic
def retry(*, by: User, job: AnalysisJob) -> AnalysisJob:
    """Try a failed identification again, of the photo that the job holds now: it may be framed otherwise."""
    again = (
        AnalysisJob.objects.open()
        .filter(pk=job.pk, owner=by, status=Status.FAILED)
        .update(
            photo=job.photo,
            status=Status.PENDING,
            progress=0.0,
            error_code="",
            error_message="",
            retry_count=F("retry_count") + 1,
        )
    )
    if not again:
        raise NotFailed(_("Only an identification that failed can be tried again."))
    jobs.enqueue("vision.identify_photo", job_id=str(job.pk))
    _announce(job)
    job.refresh_from_db()
    return job


@transaction.atomic
def select(*, by: User, job: AnalysisJob, index: int) -> Animal:
    """Note which of the detected animals it is. It gets its number, if nobody has found one here before."""
    if job.owner_id != by.pk:
        raise Forbidden(_("Only the person who gave a photo can say what it shows."))
    locked = AnalysisJob.objects.select_for_update().get(pk=job.pk)
    if locked.status != Status.COMPLETED:
        raise NotFinished(_("This photo has not been identified yet."))
    detected = suggestions(locked).detected
    if not 0 <= index < len(detected):
        raise NoSuchCandidate(
            f"This identification has {len(detected)} animals, from 0.", field="animal_index"
        )
    taxon = detected[index].taxon
    if taxon is None:
        raise NoSuchCandidate(
            _("This animal is not in this server's taxonomy. Search for it."), field="animal_index"
        )
    locked.selected_index = index
    locked.save(update_fields=["selected_index", "updated_at"])
    job.selected_index = index
    return animal_for(by=by, taxon=taxon)


def settle(*, job: AnalysisJob) -> None:
    """Note that the person has decided about this identification."""
    if AnalysisJob.objects.filter(pk=job.pk, settled_at=None).update(settled_at=timezone.now()):
        _announce(job)


@transaction.atomic
def discard(*, by: User, job: AnalysisJob) -> None:
    """Throw the identification away, and its photo too unless a card or another identification shows it."""
    if job.owner_id != by.pk:
        raise Forbidden(_("Only the person who gave a photo can discard it."))
    _take_turns(by)
    found = AnalysisJob.objects.open().select_for_update().filter(pk=job.pk).first()
    if found is None:
        raise Settled(_("This photo has already been filed or discarded."))
    photo = found.photo
    _announce(found)
    found.delete()
    if photo.analysis_jobs.exists():
        return
    try:
        media.delete_photo(by=by, photo=photo)
    except RestrictedError:
        log.info("photo %s stays: a card shows it", photo.pk)


def run(claim: jobs.Claim, *, job_id: UUID) -> None:
    """Identify the photo of one job. Safe to call twice: the result counts only with the claim still held."""
    job = AnalysisJob.objects.select_related("photo").filter(pk=job_id).first()
    if job is None or job.is_finished:
        return
    AnalysisJob.objects.unfinished().filter(pk=job_id).update(status=Status.PROCESSING, progress=0.1)
    _announce(job)
    try:
        result = _known_result(job) or _identify(job)
    except NotFound:  # discarded meanwhile, or a data folder restored without its photos
        log.warning("identification %s: its photo has no file", job_id)
        give_up(claim, job_id=job_id, code="photo_missing")
        return
    except PhotoRefused as error:  # seen only now: it was just looked at when it came
        log.warning("identification %s: its photo cannot be read: %s", job_id, error.code)
        give_up(claim, job_id=job_id, code="unreadable_picture")
        return
    except ProviderError as error:
        _remember(job, error)
        if error.temporary:
            raise jobs.Retry(error.code, after=error.retry_after) from error
        log.warning("identification %s failed: %s", job_id, error.code)
        give_up(claim, job_id=job_id, code=error.code)
        return
    with transaction.atomic():
        claim.finish()
        AnalysisJob.objects.filter(pk=job_id).update(
            status=Status.COMPLETED,
            progress=1.0,
            **result,
            completed_at=timezone.now(),
            updated_at=timezone.now(),
        )
        _announce(job)
        social.notify(person_id=job.owner_id, kind=IDENTIFIED, detail=f"{timezone.now():%Y-%m-%d}")
        if job.from_conversion:
            _number_the_first(job_id)


def _number_the_first(job_id: UUID) -> None:
    """Give the animal that the existing client will take its number."""
    job = AnalysisJob.objects.select_related("owner").get(pk=job_id)
    detected = suggestions(job).detected
    if detected and detected[0].taxon:
        animal_for(by=job.owner, taxon=detected[0].taxon)


def _remember(job: AnalysisJob, error: ProviderError) -> None:
    """Keep what came to nothing: it may have cost money, and the next attempt must not make it forgotten."""
    calls = [*job.answer.get("failures", []), *(call.to_dict() for call in error.failures())]
    AnalysisJob.objects.unfinished().filter(pk=job.pk).update(answer={"failures": calls})


@transaction.atomic
def give_up(claim: jobs.Claim, *, job_id: UUID, code: str) -> None:
    """End the identification without a result and tell the person why."""
    code = code if code.isidentifier() and len(code) <= LONGEST_CODE else "failed"  # never an inner message
    claim.bury(reason=code)
    failed = AnalysisJob.objects.filter(pk=job_id)
    failed.update(
        status=Status.FAILED,
        error_code=code,
        error_message=REASONS.get(code, UNEXPLAINED),
        updated_at=timezone.now(),
    )
    for job in failed.only("owner_id"):
        _announce(job)


def _known_result(job: AnalysisJob) -> dict[str, Any] | None:
    """Return what the same engine already said of the same photo: asking again would cost time or money.

    What that answer cost stays with the job that paid for it.
    """
    earlier = AnalysisJob.objects.filter(
        photo_id=job.photo_id, status=Status.COMPLETED, engine_version__in=_versions()
    ).order_by("-completed_at")
    columns = earlier.values("answer", "embedding", "engine_version").first()
    if columns is None:
        return None
    free = {"usage": None, "failures": job.answer.get("failures", [])}
    return {**columns, "answer": columns["answer"] | free}


def _versions() -> list[str]:
    versions = []
    for provider in providers():
        with suppress(ProviderError):  # a provider that is not there has no version; the others may answer
            versions.append(provider.version())
    return versions


def _identify(job: AnalysisJob) -> dict[str, Any]:
    with media.open_variant(job.photo, "full") as picture:
        content = picture.read()
    asked = _guarded(owner_id=job.owner_id, job_id=job.pk)
    answer = chain.identify(content, providers=asked, progress=functools.partial(_tell, job))
    stored = answer.to_dict()
    stored.pop("embedding")  # kept as bytes beside the answer
    for one in [*stored["candidates"], *([stored["taxon"]] if stored["taxon"] else [])]:
        taxon = taxon_for(
            scientific_name=one["scientific_name"], rank=one["rank"], ncbi_taxid=one["ncbi_taxid"]
        )
        one["taxon_id"] = taxon.pk if taxon else None
    stored["candidates"] = _merged(stored["candidates"])
    remote = {one.name for one in asked if one.is_remote}
    stored["remote"] = stored["provider"] in remote
    stored["failures"] = [*job.answer.get("failures", []), *stored["failures"]]
    return {"answer": stored, "embedding": answer.embedding, "engine_version": answer.version}


def _guarded(*, owner_id: UUID | None = None, job_id: UUID | None = None) -> list[Provider]:
    """Return the providers as they may be asked: by leave, not while they keep failing, nor for more than is left."""
    return [
        consent.Consented(
            breaker.Guarded(spending.Metered(one, owner_id=owner_id, job_id=job_id)), owner_id=owner_id
        )
        for one in providers()
    ]


def choices_for(person: User) -> list[consent.Choice]:
    """Return the providers here that see a person's photos only if they agree, and whether they have."""
    return consent.choices_for(person, providers())


def choose_providers(*, by: User, allowed: Collection[str]) -> None:
    """Let these providers see one's photos from now on, and none of the others that need one's leave."""
    known = [choice.name for choice in choices_for(by)]
    if unknown := set(allowed) - set(known):
        raise NoSuchProvider(_("%(name)s is not asked here.") % {"name": min(unknown)}, field="providers")
    consent.choose(by=by, providers=known, allowed=allowed)


def _merged(candidates: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Make one candidate of those that are one taxon in the backbone, best first (Sus scrofa, wild or not)."""
    merged: dict[Any, dict[str, Any]] = {}
    for one in candidates:
        key = one["taxon_id"] or one["scientific_name"]
        if key in merged:
            merged[key]["probability"] += one["probability"]
        else:
            merged[key] = one
    return sorted(merged.values(), key=lambda one: -one["probability"])


def _tell(job: AnalysisJob, share: float) -> None:
    """Show the person how far it is: from 0.1, when a worker takes the photo, to 0.9, when the answer is there."""
    if AnalysisJob.objects.unfinished().filter(pk=job.pk).update(progress=0.1 + 0.8 * share):
        _announce(job)


def warm_up() -> None:
    """Load what the providers need, so that the first photo need not wait for it."""
    for provider in providers():
        try:
            provider.prepare()
        except ProviderError as error:
            log.warning("identification by %s is not possible: %s", provider.name, error.code)


@dataclass(frozen=True)
class Identified:
    """What came of one file: an answer, or an error with a sentence."""

    file: Path
    answer: Answer | None = None
    error: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return types that JSON has, without the embedding."""
        if self.answer is None:
            return {"photo": str(self.file), "error": self.error}
        answer = self.answer.to_dict()
        answer.pop("embedding")
        return {"photo": str(self.file), **answer}


def identify_file(file: Path) -> Identified:
    """Identify a photo that is not anybody's find: no rows, no files, no server."""
    try:
        with file.open("rb") as opened:
            content = opened.read(most_bytes() + 1)
        if len(content) > most_bytes():
            return Identified(file, error=f"The file is larger than {settings.MAX_UPLOAD_MB} MB.")
        return Identified(file, answer=chain.identify(content, providers=_guarded()))
    except OSError as error:
        return Identified(file, error=error.strerror or "The file cannot be read.")
    except ProviderError as error:
        return Identified(file, error=str(error))


def missing_networks() -> list[str]:
    """Name the packages that offline identification needs and that are not here."""
    from biologidex.vision.engine.local import networks  # noqa: PLC0415 -- slow import

    return networks.missing()
