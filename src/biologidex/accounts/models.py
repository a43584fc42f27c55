"""The person: how they sign in, how friends find them, and what they tell about themselves."""

import secrets
import uuid
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.validators import MinLengthValidator, RegexValidator
from django.db import models, transaction
from django.db.models.functions import Lower
from django.db.models.lookups import Exact
from django.utils import timezone

FRIEND_CODE_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # nothing that can be misread: no I, O, 0, 1
FRIEND_CODE_LENGTH = 8


def new_friend_code() -> str:
    """Return a code that cannot be guessed from another one."""
    return "".join(secrets.choice(FRIEND_CODE_ALPHABET) for _ in range(FRIEND_CODE_LENGTH))


class UserManager(BaseUserManager["User"]):
    """Finds people by what they type, and makes them whole: a user without a profile does not exist."""

    def get_by_natural_key(self, username: str | None) -> "User":
        """Return the person with this user name or e-mail address, in any mixture of cases."""
        name = (username or "").strip().lower()
        # A user name cannot hold an @, so the two never meet.
        return self.get(Exact(Lower("email" if "@" in name else "username"), name))

    @transaction.atomic
    def create_user(self, username: str, email: str, password: str | None = None, **fields: Any) -> "User":
        """Make a person and their profile. Rules for names and passwords are asked in `services.sign_up`."""
        user = self.model(username=username, email=email.strip().lower(), **fields)
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
    """Somebody who collects animals."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    username = models.CharField(
        max_length=30,
        unique=True,  # Django asks for this on the field; the constraint below is the one that counts
        validators=[
            MinLengthValidator(3, "A user name has at least 3 characters."),
            RegexValidator(
                r"\A[A-Za-z0-9._-]*\Z",
                "A user name has letters from A to Z, digits, dots, hyphens and underscores.",
            ),
        ],
    )
    email = models.EmailField()
    friend_code = models.CharField(
        max_length=FRIEND_CODE_LENGTH, unique=True, default=new_friend_code, editable=False
    )
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    date_joined = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["email"]

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("username"), name="user_username_once"),
            models.UniqueConstraint(Lower("email"), name="user_email_once"),
        ]


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

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(default_visibility__in=["private", "friends", "public"]),
                name="profile_visibility_known",
            )
        ]
