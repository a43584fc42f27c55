"""One file of settings for every way to run. The defaults are the embedded mode."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

from biologidex.config import (
    backup,
    caches,
    databases,
    description,
    env,
    keys,
    logs,
    mail,
    metrics,
    pages,
    parts,
    policy,
    programs,
    secret_stores,
    storages,
    work,
)

# --- Where things are -------------------------------------------------------------------------
PACKAGE_DIR = Path(__file__).resolve().parent.parent
secret_stores.use_vault(  # first: any secret may be there
    env.text("VAULT_ADDR", "", "Address of the Vault that secrets like `vault://MOUNT/PATH#KEY` are in."),
    env.secret("VAULT_TOKEN", "", "As whom to ask that Vault."),
)
DATA_DIR = env.path("BIOLOGIDEX_DATA_DIR", "./var", "Everything this server keeps: database, photos, keys.")
HOST = env.text("BIOLOGIDEX_HOST", "127.0.0.1", "The address to listen on.")
PORT = env.number("PORT", 8000, "The port to listen on.", least=1, most=65_535)
ADDRESS_IS_TOLD = env.is_set("BIOLOGIDEX_HOST") or env.is_set("PORT")
SITE_URL = env.text(
    "BIOLOGIDEX_SITE_URL",
    f"http://localhost:{PORT}",
    "The address people type. `https` makes cookies secure.",
).rstrip("/")

WEB_WORKERS = (
    env.number("BIOLOGIDEX_WEB_WORKERS", 0, "Processes of gunicorn. 0: one for each core.")
    or os.cpu_count()
    or 1
)
WEB_THREADS = env.number("BIOLOGIDEX_WEB_THREADS", 4, "Threads of each process of gunicorn.", least=1)
WEB_MAX_REQUESTS = env.number(
    "BIOLOGIDEX_WEB_MAX_REQUESTS", 1000, "Requests after which a process of gunicorn is renewed. 0: never."
)
LIVE_STREAMS = env.number(
    "BIOLOGIDEX_LIVE_STREAMS", 1000, "Open pages that one process of gunicorn.live tells at once what is new."
)

# --- Safety -----------------------------------------------------------------------------------
DEBUG = env.flag(
    "BIOLOGIDEX_DEBUG", "Show internals in error pages. Never on a public server.", default=False
)
SECRET_KEY = env.secret(
    "BIOLOGIDEX_SECRET_KEY",
    "",
    "Signs sessions, tokens and photo addresses. Unset: made once, kept in the data folder.",
) or keys.kept_key(DATA_DIR / "secret_key")
SECRET_KEY_FALLBACKS = keys.listed(
    env.secret(
        "BIOLOGIDEX_SECRET_KEY_FALLBACKS",
        "",
        "Keys of before, separated by commas: what they signed stays valid as long as they stand here.",
    )
)
ADMIN_HOST = env.text(
    "BIOLOGIDEX_ADMIN_HOST", "", "The host name with the admin, for those who may do everything. Unset: none."
)
ALLOWED_HOSTS = policy.hosts(
    env.listing(
        "BIOLOGIDEX_ALLOWED_HOSTS",
        "localhost,127.0.0.1,[::1]",
        "Host names this server answers to, besides that of the address people type.",
    ),
    SITE_URL,
    ADMIN_HOST,
)
TRUSTED_PROXIES = env.peers(
    "BIOLOGIDEX_TRUSTED_PROXIES",
    "Who stands in front of this server and says who sent a request: `127.0.0.1,10.0.0.0/24`; `unix` is whoever "
    "comes by a socket file. Unset: nobody is believed.",
)
HTTPS = SITE_URL.startswith("https://")
REACHABLE = policy.is_reachable(SITE_URL, HOST)
CSRF_TRUSTED_ORIGINS = [SITE_URL]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
PERMISSIONS_POLICY = policy.PERMISSIONS
SECURE_HSTS_SECONDS = policy.YEAR if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_SSL_REDIRECT = HTTPS and bool(TRUSTED_PROXIES)  # only if somebody can tell that it was https already
SECURE_REDIRECT_EXEMPT = policy.NOT_REDIRECTED
SILENCED_SYSTEM_CHECKS = policy.SILENCED
STARTING_CHECKS = ["biologidex.config.checks.look"]
TILES_URL = env.text(
    "BIOLOGIDEX_TILES_URL",
    "",
    "Map tiles for a closer look at places, like `/tiles/{z}/{x}/{y}.png` or `https://HOST/{z}/{x}/{y}.png`: whoever "
    "serves them learns which places are looked at. Unset: our own drawing only.",
)
TILES_ATTRIBUTION = env.text(
    "BIOLOGIDEX_TILES_ATTRIBUTION", "", "Whose map it is, as its licence wants it said below each piece."
)
CONTENT_SECURITY_POLICY = {"DIRECTIVES": policy.pages(TILES_URL)}

# --- The parts --------------------------------------------------------------------------------
INSTALLED_APPS = parts.apps(ADMIN_HOST)
MIDDLEWARE = parts.MIDDLEWARE
ROOT_URLCONF = "biologidex.config.urls"
WSGI_APPLICATION = "biologidex.config.wsgi.application"
TEMPLATES = pages.TEMPLATES

# --- Database ---------------------------------------------------------------------------------
DATABASES = databases.of(
    databases.first_of(
        env.secret(
            "BIOLOGIDEX_DATABASE_URL", "", "`sqlite:///FILE` or `postgres://...`. Unset: as DB_HOST says."
        ),
        databases.address(
            host=env.text("DB_HOST", "", "PostgreSQL, piece by piece. Unset: SQLite in the data folder."),
            port=env.number("DB_PORT", 5432, "Its port.", least=1, most=65_535),
            name=env.text("DB_NAME", "biologidex", "The database there."),
            user=env.text("DB_USER", "biologidex", "Who we are there."),
            password=env.secret("DB_PASSWORD", "", "Our password there."),
        ),
        databases.file(DATA_DIR / "biologidex.sqlite3"),
    ),
    replica=env.secret(
        "BIOLOGIDEX_REPLICA_URL", "", "`postgres://...` of a streaming replica, read when it is up to date."
    ),
)
DATABASE_ROUTERS = ["biologidex.core.replica.Router"] if "replica" in DATABASES else []
ROW_SECURITY_TABLES = databases.PROTECTED
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHE_URL = env.secret(
    "BIOLOGIDEX_CACHE_URL", "", "`redis://...` of the cache that several processes share. Unset: in memory."
)
CACHES = caches.of(CACHE_URL)
# Other processes cannot tell a memory of one's own what has changed; that one forgets by itself, soon.
ANIMAL_CACHE_SECONDS = 3600 if CACHE_URL else 60
TREE_CACHE_SECONDS = 120  # the key contains the version of the finds: this only bounds the memory it takes

# --- People -----------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "web:sign-in"
LOGIN_REDIRECT_URL = "web:dex"
LOGOUT_REDIRECT_URL = "web:welcome"
PASSWORD_HASHERS = ["biologidex.accounts.hashers.Argon2id"]
AUTH_PASSWORD_VALIDATORS = policy.PASSWORD_VALIDATORS
LOGIN_FAILURES_ALLOWED = env.number(
    "BIOLOGIDEX_LOGIN_FAILURES",
    10,
    "Wrong passwords allowed per name and address in a quarter of an hour.",
    least=1,
)
REQUEST_AGAIN = timedelta(
    days=env.number(
        "BIOLOGIDEX_REQUEST_AGAIN_DAYS",
        7,
        "Days after which somebody who was rejected can reach the same person with a request again.",
        most=3650,
    )
)
NOTIFICATION_DAYS = env.number(
    "BIOLOGIDEX_NOTIFICATION_DAYS", 90, "Days after which notifications are deleted.", least=1, most=3650
)
PASSWORD_RESET_TIMEOUT = 60 * 60  # seconds
EMAIL_VERIFICATION = (
    env.choice(
        "BIOLOGIDEX_EMAIL_VERIFICATION",
        "off",
        "Whether people have to confirm their e-mail address before they can sign in.",
        among=("off", "required"),
    )
    == "required"
)

# --- Mail -------------------------------------------------------------------------------------
MAIL = mail.read()
EMAIL_BACKEND = MAIL.backend
EMAIL_HOST, EMAIL_PORT = MAIL.host, MAIL.port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = MAIL.user, MAIL.password
EMAIL_USE_TLS, EMAIL_USE_SSL = MAIL.starttls, MAIL.tls
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.secret(
    "BIOLOGIDEX_EMAIL_FROM", "BiologiDex <biologidex@localhost>", "The sender of our mail."
)

# --- Programs that talk to us -----------------------------------------------------------------
REST_FRAMEWORK = programs.REST_FRAMEWORK
REFRESH_TOKEN_LIFETIME = timedelta(days=90)
SIMPLE_JWT = {
    "ACCESS_TOKEN_LIFETIME": timedelta(minutes=60),  # one sitting: the existing client never refreshes midway
    "REFRESH_TOKEN_LIFETIME": REFRESH_TOKEN_LIFETIME,
    "AUTH_TOKEN_CLASSES": ("biologidex.accounts.signing.Access",),
    "ROTATE_REFRESH_TOKENS": False,  # the existing client keeps the first one and would be signed out
}

RATES = env.rates(
    "BIOLOGIDEX_RATES",
    programs.RATES,
    "How many requests are let in, where it differs from docs/api/limits.md: `upload=60/hour,log_in=0/hour`; "
    "0 is no limit, `all` every kind.",
)
CORS_ALLOWED_ORIGINS = env.listing(
    "BIOLOGIDEX_CORS_ORIGINS", "", "Other sites whose pages may call the API, like `https://app.example.org`."
)
CORS_ALLOW_CREDENTIALS = False  # programs send tokens, which no browser adds by itself; cookies stay at home
CORS_URLS_REGEX = programs.CORS_URLS_REGEX
CORS_ALLOW_METHODS = programs.CORS_ALLOW_METHODS
CORS_ALLOW_HEADERS = programs.CORS_ALLOW_HEADERS
CORS_EXPOSE_HEADERS = programs.CORS_EXPOSE_HEADERS
CORS_PREFLIGHT_MAX_AGE = programs.CORS_PREFLIGHT_MAX_AGE
CLIENT_VERSION = env.text(
    "BIOLOGIDEX_CLIENT_VERSION",
    "",
    "The version of the game client that all others are asked to update to. Unset: none is asked.",
)
COMMIT = env.text("BIOLOGIDEX_COMMIT", "", "The commit this server was built from, told at /api/v1/version/.")
SPECTACULAR_SETTINGS = description.OF_THE_API

# --- Photos -----------------------------------------------------------------------------------
MEDIA_ROOT = DATA_DIR / "media"
MAX_UPLOAD_MB = env.number("BIOLOGIDEX_MAX_UPLOAD_MB", 25, "The largest photo taken, in megabytes.", least=1)
MAX_CHUNKED_MB = env.number(
    "BIOLOGIDEX_MAX_CHUNKED_MB",
    100,
    "The largest photo taken in pieces or by the storage, in megabytes.",
    least=1,
    most=2000,
)
QUOTA_MB = env.number(
    "BIOLOGIDEX_QUOTA_MB",
    20_000,
    "Megabytes of photos, with all pictures made from them, that one person may keep. 0: as many as there is room for.",
)
MAX_PIXELS = env.number("BIOLOGIDEX_MAX_PIXELS", 60_000_000, "The largest photo taken, in pixels.", least=1)
PHOTO_SECONDS = env.number(
    "BIOLOGIDEX_PHOTO_SECONDS", 20, "Seconds after which reading one photo is given up.", least=1, most=3600
)
PHOTO_ADDRESS_DAYS = env.number(
    "BIOLOGIDEX_PHOTO_ADDRESS_DAYS", 7, "Days a photo's address works at least.", least=1, most=3650
)
FILE_UPLOAD_HANDLERS = [
    "biologidex.media.limits.BoundedUpload",  # first: it decides how much the others ever see
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
FILE_UPLOAD_MAX_MEMORY_SIZE = 1_000_000  # larger uploads wait in a file, not in memory
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000  # a request's fields besides its files
HANDOVER_PATH = env.text(
    "BIOLOGIDEX_HANDOVER_PATH",
    "",
    "Where nginx serves the media folder to itself alone, like `/protected/`: it sends the files that we let it. "
    "Unset: we send them.",
)
STATIC_URL = "/static/"
STATIC_ROOT = env.path(
    "BIOLOGIDEX_STATIC_DIR", f"{DATA_DIR}/static", "Where page files are collected. Images bring theirs."
)
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
STORAGES = {
    "default": storages.of(
        env.secret(
            "BIOLOGIDEX_STORAGE_URL",
            "",
            "`s3://KEY:SECRET@HOST/BUCKET` keeps photos in a bucket. Unset: in the data folder.",
        )
    ),
    "staticfiles": {"BACKEND": "biologidex.core.static_files.StaticFiles"},
}

# --- Identification ---------------------------------------------------------------------------
VISION_PROVIDERS = env.listing(
    "BIOLOGIDEX_VISION_PROVIDERS", "local", "Who identifies, in this order: `local`, `openai`, `scripted`."
)
VISION_ENGINE: dict[str, Any] = {  # what vision.engine.config.EngineConfig takes
    "openai_api_key": env.secret("BIOLOGIDEX_OPENAI_API_KEY", "", "Key of the paid provider `openai`."),
    "openai_base_url": env.text(
        "BIOLOGIDEX_OPENAI_BASE_URL", "", "Another address that speaks the same protocol."
    ),
    "openai_model": env.text("BIOLOGIDEX_OPENAI_MODEL", "gpt-5.6-luna", "The model that `openai` asks."),
    "openai_reasoning": env.text(
        "BIOLOGIDEX_OPENAI_REASONING", "low", "How long that model thinks: `none` to `max`."
    ),
    "openai_timeout": env.number("BIOLOGIDEX_OPENAI_TIMEOUT", 45, "Seconds to wait for `openai`.", least=1),
    "script": env.text("BIOLOGIDEX_VISION_SCRIPT", "", "File with the answers of `scripted`, for tests."),
}
VISION_THRESHOLDS = env.shares(
    "BIOLOGIDEX_VISION_THRESHOLDS",
    "",
    "How sure `local` must be, where it differs from docs/identification.md: `animal=0.6,species=0.95`.",
)
VISION_BUDGET = env.dollars(
    "BIOLOGIDEX_VISION_BUDGET_USD", "Dollars that paid identification may cost in a month. 0: no limit."
)
VISION_BUDGET_PERSON = env.dollars(
    "BIOLOGIDEX_VISION_BUDGET_PERSON_USD", "Dollars of those that one person may use up. 0: no limit."
)
VISION_BREAKER = env.number(
    "BIOLOGIDEX_VISION_BREAKER_FAILURES", 5, "Failures until a paid service is left alone. 0: never."
)
VISION_ENGINE["call_usd"] = env.dollars(
    "BIOLOGIDEX_VISION_CALL_USD",
    "The most that one call of a paid model costs, in dollars, where we do not know its price. 0: not known.",
)

# --- Work in the background -------------------------------------------------------------------
JOBS_BACKEND = env.choice(
    "BIOLOGIDEX_JOBS_BACKEND",
    "threads",
    "Who does background work: threads of the server, `biologidex worker`, or whoever asks for it.",
    among=("threads", "celery", "inline"),
)
JOBS_DOORBELL = work.DOORBELLS[JOBS_BACKEND]
JOBS_THREADS = work.threads(
    env.number("BIOLOGIDEX_JOBS_THREADS", 2, "Background threads of the embedded server.", least=1),
    backend=JOBS_BACKEND,
)
BROKER_URL = work.broker(
    env.secret(
        "BIOLOGIDEX_BROKER_URL",
        "",
        "`redis://USER:PASSWORD@HOST:PORT` or `rediss://...` that tells workers of work. Not the cache's.",
    ),
    backend=JOBS_BACKEND,
)
CELERY_APP = "biologidex.config.celery.app"  # imported only by those that need it: it takes a while
JOBS_LEASE = timedelta(
    seconds=env.number(
        "BIOLOGIDEX_JOBS_LEASE", 30, "Seconds after which a silent worker loses its job.", least=1, most=3600
    )
)
WORKER_MEMORY_MB = env.number(
    "BIOLOGIDEX_WORKER_MEMORY_MB", 700, "Megabytes after which a worker's process is replaced.", least=100
)
WORKER_GRACE = env.number(
    "BIOLOGIDEX_WORKER_GRACE", 25, "Seconds that a worker's work in hand has to end after SIGTERM.", least=1
)
DAILY_WORK, AUDIT_DAYS = work.DAILY, work.audit_days()

# --- Backups ----------------------------------------------------------------------------------
BACKUP = backup.read(DATA_DIR)

# --- What can be measured ---------------------------------------------------------------------
METRICS_DIR = metrics.folder(
    env.text("BIOLOGIDEX_METRICS_DIR", "", "Folder in which the processes of one machine count together.")
)
METRICS_PORT = metrics.port()
METRICS_TOKEN = env.secret(
    "BIOLOGIDEX_METRICS_TOKEN",
    "",
    "Who sends it as a bearer token may read /metrics. Unset: programs on this machine, where nobody else gets here.",
)
TRACES_URL = env.text(
    "BIOLOGIDEX_TRACES_URL",
    "",
    "Where traces are sent, like `http://HOST:4318/v1/traces` (OTLP). Unset: nowhere.",
)

# --- Words, time, logs ------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES, LOCALE_PATHS = pages.LANGUAGES, pages.LOCALE_PATHS
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True
FORMAT_MODULE_PATH = "biologidex.config.formats"
LOG_FORMAT = env.choice(
    "BIOLOGIDEX_LOG_FORMAT",
    "line",
    "How a log line looks: for people, on the standard error, or as JSON, on the standard output.",
    among=("line", "json"),
)
LOG_LEVEL = env.choice("BIOLOGIDEX_LOG_LEVEL", "INFO", "How much is logged.", among=logs.LEVELS)
LOGGING = logs.of(
    form=LOG_FORMAT,
    level=LOG_LEVEL,
    levels=env.choices(
        "BIOLOGIDEX_LOG_LEVELS",
        "",
        "How much single parts log, where it differs: `biologidex.vision=DEBUG,celery=WARNING`.",
        among=logs.LEVELS,
    ),
    commit=COMMIT,
    debug=DEBUG,
)

# --- What may be shown of all this, and what never ---------------------------------------------
CONFIGURATION_SHOWN, SECRET_FILES, SECRETS_HELD = env.shown(), env.FILES, {*env.HELD, SECRET_KEY}
