"""gunicorn's threaded worker, which ends without losing what has reached it."""

from gunicorn.workers.gthread import ThreadWorker


class WebWorker(ThreadWorker):
    """Takes in what waits at the door before the door is closed.

    gunicorn's own takes nothing in any more but leaves the door open for two seconds, and drops whoever has come
    meanwhile. nginx asks the other instance then, but never a request that changes something: that one would fail.
    """

    def set_accept_enabled(self, enabled: bool) -> None:
        """Take connections in, or no more of them. To end, take in those that wait, and let later ones be refused."""
        if self.alive or enabled:
            super().set_accept_enabled(enabled)
            return
        for door in self.sockets:
            taken = -1
            while taken != self.nr_conns:
                taken = self.nr_conns
                self.accept(door)
        super().set_accept_enabled(False)
        for door in self.sockets:
            door.close()
