"""What programs that call the API may expect: its framework, its limits, and pages of other sites."""

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "biologidex.accounts.tokens.SessionToken",
        "biologidex.accounts.browser.SessionCookie",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["biologidex.core.renderers.FastJSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [
        "biologidex.core.parsers.JSONParser",
        "biologidex.core.parsers.FormParser",
        "rest_framework.parsers.MultiPartParser",
    ],
    "DEFAULT_VERSIONING_CLASS": "biologidex.core.versioning.AcceptVersion",
    "DEFAULT_THROTTLE_CLASSES": ["biologidex.core.throttling.RequestRate"],
    "DEFAULT_SCHEMA_CLASS": "biologidex.core.schema.Described",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "EXCEPTION_HANDLER": "biologidex.core.api.answer_error",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}

RATES = {
    "anonymous": "1200/hour",  # by address: a family or a class behind one
    "person": "7200/hour",  # the existing client asks every 2 seconds while it waits for an answer
    "address": "36000/hour",  # everybody signed in behind one address together
    "sign_up": "20/hour",
    "log_in": "60/hour",
    "refresh": "600/hour",
    "password_mail": "10/hour",
    "friend_code": "60/hour",  # codes could be guessed otherwise
    "upload": "240/hour",
    "name": "120/hour",  # lookup_or_create
    "export": "20/hour",
    "report": "30/hour",
    "share": "60/hour",  # links made
    "shared": "2400/hour",  # by address: cards and pictures behind links, looked at without an account
}

CORS_URLS_REGEX = r"^/(api|photos)/"
CORS_ALLOW_METHODS = ("DELETE", "GET", "OPTIONS", "PATCH", "POST", "PUT")
CORS_ALLOW_HEADERS = (
    "accept",
    "authorization",
    "content-type",
    "if-match",
    "if-none-match",
    "upload-offset",
    "x-client-build",
    "x-client-version",
    "x-request-id",
)
CORS_EXPOSE_HEADERS = ("ETag", "Location", "Retry-After", "Upload-Offset", "X-Request-ID")
CORS_PREFLIGHT_MAX_AGE = 3600
