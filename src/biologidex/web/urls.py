"""The pages."""

from django.urls import path

from biologidex.web.views import (
    account,
    app,
    capture,
    card,
    design,
    dex,
    job,
    language,
    live,
    shared,
    sharing,
    way_back,
    welcome,
)

app_name = "web"

urlpatterns = [
    path("", welcome.welcome, name="welcome"),
    path("manifest.webmanifest", app.manifest, name="manifest"),
    path("apple-touch-icon.png", app.touch_icon, name="touch-icon"),
    path("icon-<slug:purpose>-<int:size>.png", app.icon, name="icon"),
    path("service-worker.js", app.service_worker, name="service-worker"),
    path("offline/", app.offline, name="offline"),
    path("design/", design.design, name="design"),
    path("language/", language.choose, name="language"),
    path("sign-up/", account.sign_up, name="sign-up"),
    path("sign-in/", account.sign_in, name="sign-in"),
    path("sign-out/", account.sign_out, name="sign-out"),
    path("forgot-password/", way_back.forgot_password, name="forgot-password"),
    path("new-password/<str:uid>/<str:token>/", way_back.new_password, name="new-password"),
    path("confirm-email/", way_back.confirm_again, name="confirm-again"),
    path("confirm-email/<str:token>/", way_back.confirm_email, name="confirm-email"),
    path("live/", live.stream, name="live"),
    path("capture/", capture.capture, name="capture"),
    path("capture/share/", capture.share, name="share"),
    path("capture/search/", capture.search, name="search"),
    path("capture/<uuid:job_id>/", job.job, name="job"),
    path("capture/<uuid:job_id>/progress/", job.progress, name="progress"),
    path("capture/<uuid:job_id>/retry/", job.retry, name="retry"),
    path("capture/<uuid:job_id>/discard/", job.discard, name="discard"),
    path("dex/", dex.dex, name="dex"),
    path("dex/links/", sharing.links, name="links"),
    path("dex/links/<uuid:link_id>/end/", sharing.end, name="end-link"),
    path("dex/<uuid:entry_id>/", card.card, name="card"),
    path("dex/<uuid:entry_id>/edit/", card.edit, name="edit"),
    path("dex/<uuid:entry_id>/favorite/", card.favorite, name="favorite"),
    path("dex/<uuid:entry_id>/share/", sharing.share, name="share"),
    path("shared/<str:token>/", shared.shared, name="shared"),
]
