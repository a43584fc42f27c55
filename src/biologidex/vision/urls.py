"""Addresses under /api/v1/."""

from django.urls import path

from biologidex.vision import api
from biologidex.vision.models import AnalysisJob

urlpatterns = [
    path("vision/jobs/", api.Jobs.as_view(), name="jobs"),
    *(
        path(f"vision/jobs/{status}/", api.JobsOfStatus.as_view(status=status), name=f"jobs-{status}")
        for status in AnalysisJob.Status.values
    ),
    path("vision/jobs/stats/", api.JobStats.as_view(), name="job-stats"),
    path("vision/providers/", api.Providers.as_view(), name="providers"),
    path("vision/jobs/<uuid:job_id>/", api.JobDetail.as_view(), name="job"),
    path("vision/jobs/<uuid:job_id>/select_animal/", api.JobSelect.as_view(), name="job-select"),
    path("vision/jobs/<uuid:job_id>/retry/", api.JobRetry.as_view(), name="job-retry"),
]
