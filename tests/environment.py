"""The server under test: settings of its own, in a temporary folder. Imported before anything of Django's.

The suite runs on the database that BIOLOGIDEX_DATABASE_URL names, SQLite when it is unset. Nothing else of the
caller's environment reaches it: a test must neither depend on a real data folder nor touch one.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

import django
import hypothesis
from django.conf import settings

DATA_DIR = Path(tempfile.mkdtemp(prefix="biologidex-test-"))  # each process of a parallel run makes its own
atexit.register(shutil.rmtree, DATA_DIR, ignore_errors=True)

KEPT = {
    "BIOLOGIDEX_DATABASE_URL",
    "BIOLOGIDEX_TEST_PHOTOS",
}  # where the database is, where the photographs are
for name in [name for name in os.environ if name.startswith("BIOLOGIDEX_")]:
    if name not in KEPT:
        del os.environ[name]
os.environ.pop("PROMETHEUS_MULTIPROC_DIR", None)
os.environ |= {"BIOLOGIDEX_DATA_DIR": str(DATA_DIR), "BIOLOGIDEX_JOBS_BACKEND": "inline", "PORT": "8000"}
os.environ["BIOLOGIDEX_ADMIN_HOST"] = "admin.testserver"  # or its app would not be there to be tried
os.environ["DJANGO_SETTINGS_MODULE"] = "biologidex.config.settings"
if settings.configured:
    raise RuntimeError(
        "Something has read the settings before the tests: is DJANGO_SETTINGS_MODULE exported? Unset it."
    )

# What differs from a running server: hashes that are slow on purpose, and what is collected before a start.
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
settings.STATIC_ROOT.mkdir()

database = settings.DATABASES["default"]
if database["ENGINE"].endswith("sqlite3"):
    # A file, not memory, so that a test's threads share it; and nobody minds if a power cut loses it.
    database["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
    database["OPTIONS"]["init_command"] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"

django.setup()
from biologidex.core import identity  # noqa: E402 -- it reads settings

identity.unsaid = (
    identity.EVERYTHING
)  # what a test arranges and looks at itself, nobody in particular asks for
# The processes of a parallel run inherit the environment, and would read the settings too early.
del os.environ["DJANGO_SETTINGS_MODULE"]

# A busy machine is no fault of the code, and examples that failed belong into tests, not into a folder.
hypothesis.settings.register_profile(
    "suite",
    deadline=None,
    database=None,
    max_examples=40,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("suite")
