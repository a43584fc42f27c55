"""Work of the dex that nobody waits for."""

from uuid import UUID

from biologidex.core import jobs
from biologidex.dex import services
from biologidex.dex.exchange import services as exchange


def _give_up(claim: jobs.Claim, reason: str, *, run_id: str) -> None:  # noqa: ARG001 -- every task gets these
    exchange.give_up(run_id=UUID(run_id))


@jobs.task("dex.import", seconds=1800, give_up=_give_up)
def import_finds(claim: jobs.Claim, *, run_id: str) -> None:  # noqa: ARG001 -- every task gets its claim
    """Read one file of finds."""
    exchange.carry_out(run_id=UUID(run_id))


@jobs.task("dex.sweep_imports")
def sweep_imports(claim: jobs.Claim) -> None:  # noqa: ARG001 -- every task gets its claim
    """Remove files of imports that nobody will read any more."""
    exchange.sweep()


@jobs.task("dex.tell_places_anew")
def tell_places_anew(claim: jobs.Claim, *, animal_ids: list[str]) -> None:  # noqa: ARG001 -- every task gets its claim
    """Let copies of cards learn that the places of these animals are told otherwise."""
    services.tell_places_anew(animal_ids=[UUID(animal_id) for animal_id in animal_ids])


@jobs.task("dex.forget_links")
def forget_links(claim: jobs.Claim) -> None:  # noqa: ARG001 -- every task gets its claim
    """Forget links to cards that ended long ago."""
    services.forget_links()


@jobs.task("dex.tell_progress")
def tell_progress(claim: jobs.Claim, *, owner_id: str, entry_id: str) -> None:  # noqa: ARG001
    """Tell a person what their dex has come to."""
    services.tell_progress(owner_id=UUID(owner_id), entry_id=UUID(entry_id) if entry_id else None)


@jobs.task("dex.tell_second_looks")
def tell_second_looks(claim: jobs.Claim) -> None:  # noqa: ARG001 -- every task gets its claim
    """Ask owners to look again at some of their cards."""
    services.tell_second_looks()
