"""The person: how they sign in, how friends find them, and what they tell about themselves."""

import re
import secrets
import uuid
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, BaseUserManager, PermissionsMixin
from django.core.validators import MinLengthValidator, RegexValidator
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Lower
from django.db.models.lookups import Exact
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

FRIEND_CODE_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # nothing that can be misread: no I, O, 0, 1
FRIEND_CODE_LENGTH = 8
# Control characters, and those that turn the direction of the text around them. Line ends are no part of a name.
UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def new_friend_code() -> str:
    """Return a code that cannot be guessed from another one."""
    return "".join(secrets.choice(FRIEND_CODE_ALPHABET) for _ in range(FRIEND_CODE_LENGTH))


class UserQuerySet(models.QuerySet["User"]):
    """People, as far as others may know of them."""

    def visible_to(self, viewer: "User | AnonymousUser") -> "UserQuerySet":
        """Everybody with an open account, to everybody who is signed in and knows whom to ask for.

        What is told of them is little (`serializers.PersonOut`), and nothing lists them.
        """
        return self.filter(is_active=True) if isinstance(viewer, User) else self.none()

    def with_email(self, email: str) -> "UserQuerySet":
        """Whoever has this address, in any mixture of cases: one person or nobody."""
        email = email.strip().lower()
        # Some databases refuse to be asked for control characters.
        return self.filter(Exact(Lower("email"), email)) if email.isprintable() else self.none()


class UserManager(BaseUserManager["User"]):
    """Finds people by what they type, and makes them whole: a user without a profile does not exist."""

    def get_queryset(self) -> UserQuerySet:
        """Return everybody."""
        return UserQuerySet(self.model, using=self._db)

    def visible_to(self, viewer: "User | AnonymousUser") -> UserQuerySet:
        """Return those of whom somebody may know."""
        return self.get_queryset().visible_to(viewer)

    def with_email(self, email: str) -> UserQuerySet:
        """Return whoever has this address."""
        return self.get_queryset().with_email(email)

    def get_by_natural_key(self, username: str | None) -> "User":
        """Return the person with this user name or e-mail address, in any mixture of cases."""
        name = (username or "").strip().lower()
        # A user name cannot hold an @, so the two never meet.
        return self.get(Exact(Lower("email" if "@" in name else "username"), name))

    @transaction.atomic
    def create_user(self, username: str, email: str, password: str | None = None, **fields: Any) -> "User":
        """Make a person and their profile. Rules for names and passwords are asked in `services.sign_up`.

        Whoever the operator makes need not confirm their address.
        """
        given = {"email_confirmed": True, **fields}
        user = self.model(username=username, email=email.strip().lower(), **given)
        user.set_password(password)
        user.save(using=self._db, force_insert=True)
        UserProfile.objects.using(self._db).create(user=user)
        return user

    def create_superuser(
        self, username: str, email: str, password: str | None = None, **fields: Any
    ) -> "User":
        """Make a person who may do everything. Called by `biologidex createsuperuser`."""
        return self.create_user(username, email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody who collects animals.

    `is_active` is false for an account that was closed, by its owner (`closed_at` says when: it is being erased) or
    by the operator.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    username = models.CharField(
        max_length=30,
        unique=True,  # Django asks for this on the field; the constraint below is the one that counts
        validators=[
            MinLengthValidator(3, _("A user name has at least 3 characters.")),
            RegexValidator(
                r"\A[A-Za-z0-9._-]*\Z",
                _("A user name has letters from A to Z, digits, dots, hyphens and underscores."),
            ),
        ],
    )
    email = models.EmailField()
    email_since = models.DateTimeField(default=timezone.now, editable=False)
    email_confirmed = models.BooleanField(default=False)  # whether a mail to this address has been read
    friend_code = models.CharField(
        max_length=FRIEND_CODE_LENGTH, unique=True, default=new_friend_code, editable=False
    )
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    date_joined = models.DateTimeField(default=timezone.now, editable=False)
    closed_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["email"]

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("username"), name="user_username_once"),
            models.UniqueConstraint(Lower("email"), name="user_email_once"),
        ]
        indexes = [models.Index(fields=["id"], condition=Q(is_active=False), name="user_closed")]


