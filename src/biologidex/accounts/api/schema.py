"""How the description of the API names our tokens."""

from drf_spectacular.contrib.rest_framework_simplejwt import SimpleJWTScheme


class BearerScheme(SimpleJWTScheme):  # type: ignore[no-untyped-call]
    """A bearer token, as `auth/login/` gives it."""

    target_class = "biologidex.accounts.tokens.SessionToken"
    name = "bearer"
