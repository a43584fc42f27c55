"""What a load test needs on a server of one's own: a user everybody knows, and a picture nobody owns."""

import random
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from PIL import Image, ImageDraw, ImageFilter

from biologidex.accounts.models import User
from biologidex.core.errors import Forbidden

NAME, PASSWORD = "testuser", "testpass"  # what the audit's load test signs in with
PICTURE = "test_image.jpg"
SIZE = (1600, 1200)


def make_user() -> None:
    """Make the user, or give it its password again. Refused where other people could reach the server."""
    if urlsplit(settings.SITE_URL).hostname not in {"localhost", "127.0.0.1", "::1"}:
        raise Forbidden(
            "Everybody knows this password: the load test's user is only made on this machine's own server."
        )
    user = User.objects.filter(username=NAME).first()
    if user is None:
        User.objects.create_user(NAME, f"{NAME}@example.org", PASSWORD)
        return
    user.set_password(PASSWORD)
    user.save(update_fields=["password"])


def remove_user() -> None:
    """Remove the user with everything that the load test left."""
    User.objects.filter(username=NAME).delete()


def draw_picture(folder: Path) -> Path:
    """Draw a picture of a goldfish in weeds, the same at every call, and return its file."""
    dice = random.Random(1)  # noqa: S311 -- not a secret
    picture = Image.new("RGB", SIZE, (38, 92, 104))
    pen = ImageDraw.Draw(picture)
    for _ in range(60):
        x, y, lean = dice.randrange(SIZE[0]), dice.randrange(300, SIZE[1]), dice.randrange(-80, 80)
        pen.line(
            [(x, SIZE[1]), (x + lean, y)], fill=(30, dice.randrange(90, 150), 60), width=dice.randrange(6, 18)
        )
    pen.polygon([(1120, 600), (1400, 420), (1340, 600), (1400, 790)], fill=(232, 132, 30))
    pen.ellipse([420, 400, 1180, 800], fill=(240, 140, 36))
    pen.ellipse([540, 540, 600, 600], fill=(250, 240, 220))
    pen.ellipse([556, 556, 588, 588], fill=(20, 20, 20))
    folder.mkdir(parents=True, exist_ok=True)
    picture.filter(ImageFilter.GaussianBlur(2)).save(folder / PICTURE, quality=88)
    return folder / PICTURE