class UserProfile(models.Model):
    """What a person tells about themselves, and what they usually choose."""

    class Visibility(models.TextChoices):
        PRIVATE = "private"
        FRIENDS = "friends"
        PUBLIC = "public"

    class Geoprivacy(models.TextChoices):
        """How exactly others are told where an animal was found; the words are those of naturalists' sites."""

        OPEN = "open"
        OBSCURED = "obscured"
        PRIVATE = "private"

    class License(models.TextChoices):
        """What others may do with a find and its photos, by its SPDX identifier. Blank: all rights reserved."""

        CC0 = "CC0-1.0"
        BY = "CC-BY-4.0"
        BY_NC = "CC-BY-NC-4.0"
        BY_SA = "CC-BY-SA-4.0"
        BY_ND = "CC-BY-ND-4.0"
        BY_NC_SA = "CC-BY-NC-SA-4.0"
        BY_NC_ND = "CC-BY-NC-ND-4.0"

    class ColorScheme(models.TextChoices):
        """How pages look. Blank: as the person's device is set."""

        LIGHT = "light"
        DARK = "dark"

    user = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True, related_name="profile")
    display_name = models.CharField(max_length=60, blank=True)
    bio = models.TextField(max_length=500, blank=True)
    default_visibility = models.CharField(
        max_length=7, choices=Visibility.choices, default=Visibility.FRIENDS
    )
    default_geoprivacy = models.CharField(
        max_length=8, choices=Geoprivacy.choices, default=Geoprivacy.OBSCURED
    )
    default_license = models.CharField(max_length=20, choices=License.choices, blank=True)
    badges_enabled = models.BooleanField(default=True)
    # What is blank here is as the person's browser says.
    language = models.CharField(max_length=10, blank=True, default="", db_default="")
    color_scheme = models.CharField(
        max_length=5, choices=ColorScheme.choices, blank=True, default="", db_default=""
    )
    time_zone = models.CharField(max_length=64, blank=True, default="", db_default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(default_visibility__in=["private", "friends", "public"]),
                name="profile_visibility_known",
            )
        ]


class Session(models.Model):
    """A sign-in that is under way: of a program that holds tokens, or of a browser that holds a cookie.

    Ending it deletes the row, and with it everything that was let in by it: tokens carry its id, and `browser_key`
    is the key of Django's own session. `seen_at` is exact to the hour, so that most requests write nothing.
    """

    class Kind(models.TextChoices):
        TOKEN = "token"  # noqa: S105 -- the kind, not the thing
        BROWSER = "browser"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sessions")
    kind = models.CharField(max_length=7, choices=Kind.choices)
    device = models.CharField(max_length=60, blank=True)
    browser_key = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="browser_session_has_its_key",
                condition=models.Q(kind="token", browser_key="")
                | models.Q(kind="browser") & ~models.Q(browser_key=""),
            )
        ]
        indexes = [models.Index(fields=["user", "-seen_at"], name="session_of_user")]


class ConsentQuerySet(models.QuerySet["Consent"]):
    """What people have agreed to at some time."""

    def in_force(self) -> "ConsentQuerySet":
        """What they agree to now."""
        return self.filter(withdrawn_at=None)


class Consent(models.Model):
    """Something that a person agreed to, from one moment on, perhaps until another.

    Rows stay when it is taken back, so that it can be told what held when. Higher parts name the purposes.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=60)
    given_at = models.DateTimeField(default=timezone.now, editable=False)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "purpose"], condition=Q(withdrawn_at=None), name="consent_in_force_once"
            )
        ]


class StaffWord(models.Model):
    """What those who run the server have to say to somebody. It goes with the account."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="staff_words")
    words = models.CharField(max_length=500)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        indexes = [models.Index(fields=["person", "-created_at"], name="staff_word_to_person")]
