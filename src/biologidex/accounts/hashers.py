"""How passwords are kept."""

import threading

from django.contrib.auth.hashers import Argon2PasswordHasher

AT_ONCE = threading.BoundedSemaphore(4)  # more would be no faster, and take 19 MB each


class Argon2id(Argon2PasswordHasher):
    """Argon2id at OWASP's smallest recommended cost.

    Django's default takes 100 MB and 200 ms a login, which a dozen people signing in at once turn into an outage.
    This takes 19 MB and 24 ms; guessing is held back by counting failures instead.
    """

    time_cost = 2
    memory_cost = 19_456
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        """Hash a password."""
        with AT_ONCE:
            return str(super().encode(password, salt))

    def verify(self, password: str, encoded: str) -> bool:
        """Tell whether this is the password."""
        with AT_ONCE:
            return bool(super().verify(password, encoded))
