"""The load test: people who look at animals and at their dex, and now and then send a photo.

    make loadtest               against http://localhost:8000
    make loadtest HOST=...      against another address of this machine

The shares are those of the migration audit's section 9.3: 3 look at the animals, 2 at their dex, 1 sends a photo.
"""

from pathlib import Path

from locust import HttpUser, between, task

PICTURE = Path("test_image.jpg").read_bytes()


class Collector(HttpUser):
    """One person with the app open."""

    wait_time = between(1, 3)

    def on_start(self) -> None:
        """Sign in."""
        answer = self.client.post(
            "/api/v1/auth/login/", json={"username": "testuser", "password": "testpass"}
        )
        self.client.headers["Authorization"] = f"Bearer {answer.json()['access']}"

    @task(3)
    def look_at_animals(self) -> None:
        """The animals found here."""
        self.client.get("/api/v1/animals/")

    @task(2)
    def look_at_own_dex(self) -> None:
        """One's own cards."""
        self.client.get("/api/v1/dex/entries/my_entries/")

    @task(1)
    def send_photo(self) -> None:
        """A photo to identify."""
        self.client.post("/api/v1/vision/jobs/", files={"image": ("test_image.jpg", PICTURE, "image/jpeg")})
