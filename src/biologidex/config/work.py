"""Who does background work, how it is told, and what is done every day."""

from biologidex.config import env
from biologidex.config.env import BadValue

DOORBELLS = {  # what enqueued work rings after its commit
    "threads": "biologidex.core.jobs.threads.ring",
    "inline": "biologidex.core.jobs.runner.run_due",
    "celery": "biologidex.config.celery.ring",
}
DAILY = (
    "accounts.clear_sessions",
    "core.sweep_audit",
    "core.sweep_jobs",
    "dex.forget_links",
    "dex.sweep_imports",
    "media.sweep_uploads",
    "media.sweep_unused",
    "media.sweep_orphans",
    "ops.erase_closed_accounts",
    "ops.back_up",
    "dex.tell_second_looks",
    "social.sweep_notifications",
    "web.send_digests",
)


def broker(address: str, *, backend: str) -> str:
    """Return the address of the broker, or raise BadValue if there is none although it is needed."""
    if backend == "celery" and not address.startswith(("redis://", "rediss://")):
        raise BadValue("BIOLOGIDEX_JOBS_BACKEND=celery needs BIOLOGIDEX_BROKER_URL, redis:// or rediss://.")
    return address


def threads(count: int, *, backend: str) -> int:
    """Return how many threads of a server work in the background: none if workers of their own do."""
    return 0 if backend == "celery" else count


def audit_days() -> int:
    """Return for how many days daily work leaves the audit trail alone. The database's own least is 90, too."""
    return env.number(
        "BIOLOGIDEX_AUDIT_DAYS", 400, "Days for which the audit trail is kept.", least=90, most=3650
    )
