"""Shapes of the API: what is taken for an account, and what is told about one to its owner."""

from rest_framework import serializers

from biologidex.accounts.models import User
from biologidex.core.serializers import Text


class SignUpIn(serializers.Serializer[None]):
    """A new account. Which names and passwords are good is asked in `services.sign_up`."""

    username = Text()
    email = Text()
    password = Text(trim_whitespace=False)
    password_confirm = Text(trim_whitespace=False, required=False)

    def validate(self, attrs: dict[str, str]) -> dict[str, str]:
        """Refuse two passwords that differ."""
        if attrs.pop("password_confirm", attrs["password"]) != attrs["password"]:
            raise serializers.ValidationError({"password_confirm": "The two passwords differ."})
        return attrs


class SignInIn(serializers.Serializer[None]):
    """A user name or e-mail address, and the password."""

    username = Text(max_length=254)
    password = Text(max_length=1000, trim_whitespace=False)


class RefreshIn(serializers.Serializer[None]):
    """The token a sign-in gave."""

    refresh = Text(max_length=4000)


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

    class Meta(AccountOut.Meta):
        fields = [*AccountOut.Meta.fields, "display_name", "bio", "default_visibility", "date_joined"]
