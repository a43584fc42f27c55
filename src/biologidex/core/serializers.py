"""Fields that take what they are named for, and nothing that only could be read as it."""

from typing import Any, NoReturn

from rest_framework import serializers


class Text(serializers.CharField):
    """A string that is one: a number or a list is a mistake of the caller, not a name."""

    def to_internal_value(self, data: Any) -> str:
        """Return the string, or refuse what only could be read as one."""
        if not isinstance(data, str):
            self._refuse()
        return super().to_internal_value(data)

    def _refuse(self) -> NoReturn:
        self.fail("invalid")


class Number(serializers.FloatField):
    """A number that is one: `true` counts as 1 for Python, and would be a place in the Gulf of Guinea."""

    def to_internal_value(self, data: Any) -> float:
        """Return the number, or refuse what only could be read as one."""
        if isinstance(data, bool):
            raise serializers.ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_internal_value(data)


class WholeNumber(serializers.IntegerField):
    """A whole number as programs send it, also as `1.0`, and never one that no database holds."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("min_value", 0)
        kwargs.setdefault("max_value", 2**31 - 1)
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> int:
        """Return the number, or refuse what only could be read as one."""
        if isinstance(data, bool):
            self.fail("invalid")
        return super().to_internal_value(data)
