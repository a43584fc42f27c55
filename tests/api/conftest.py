"""The description of the API, made once."""

import json
from typing import Any

import pytest

from biologidex.ops.views import as_json


@pytest.fixture(scope="session")
def description() -> Any:
    return json.loads(as_json())
