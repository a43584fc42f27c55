"""How the API describes itself: settings of drf-spectacular, which writes docs/api/openapi.yaml."""

from typing import Any

OF_THE_API: dict[str, Any] = {
    "TITLE": "BiologiDex",
    "DESCRIPTION": "Photograph an animal, have it identified, collect it. Lists are objects with `results`; "
    "errors name the field or have a `detail`. Send `Accept: application/json; version=v2` for cursors and "
    "problem documents (RFC 9457).",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "DEFAULT_GENERATOR_CLASS": "biologidex.core.schema.Generator",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {  # where several shapes have a field of that name, or of those choices
        "VisibilityEnum": "biologidex.accounts.models.UserProfile.Visibility",
        "GeoprivacyEnum": "biologidex.accounts.models.UserProfile.Geoprivacy",
        "SessionKindEnum": "biologidex.accounts.models.Session.Kind",
        "ImportKindEnum": "biologidex.dex.exchange.serializers.KIND_NAMES",
        "NodeTypeEnum": "biologidex.graph.serializers.NODE_TYPES",
    },
    "SCHEMA_PATH_PREFIX": r"/api/v1/",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "biologidex.core.schema.with_refusals",
        "biologidex.ops.schema.with_health",
    ],
}
