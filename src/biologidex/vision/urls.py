"""Addresses under /api/v1/."""

from django.urls import path

from biologidex.vision import api

urlpatterns = [
    path("vision/jobs/", api.Jobs.as_view(), name="jobs"),
    path("vision/jobs/<uuid:job_id>/", api.JobDetail.as_view(), name="job"),
    path("vision/jobs/<uuid:job_id>/retry/", api.JobRetry.as_view(), name="job-retry"),
]
