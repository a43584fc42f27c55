"""How static files are kept: compressed, under names that change with their content, in modules as in pages."""

from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage

MODULES = "web/js/*.js"  # our own: what packages bring may speak of imports without meaning them


class StaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # it comes without types
    """Storage whose modules import each other by the names that are kept for good."""

    max_post_process_passes = 10  # one for each module in the longest chain of imports
    patterns: Any = (
        *CompressedManifestStaticFilesStorage.patterns,
        (MODULES, CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns[1]),
    )
