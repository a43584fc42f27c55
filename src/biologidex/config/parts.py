"""The parts that make up the server: apps, ours first and the highest last, and what each request passes through."""

APPS = [
    "biologidex.core",
    "biologidex.accounts",
    "biologidex.animals",
    "biologidex.media",
    "biologidex.social",
    "biologidex.vision",
    "biologidex.dex",
    "biologidex.ops",
    "biologidex.web",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "django_filters",
    "django_htmx",
    "csp",
    "corsheaders",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]
MIDDLEWARE = [
    "biologidex.core.metrics.RequestMetricsMiddleware",  # first: it measures what all the others take
    "biologidex.core.proxies.ProxyMiddleware",
    "biologidex.core.logging.RequestIdMiddleware",
    "biologidex.core.tracing.TracingMiddleware",
    "biologidex.core.identity.IdentityMiddleware",
    "biologidex.core.answers.KeptAnswersMiddleware",  # what is kept went through all that follows once
    "biologidex.core.head.HeadMiddleware",
    "biologidex.core.head.IsolationMiddleware",
    "biologidex.ops.admin_host.AdminHostMiddleware",
    "biologidex.core.handover.HandoverMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "biologidex.core.head.PrivateAnswersMiddleware",
    "biologidex.core.short_way.ShortWayMiddleware",  # programs that read stop here, at the view
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "biologidex.web.language.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "biologidex.web.preferences.TimeZoneMiddleware",
    "biologidex.web.person.PersonMiddleware",
    "biologidex.web.errors.DomainErrorMiddleware",
]
ADMIN = (
    "django.contrib.admin.apps.SimpleAdminConfig"  # ours are named in admin_urls.py, nothing is looked for
)


def apps(admin_host: str) -> list[str]:
    """Return the apps, with Django's admin where a host is set aside for it."""
    return [*APPS, ADMIN] if admin_host else APPS
