"""What is logged, and how a line looks."""

from typing import Any


def of(*, level: str) -> dict[str, Any]:
    """Return Django's LOGGING: everything goes to the standard error, whoever runs us keeps it."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"request_id": {"()": "biologidex.core.logging.RequestIdFilter"}},
        "formatters": {
            "line": {"format": "{asctime} {levelname:7} {name} [{request_id}] {message}", "style": "{"},
        },
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["request_id"]}
        },
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "celery.app.trace": {"level": "WARNING"},  # the runner tells about jobs, with their names
            "celery.worker.strategy": {"level": "WARNING"},
            "django": {"level": "INFO"},
            "httpx": {"level": "WARNING"},
            "PIL": {"level": "WARNING"},
            "waitress.queue": {"level": "ERROR"},
        },
    }
