"""Shapes that many answers share, for the description of the API (docs/api/openapi.yaml)."""

from functools import cache
from typing import Any

from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, inline_serializer
from rest_framework import serializers

Shape = type[serializers.BaseSerializer[Any]] | serializers.BaseSerializer[Any]
NOTHING = OpenApiResponse(description="Done. The answer has no body.")
BINARY = OpenApiTypes.BINARY


def listed(name: str, shape: Shape, **more: serializers.Field[Any, Any, Any, Any]) -> Any:
    """Describe an object that holds a list of `shape` under `name`, and whatever else stands beside it."""
    one = shape() if isinstance(shape, type) else shape
    many: Any = serializers.ListSerializer(child=one)
    return inline_serializer(f"{type(one).__name__}{name.title().replace('_', '')}", {name: many, **more})


@cache  # one shape, one name
def page_of(shape: Shape) -> Any:
    """Describe one page of a list as `core.api.paged` answers it."""
    link: dict[str, Any] = {"allow_null": True, "required": False}
    return listed(
        "results",
        shape,
        count=serializers.IntegerField(required=False),
        next=serializers.URLField(**link),
        previous=serializers.URLField(**link),
    )


REFUSED = "Refused"
ERRORS = {
    "description": "The request cannot be done. A field that is to blame is named with a list of sentences; "
    "otherwise `detail` has one.",
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "properties": {"detail": {"type": "string"}, "code": {"type": "string"}},
                "additionalProperties": True,
            }
        },
        "application/problem+json": {
            "schema": {
                "type": "object",
                "required": ["type", "title", "status"],
                "properties": {
                    "type": {"type": "string"},
                    "title": {"type": "string"},
                    "status": {"type": "integer"},
                    "detail": {"type": "string"},
                    "code": {"type": "string"},
                    "errors": {"type": "object", "additionalProperties": True},
                },
            }
        },
    },
}


class Generator(SchemaGenerator):
    """Describes all views, in the version that their addresses name."""

    def create_view(self, *args: Any, **kwargs: Any) -> Any:
        """Return a view that is not asked which version a request is in: there is no request."""
        view = super().create_view(*args, **kwargs)  # type: ignore[no-untyped-call]
        view.versioning_class = None
        return view


class Described(AutoSchema):
    """Describes a view, and beside its answers the one shape of refusal that all views share."""

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        """Return the description of one method of one address."""
        operation: dict[str, Any] | None = super().get_operation(*args, **kwargs)
        if operation:
            operation["responses"]["4XX"] = {"$ref": f"#/components/responses/{REFUSED}"}
        return operation


def with_refusals(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Add the shape of refusals to the description, which drf-spectacular calls when all the rest is there."""
    result["components"].setdefault("responses", {})[REFUSED] = ERRORS
    return result
