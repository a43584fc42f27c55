"""Files with random damage: read or refused in words, never an error of ours."""

import io
import json
import zipfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as some
from hypothesis.extra.django import TestCase

import make
from biologidex.core.errors import DomainError
from biologidex.dex.exchange import services
from biologidex.dex.models import DexEntry, ImportRun
from dex.exchange.conftest import EXAMPLES

EXAMPLE = json.dumps(
    {
        "format": "biologidex-finds",
        "version": 1,
        "entries": [
            {"scientific_name": "Vulpes vulpes", "notes": 'a "b" \\', "latitude": 1.5, "longitude": -2.5},
            {
                "scientific_name": "Canis lupus",
                "photos": [{"file": "photos/a.jpg", "sha256": "0"}],
                "id": None,
            },
        ],
    },
    indent=1,
).encode()


def _zipped(content: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("entries.json", content)
        archive.writestr("photos/a.jpg", b"\xff\xd8\xff")
    return made.getvalue()


FILES = [*(Path(file).read_bytes() for file in sorted(EXAMPLES.glob("*.csv"))), EXAMPLE, _zipped(EXAMPLE)]
SIGNS = [
    b"\0",
    b'"',
    b"\n",
    b",",
    b"{",
    b"]",
    b"\xff",
    b"\\",
    b"-",
    b"9" * 30,
    b"\xc3\xa9",
    b"PK\x01\x02",
    b"",
]


class Damaged(TestCase):
    """The files of these tests with some bytes replaced."""

    @settings(max_examples=60)
    @given(
        content=some.sampled_from(FILES),
        damage=some.lists(
            some.tuples(some.floats(0, 1), some.integers(0, 12), some.sampled_from(SIGNS)), max_size=5
        ),
    )
    def test_is_read_or_refused(self, content: bytes, damage: list[tuple[float, int, bytes]]) -> None:
        for share, length, sign in damage:
            at = int(share * len(content))
            content = content[:at] + sign + content[at + length :]
        ann = make.user()
        make.taxon("Vulpes vulpes", common_name="Red fox")
        try:
            run, _ = services.begin(by=ann, pieces=[content], at_hand=True)
        except DomainError as error:
            assert error.message  # noqa: PT017 -- most files are refused, but not all
            assert not ImportRun.objects.exists()
            return

        services.carry_out(run_id=run.pk)

        run.refresh_from_db()
        assert (run.state, run.rows.count()) == ("done", run.total)
        assert DexEntry.objects.filter(owner=ann).count() <= 1
