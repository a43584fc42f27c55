"""Identifications for programs: send a photo, ask how it goes, say which animal it is, and who may be asked."""

from dataclasses import replace
from typing import Any, cast
from uuid import UUID

from django.db.models import Count, QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from biologidex.accounts.models import User
from biologidex.core.api import paged
from biologidex.core.schema import NOTHING, listed, page_of
from biologidex.media import services as media
from biologidex.media.framing import Framing
from biologidex.media.models import Photo
from biologidex.vision import services
from biologidex.vision.models import AnalysisJob
from biologidex.vision.serializers import (
    JobIn,
    JobOut,
    JobStatsOut,
    ProviderOut,
    ProvidersIn,
    RetryIn,
    SelectIn,
    job_out,
    jobs_out,
    providers_out,
)

PROVIDERS = listed("providers", ProviderOut)


def _own(request: Request) -> QuerySet[AnalysisJob]:
    return AnalysisJob.objects.visible_to(request.user).select_related("photo")


def _job(request: Request, job_id: UUID) -> AnalysisJob:
    return get_object_or_404(_own(request), pk=job_id)


def _photo(request: Request, sent: dict[str, Any]) -> Photo:
    """Return the photo that is meant: just sent, or here already; framed as it was asked for."""
    user = cast("User", request.user)
    framing = Framing.told(
        sent.get("post_conversion_transformations"), field="post_conversion_transformations"
    )
    if "crop" in sent:
        framing = Framing.given(rotation=framing.rotation, crop=sent["crop"], field="crop")
    if "image" in sent:
        # What is framed at once has to be decoded in any case.
        photo = media.store_photo(by=user, upload=sent["image"], pictures_later=framing.is_neutral)
    else:
        photo = get_object_or_404(
            Photo.objects.visible_to(user), pk=sent.get("conversion_id") or sent["photo"]
        )
    return _framed(photo, framing, user)


def _framed(photo: Photo, framing: Framing, user: User) -> Photo:
    """Return the photo framed so. What is not asked for stays as it is: a crop leaves the picture turned."""
    if framing.is_neutral:
        return photo
    if framing.rotation is None:
        framing = replace(framing, rotation=Framing.read(photo.framing).rotation)
    return media.frame(by=user, photo=photo, framing=framing)


class Jobs(APIView):
    """One's identifications."""

    rate = {"POST": "upload"}

    @extend_schema(tags=["vision"], operation_id="jobs", responses=page_of(JobOut))
    def get(self, request: Request) -> Response:
        """List one's own, the newest first."""
        return _listed(_own(request), request, self)

    @extend_schema(
        tags=["vision"], operation_id="identify", request=JobIn, responses={200: JobOut, 201: JobOut}
    )
    def post(self, request: Request) -> Response:
        """Start the identification of a photo: of a file, of a conversion, or of a part of a photo that is here."""
        form = JobIn(data=request.data)
        form.is_valid(raise_exception=True)
        sent = form.validated_data
        user = cast("User", request.user)
        photo = _photo(request, sent)
        job, is_new = services.start(by=user, photo=photo, from_conversion="conversion_id" in sent)
        job.photo = photo
        return Response(
            job_out(job, request), status=status.HTTP_201_CREATED if is_new else status.HTTP_200_OK
        )


def _listed(jobs: QuerySet[AnalysisJob], request: Request, view: APIView) -> Response:
    return paged(
        jobs,
        request,
        view=view,
        ordering=("-created_at", "pk"),
        shape=lambda page: jobs_out(page, request),
    )


class JobsOfStatus(APIView):
    """One's identifications that are at some point."""

    status = ""  # set where the address is

    @extend_schema(tags=["vision"], responses=page_of(JobOut))
    def get(self, request: Request) -> Response:
        """List them, the newest first."""
        return _listed(_own(request).filter(status=self.status), request, self)


class JobStats(APIView):
    """One's identifications in numbers."""

    @extend_schema(tags=["vision"], operation_id="job_stats", responses=JobStatsOut)
    def get(self, request: Request) -> Response:
        """Count them by how they go."""
        counts = AnalysisJob.objects.visible_to(request.user).values_list("status").annotate(Count("pk"))
        told = dict.fromkeys(AnalysisJob.Status.values, 0) | dict(counts)
        return Response({**told, "total": sum(told.values())})


class JobDetail(APIView):
    """One identification."""

    @extend_schema(tags=["vision"], operation_id="job", responses=JobOut)
    def get(self, request: Request, job_id: UUID) -> Response:
        """Tell how it goes, or what came out."""
        return Response(job_out(_job(request, job_id), request))

    @extend_schema(tags=["vision"], operation_id="discard_job", responses={204: NOTHING})
    def delete(self, request: Request, job_id: UUID) -> Response:
        """Throw it away, and its photo unless a card shows it."""
        services.discard(by=cast("User", request.user), job=_job(request, job_id))
        return Response(status=status.HTTP_204_NO_CONTENT)


class JobSelect(APIView):
    """Which animal it is."""

    @extend_schema(tags=["vision"], operation_id="select_animal", request=SelectIn, responses=JobOut)
    def post(self, request: Request, job_id: UUID) -> Response:
        """Choose one of the detected animals; it gets its number."""
        form = SelectIn(data=request.data)
        form.is_valid(raise_exception=True)
        job = _job(request, job_id)
        services.select(by=cast("User", request.user), job=job, index=form.validated_data["animal_index"])
        return Response(job_out(job, request))


class JobRetry(APIView):
    """A failed identification, once more."""

    rate = "upload"

    @extend_schema(tags=["vision"], operation_id="retry_job", request=RetryIn, responses=JobOut)
    def post(self, request: Request, job_id: UUID) -> Response:
        """Try it again, with the photo framed otherwise if asked for."""
        form = RetryIn(data=request.data)
        form.is_valid(raise_exception=True)
        user = cast("User", request.user)
        job = _job(request, job_id)
        framing = Framing.told(form.validated_data.get("transformations"))
        if job.status == AnalysisJob.Status.FAILED:  # else nothing is to be made, only to be refused
            job.photo = _framed(job.photo, framing, user)
        job = services.retry(by=user, job=job)
        return Response(job_out(job, request))


class Providers(APIView):
    """Who is asked for one's photos only if one agrees."""

    @extend_schema(tags=["vision"], operation_id="providers", responses=PROVIDERS)
    def get(self, request: Request) -> Response:
        """List them, with whether one has agreed."""
        return Response(providers_out(services.choices_for(cast("User", request.user))))

    @extend_schema(
        tags=["vision"],
        operation_id="choose_providers",
        request=ProvidersIn,
        responses=PROVIDERS,
    )
    def put(self, request: Request) -> Response:
        """Agree to those that are named, and to none of the others. It counts from the next photo on."""
        form = ProvidersIn(data=request.data)
        form.is_valid(raise_exception=True)
        user = cast("User", request.user)
        services.choose_providers(by=user, allowed=form.validated_data["providers"])
        return Response(providers_out(services.choices_for(user)))
