"""Shapes of the API: what is taken for an account, and what is told about one, to its owner and to others."""

from typing import Any

from rest_framework import serializers

from biologidex.accounts.models import UNPRINTABLE, Session, User, UserProfile
from biologidex.core.serializers import Text


def _password(**more: Any) -> Text:
    return Text(
        trim_whitespace=False, max_length=2000, write_only=True, style={"input_type": "password"}, **more
    )


class Line(Text):
    """A string of one line."""

    def to_internal_value(self, data: Any) -> str:
        """Return the line, or refuse what would not be shown as one."""
        line = super().to_internal_value(data)
        if UNPRINTABLE.search(line):
            self._refuse()
        return line


class TwicePassword(serializers.Serializer[Any]):
    """A new password, typed twice by people; programs may leave the second out."""

    password = _password()
    password_confirm = _password(required=False)

    def validate(self, attrs: dict[str, str]) -> dict[str, str]:
        """Refuse two passwords that differ."""
        if attrs.pop("password_confirm", attrs["password"]) != attrs["password"]:
            raise serializers.ValidationError({"password_confirm": "The two passwords differ."})
        return attrs


class SignUpIn(TwicePassword):
    """A new account. Which names and passwords are good is asked in `services.sign_up`."""

    username = Text()
    email = Text()


class SignInIn(serializers.Serializer[Any]):
    """A user name or e-mail address, and the password."""

    username = Text(max_length=254)
    password = _password()


class RefreshIn(serializers.Serializer[Any]):
    """The token a sign-in gave."""

    refresh = Text(max_length=4000)


class PasswordIn(serializers.Serializer[Any]):
    """The password once more."""

    password = _password()


class ChangePasswordIn(TwicePassword):
    """The old password and the new one."""

    old_password = _password()


class ResetIn(TwicePassword):
    """What the mail's link says, and the new password."""

    uid = Text(max_length=100)
    token = Text(max_length=200)


class EmailIn(serializers.Serializer[Any]):
    """An address."""

    email = Text(max_length=254)


class EmailTokenIn(serializers.Serializer[Any]):
    """What the mail's link says."""

    token = Text(max_length=2000)


class CodeIn(serializers.Serializer[Any]):
    """A friend code as somebody typed it."""

    friend_code = Text(max_length=100)


class AccountIn(serializers.Serializer[Any]):
    """What people change about themselves. Another e-mail address takes the password."""

    display_name = Line(max_length=60, required=False, allow_blank=True)
    bio = Text(max_length=500, required=False, allow_blank=True)
    default_visibility = serializers.ChoiceField(UserProfile.Visibility.choices, required=False)
    default_geoprivacy = serializers.ChoiceField(UserProfile.Geoprivacy.choices, required=False)
    default_license = serializers.ChoiceField(UserProfile.License.choices, required=False, allow_blank=True)
    badges_enabled = serializers.BooleanField(required=False)
    email = Text(max_length=254, required=False)
    password = _password(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Ask for the password where it is needed, and drop it where it is not."""
        if "email" not in attrs:
            attrs.pop("password", None)
        elif "password" not in attrs:
            raise serializers.ValidationError({"password": "Another e-mail address takes your password."})
        return attrs


class AccountOut(serializers.ModelSerializer[User]):
    """A person, to themselves: nobody else is shown an e-mail address."""

    class Meta:
        model = User
        fields = ["id", "username", "email", "friend_code"]


class MyselfOut(AccountOut):
    """A person and their profile, to themselves."""

    display_name = serializers.CharField(source="profile.display_name")
    bio = serializers.CharField(source="profile.bio")
    default_visibility = serializers.CharField(source="profile.default_visibility")
    default_geoprivacy = serializers.CharField(source="profile.default_geoprivacy")
    default_license = serializers.CharField(source="profile.default_license")
    badges_enabled = serializers.BooleanField(source="profile.badges_enabled")

    class Meta(AccountOut.Meta):
        fields = [
            *AccountOut.Meta.fields,
            "email_confirmed",
            "display_name",
            "bio",
            "default_visibility",
            "default_geoprivacy",
            "default_license",
            "badges_enabled",
            "date_joined",
        ]


class ChangedOut(MyselfOut):
    """The same after a change. `new_email` is an address that counts as soon as the mail sent there is read."""

    new_email = serializers.CharField(required=False)

    class Meta(MyselfOut.Meta):
        fields = [*MyselfOut.Meta.fields, "new_email"]


class FoundOut(serializers.ModelSerializer[User]):
    """A person, to whoever knows their friend code."""

    display_name = serializers.CharField(source="profile.display_name")
    avatar = serializers.SerializerMethodField(help_text="blank: people have no pictures here")

    class Meta:
        model = User
        fields = ["id", "username", "display_name", "avatar"]

    def get_avatar(self, _: User) -> str:
        """Return the blank that the existing client puts up with."""
        return ""


class PersonOut(FoundOut):
    """A person, to everybody else who is signed in: the same for friends and strangers."""

    bio = serializers.CharField(source="profile.bio")

    class Meta(FoundOut.Meta):
        fields = ["id", "username", "display_name", "bio", "date_joined"]


class SignedInOut(serializers.Serializer[Any]):
    """The tokens of a sign-in, and whose it is. `access_token` is `access` under an older name."""

    access = serializers.CharField()
    refresh = serializers.CharField()
    access_token = serializers.CharField()
    user = AccountOut()


class AccessOut(serializers.Serializer[Any]):
    """A new access token."""

    access = serializers.CharField()


class CodeOut(serializers.Serializer[Any]):
    """The code by which friends find a person."""

    friend_code = serializers.CharField(min_length=8, max_length=8)


class SaidOut(serializers.Serializer[Any]):
    """A sentence for the person."""

    detail = serializers.CharField()


class SessionOut(serializers.ModelSerializer[Session]):
    """A sign-in. `seen_at` is exact to the hour."""

    is_current = serializers.SerializerMethodField()

    class Meta:
        model = Session
        fields = ["id", "kind", "device", "created_at", "seen_at", "is_current"]

    def get_is_current(self, session: Session) -> bool:
        """Whether this is the one that asks."""
        return bool(str(session.pk) == self.context["current"])
