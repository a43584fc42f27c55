"""A program that uses the API over the wire, as anybody's would."""

import secrets
import time
from typing import Any, Self

import httpx2 as httpx

PASSWORD = "kingfisher-over-water"


class Person:
    """Somebody with an account of their own on a running server."""

    def __init__(self, address: str) -> None:
        self.name = f"person-{secrets.token_hex(4)}"
        self._http = httpx.Client(base_url=f"{address}/api/v1/", timeout=30)

    def __enter__(self) -> Self:
        """Keep one connection for the length of a block."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let it go."""
        self._http.close()

    def sign_up(self) -> Self:
        """Make the account and sign in."""
        account = {"username": self.name, "email": f"{self.name}@example.org", "password": PASSWORD}
        self.post("users/", json={**account, "password_confirm": PASSWORD})
        return self.sign_in()

    def sign_in(self) -> Self:
        """Sign in, after a restart for instance."""
        tokens = self.post("auth/login/", json={"username": self.name, "password": PASSWORD})
        self._http.headers["Authorization"] = f"Bearer {tokens['access']}"
        return self

    @property
    def token(self) -> str:
        """Return the access token of the sign-in."""
        return self._http.headers["Authorization"].removeprefix("Bearer ")

    def get(self, path: str) -> Any:
        """Ask, and expect an answer."""
        return self._http.get(path).raise_for_status().json()

    def post(self, path: str, **sent: Any) -> Any:
        """Send, and expect it to be taken."""
        return self._http.post(path, **sent).raise_for_status().json()

    def patch(self, path: str, **sent: Any) -> Any:
        """Change something, and expect it to be taken."""
        return self._http.patch(path, **sent).raise_for_status().json()

    def send_photo(self, content: bytes) -> Any:
        """Send a photo to be identified. Returns the job."""
        return self.post("vision/jobs/", files={"image": ("image.jpg", content, "image/jpeg")})

    def find(self, scientific_name: str, content: bytes, **details: Any) -> Any:
        """Photograph an animal and file it under this name. Returns the card."""
        animal = self.post("animals/lookup_or_create/", json={"scientific_name": scientific_name})["animal"]
        job = self.outcome(self.send_photo(content)["id"])
        filed = {"source_vision_job": job["id"], "animal": animal["id"], **details}
        return self.post("dex/entries/", json=filed)

    def try_photo(self, content: bytes) -> int:
        """Send a photo that may be refused. Returns the status."""
        files = {"image": ("image.jpg", content, "image/jpeg")}
        return self._http.post("vision/jobs/", files=files).status_code

    def outcome(self, job_id: str, *, patience: float = 30) -> Any:
        """Ask for a job until it is finished."""
        end = time.monotonic() + patience
        while time.monotonic() < end:
            job = self.get(f"vision/jobs/{job_id}/")
            if job["status"] in {"completed", "failed"}:
                return job
            time.sleep(0.1)
        raise TimeoutError(f"The job is still {job['status']} after {patience} seconds.")
