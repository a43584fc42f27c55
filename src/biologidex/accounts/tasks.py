"""Work of this app that happens in the background."""

from django.core.management import call_command

from biologidex.core import jobs


@jobs.task("accounts.clear_sessions")
def clear_sessions(claim: jobs.Claim) -> None:  # noqa: ARG001 -- every task gets its claim
    """Delete the sessions that have run out; Django leaves them where they are."""
    call_command("clearsessions")
