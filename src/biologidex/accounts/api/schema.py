"""How the description of the API names our tokens and our cookie."""

from drf_spectacular.authentication import SessionScheme
from drf_spectacular.contrib.rest_framework_simplejwt import SimpleJWTScheme


class BearerScheme(SimpleJWTScheme):  # type: ignore[no-untyped-call]
    """A bearer token, as `auth/login/` gives it."""

    target_class = "biologidex.accounts.tokens.SessionToken"
    name = "bearer"


class CookieScheme(SessionScheme):  # type: ignore[no-untyped-call]
    """The cookie of somebody who signed in on a page."""

    target_class = "biologidex.accounts.browser.SessionCookie"
    priority = 0
