"""What load balancers, containers and people ask: is it alive, can it work?"""

import logging
import threading
from enum import StrEnum

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

log = logging.getLogger(__name__)


class Database(StrEnum):
    """How the database is."""

    OK = "ok"
    BEHIND = "migrations pending"
    UNREACHABLE = "unreachable"
    SILENT = "no answer in time"


class Watch:
    """Asks the database in a thread of its own: one that hangs could not be given up otherwise.

    However many ask at once, and however long it hangs, there is one question under way.
    """

    def __init__(self, *, patience: float) -> None:
        self._patience = patience
        self._lock = threading.Lock()
        self._answered = threading.Event()
        self._answered.set()
        self._state = Database.UNREACHABLE
        self._migrated = False  # once true it stays true for this code, and looking is the expensive part

    def state(self) -> Database:
        """Return how the database is, after `patience` seconds at most."""
        with self._lock:
            if self._answered.is_set():
                self._answered.clear()
                threading.Thread(target=self._ask, name="health", daemon=True).start()
        return self._state if self._answered.wait(self._patience) else Database.SILENT

    def _ask(self) -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
            self._migrated = self._migrated or _is_migrated()
            self._state = Database.OK if self._migrated else Database.BEHIND
        except Exception:
            # The last stop of this thread: whatever the driver raises, the answer is the same.
            log.exception("the database cannot be asked")
            self._state = Database.UNREACHABLE
        finally:
            connection.close()
            self._answered.set()


def _is_migrated() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


watch = Watch(patience=2)


@require_safe
@never_cache
def live(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Answer that the process is alive. Touches nothing: a database that is down is no reason to restart us."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def ready(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Answer 200 if requests can be served, 503 if not, and which part is to blame."""
    database = watch.state()
    well = database is Database.OK
    return JsonResponse(
        {"status": "ok" if well else "unavailable", "checks": {"database": database}},
        status=200 if well else 503,
    )
