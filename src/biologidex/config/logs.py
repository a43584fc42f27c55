"""What is logged, and how a line looks."""

from importlib.metadata import version
from typing import Any

from biologidex.config.env import BadValue

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
# On the way to DEBUG these write down what they carry: pictures, keys, rows of people.
CARRIERS = {
    "PIL": "WARNING",
    "boto3": "WARNING",
    "botocore": "WARNING",
    "django.db.backends": "INFO",
    "httpcore": "WARNING",
    "httpcore2": "WARNING",
    "httpx": "WARNING",
    "httpx2": "WARNING",
    "openai": "WARNING",
    "s3transfer": "WARNING",
    "urllib3": "WARNING",
}
QUIET = {
    "celery.app.trace": "WARNING",  # the runner tells about jobs, with their names
    "celery.worker.strategy": "WARNING",
    "django": "INFO",
    "waitress.queue": "ERROR",
}
FORMATTERS: dict[str, dict[str, Any]] = {
    "line": {
        "()": "biologidex.core.log_lines.PlainLine",
        "format": "{asctime} {levelname:7} {name} [{request_id}] {message}",
        "style": "{",
    },
    "json": {"()": "biologidex.core.log_lines.JsonLine"},
}


def of(*, form: str, level: str, levels: dict[str, str], commit: str, debug: bool) -> dict[str, Any]:
    """Return Django's LOGGING. Everything goes to the standard output, or error if it is for people.

    Whoever runs us keeps it: a file that several processes turn over loses lines.
    """
    if (careless := levels.keys() & CARRIERS) and not debug:
        raise BadValue(
            f"BIOLOGIDEX_LOG_LEVELS would let {min(careless)} write personal data into the log. "
            "That is possible with BIOLOGIDEX_DEBUG=true only."
        )
    told = version("biologidex") + (f"+{commit[:12]}" if commit else "")
    formatter = FORMATTERS[form] | ({"static_fields": {"version": told}} if form == "json" else {})
    chosen = {**QUIET, **CARRIERS, **levels}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"context": {"()": "biologidex.core.logging.ContextFilter"}},
        "formatters": {"chosen": formatter},
        "handlers": {
            "stream": {
                "class": "logging.StreamHandler",
                "stream": f"ext://sys.{'stdout' if form == 'json' else 'stderr'}",
                "formatter": "chosen",
                "filters": ["context"],
            }
        },
        "root": {"handlers": ["stream"], "level": level},
        "loggers": {name: {"level": one} for name, one in chosen.items()},
    }
