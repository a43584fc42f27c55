"""Identifications for programs: send a photo, ask how it goes, try again."""

from typing import cast
from uuid import UUID

from django.shortcuts import get_object_or_404
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from biologidex.accounts.models import User
from biologidex.core.api import paged
from biologidex.core.errors import Invalid
from biologidex.media import services as media
from biologidex.vision import services
from biologidex.vision.models import AnalysisJob
from biologidex.vision.serializers import job_out, jobs_out


def _job(request: Request, job_id: UUID) -> AnalysisJob:
    return get_object_or_404(AnalysisJob.objects.visible_to(request.user).select_related("photo"), pk=job_id)


class Jobs(APIView):
    """One's identifications."""

    def get(self, request: Request) -> Response:
        """List one's own, newest first."""
        own = AnalysisJob.objects.visible_to(request.user).select_related("photo")
        return paged(
            own,
            request,
            view=self,
            ordering=("-created_at", "pk"),
            shape=lambda jobs: jobs_out(jobs, request),
        )

    def post(self, request: Request) -> Response:
        """Take a photo in the multipart field `image` and start its identification."""
        upload = request.FILES.get("image")
        if upload is None:
            raise Invalid("Send the photo as a file in the multipart field `image`.", field="image")
        user = cast("User", request.user)
        photo = media.store_photo(by=user, upload=upload)
        job, is_new = services.start(by=user, photo=photo)
        job.photo = photo
        return Response(
            job_out(job, request), status=status.HTTP_201_CREATED if is_new else status.HTTP_200_OK
        )


class JobDetail(APIView):
    """One identification."""

    def get(self, request: Request, job_id: UUID) -> Response:
        """Tell how it goes, or what came out."""
        return Response(job_out(_job(request, job_id), request))

    def delete(self, request: Request, job_id: UUID) -> Response:
        """Throw it away, and its photo unless a card shows it."""
        services.discard(by=cast("User", request.user), job=_job(request, job_id))
        return Response(status=status.HTTP_204_NO_CONTENT)


class JobRetry(APIView):
    """A failed identification, once more."""

    def post(self, request: Request, job_id: UUID) -> Response:
        """Try it again."""
        job = services.retry(by=cast("User", request.user), job=_job(request, job_id))
        return Response(job_out(job, request))
