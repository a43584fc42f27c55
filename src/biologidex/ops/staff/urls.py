"""The addresses of the staff pages."""

from django.urls import path

from biologidex.ops.staff.views import animals, jobs, overview, people, reports

app_name = "staff"
urlpatterns = [
    path("", overview.overview, name="overview"),
    path("costs/", overview.costs, name="costs"),
    path("audit/", overview.audit, name="audit"),
    path("reports/", reports.reports, name="reports"),
    path("reports/<uuid:report_id>/", reports.report, name="report"),
    path("reports/<uuid:report_id>/photo/<int:position>/", reports.photo, name="report-photo"),
    path("people/", people.people, name="people"),
    path("people/<uuid:user_id>/", people.person, name="person"),
    path("animals/", animals.animals, name="animals"),
    path("animals/<uuid:animal_id>/", animals.animal, name="animal"),
    path("animals/<uuid:animal_id>/merge/", animals.merge, name="merge"),
    path("sensitive/", animals.sensitive, name="sensitive"),
    path("sensitive/<int:taxon_id>/", animals.sensitive_taxon, name="sensitive-taxon"),
    path("jobs/", jobs.jobs_list, name="jobs"),
    path("jobs/<uuid:job_id>/", jobs.job, name="job"),
]
