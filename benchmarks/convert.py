"""What the existing client's two-step convert of a phone's photo costs: processor time, helpers included.

    .venv/bin/python benchmarks/convert.py

Converts and downloads different 12-megapixel JPEGs of 3 MB through the API and prints medians in milliseconds. The
target is 600; the earlier server needed 2,900.
"""

import io
import os
import statistics
import sys
import tempfile
import time

folder = tempfile.TemporaryDirectory(prefix="biologidex-bench-")
os.environ |= {
    "BIOLOGIDEX_DATA_DIR": folder.name,
    "BIOLOGIDEX_RATES": "all=0/hour",
    "BIOLOGIDEX_DATABASE_URL": "",
    "DJANGO_SETTINGS_MODULE": "biologidex.config.settings",
}

import django  # noqa: E402

django.setup()

import psutil  # noqa: E402 -- after Django is set up
from django.conf import settings  # noqa: E402
from django.core.files.uploadedfile import SimpleUploadedFile  # noqa: E402
from django.core.management import call_command  # noqa: E402
from PIL import Image, ImageFilter  # noqa: E402
from rest_framework.test import APIClient  # noqa: E402

from biologidex.accounts.models import User  # noqa: E402

RUNS, SIZE = 7, (4000, 3000)


def photo() -> bytes:
    """Make a JPEG as large, in pixels and bytes, as a phone's."""
    noise = (
        Image.effect_noise((SIZE[0] // 4, SIZE[1] // 4), 90).resize(SIZE).filter(ImageFilter.GaussianBlur(1))
    )
    fine = Image.effect_noise(SIZE, 30)
    out = io.BytesIO()
    Image.merge(
        "RGB", (Image.blend(noise, fine, 0.32), noise, fine.filter(ImageFilter.GaussianBlur(4)))
    ).save(out, "JPEG", quality=80)
    return out.getvalue()


def processor() -> float:
    """Return the processor time that this process and its helpers have taken, in seconds."""
    here = psutil.Process()
    return sum(sum(one.cpu_times()[:2]) for one in (here, *here.children(recursive=True)))


def main() -> int:
    """Run the benchmark; return the exit status."""
    settings.ALLOWED_HOSTS = ["testserver"]
    call_command("migrate", verbosity=0)
    api = APIClient()
    api.force_authenticate(User.objects.create_user("ann", "ann@example.org"))
    spent, taken, sizes, pngs = [], [], [], []
    for run in range(RUNS + 1):
        content = photo()
        before, begun = processor(), time.perf_counter()
        upload = SimpleUploadedFile("image.jpg", content, "image/jpeg")
        told = api.post("/api/v1/images/convert/", {"image": upload}, format="multipart").json()
        answer = api.get(f"/api/v1/images/convert/{told['id']}/download/")
        png = b"".join(answer.streaming_content)
        if run:  # the first one starts the helper
            spent.append((processor() - before) * 1000)
            taken.append((time.perf_counter() - begun) * 1000)
            sizes.append(len(content) / 1e6)
            pngs.append(len(png) / 1e6)
    print(f"JPEG of {statistics.median(sizes):.1f} MB, PNG of {statistics.median(pngs):.1f} MB")
    print(f"processor time {statistics.median(spent):6.0f} ms   (target 600)")
    print(f"time           {statistics.median(taken):6.0f} ms")
    return 0


if __name__ == "__main__":
    sys.exit(main())
