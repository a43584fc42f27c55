"""PostgreSQL's backups by pgBackRest: its configuration, and the few of its commands that we use."""

import json
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from biologidex.ops.backup import retention
from biologidex.ops.backup.errors import BackupFailed, Damaged
from biologidex.ops.backup.places import HERE, OFF_SITE
from biologidex.ops.backup.plan import Place, Plan
from biologidex.ops.backup.programs import Account, Program

STANZA = "biologidex"
CONFIGURATION, LOG_INS = "pgbackrest.conf", "pgpass"
FULL_EVERY = timedelta(days=6, hours=12)  # in between only what has changed since
NEVER = 9_999_999  # what pgBackRest deletes by itself: we say which
LONGEST_WAIT = 60
# Of what it says of a repository.
PLAINLY = {
    "missing stanza path": "{} has none of them. Is it mounted?",
    "FormatError": "The key of {} is wrong, or it is damaged.",
    "CryptoError": "The key of {} is wrong, or it is damaged.",
    "ChecksumError": "The key of {} is wrong, or it is damaged.",
}
WHERE = ("type", "s3-bucket", "s3-endpoint", "gcs-bucket", "path")  # a repository is by these another one


@dataclass(frozen=True)
class Server:
    """The PostgreSQL that is backed up, as it says itself."""

    data: Path
    socket: Path
    port: int
    user: str
    database: str
    password: str


@dataclass(frozen=True)
class Made:
    """A backup in a repository."""

    label: str
    stopped: int
    bytes: int
    timeline: int = 1
    ended: int = 0  # so far in the log

    @classmethod
    def told(cls, told: dict[str, Any]) -> "Made":
        """Read what pgBackRest tells of one."""
        return cls(
            told["label"],
            told["timestamp"]["stop"],
            told["info"]["repository"]["size"],
            timeline=int((told["archive"]["stop"] or "1")[:8], 16),
            ended=_place_in_log((told.get("lsn") or {}).get("stop") or "0/0"),
        )

    @property
    def is_full(self) -> bool:
        """Whether it needs no other."""
        return self.label.endswith("F")

    @property
    def root(self) -> str:
        """The full one that it begins with."""
        return self.label.partition("_")[0]

    @property
    def moment(self) -> datetime:
        """When it was made."""
        return datetime.fromtimestamp(self.stopped, UTC)


@dataclass(frozen=True)
class Course:
    """What the database went through, as PostgreSQL's timelines: each restore and each promotion begins one.

    What was written to one after the next had begun was undone.
    """

    timeline: int
    ends: dict[int, int] = field(default_factory=dict)  # of those before it, so far in the log

    def has(self, made: Made) -> bool:
        """Whether a backup is of it, and not of what was undone."""
        return made.timeline == self.timeline or made.ended <= self.ends.get(made.timeline, -1)

    def from_(self, made: Made) -> str:
        """Return what PostgreSQL follows beginning with that backup."""
        return "current" if made.timeline == self.timeline else str(self.timeline)


def followed(made: list[Made], begun: dict[int, float], at: datetime | None) -> int:
    """Return the timeline that the database was on at a time: the last that is known to have been written by then.

    `begun` says since when the place has each timeline. In a copy of the place that is too late; a higher number is
    never older than a lower one.
    """
    known = [(float(one.stopped), one.timeline) for one in made]
    latest = float("inf")
    for timeline, since in sorted(begun.items(), reverse=True):
        latest = min(latest, since)
        known.append((latest, timeline))
    return max(one for one in known if at is None or one[0] <= at.timestamp())[1]


def _place_in_log(text: str) -> int:
    high, _, low = text.partition("/")
    return (int(high, 16) << 32) + int(low, 16)


def configuration(plan: Plan, server: Server) -> str:
    """Write the configuration, with new keys for the repositories."""
    lines = ["[global]", *_repository(1, Place("folder", folder=str(plan.here / "postgres")))]
    if plan.off_site:
        lines += _repository(2, _below(plan.off_site, "postgres"))
    lines += [
        "compress-type=zst",
        "process-max=2",
        "start-fast=y",
        "expire-auto=n",
        "archive-push-queue-max=4GiB",  # a place that is away does not fill this disk
        f"archive-timeout={LONGEST_WAIT}",
        "log-level-file=off",
        "log-level-console=warn",
        f"lock-path={plan.here / 'postgres-lock'}",
        "",
        f"[{STANZA}]",
        f"pg1-path={server.data}",
        f"pg1-socket-path={server.socket}",
        f"pg1-port={server.port}",
        f"pg1-user={server.user}",
        f"pg1-database={server.database}",
    ]
    return "\n".join(lines) + "\n"


def brought_up_to_date(text: str, plan: Plan) -> str:
    """Return a configuration with the second repository where it is now, opened as it is now. All else stays as it is.

    Another place has another repository, with a key of its own.
    """
    if (
        plan.off_site is None
    ):  # it may be unsaid by mistake: what is known of a repository is not forgotten for that
        return text
    lines = text.splitlines()
    was = dict(_pair(line) for line in lines if line.startswith("repo2-"))
    wanted = dict(map(_pair, _repository(2, _below(plan.off_site, "postgres"))))
    if all(was.get(f"repo2-{name}") == wanted.get(f"repo2-{name}") for name in WHERE):
        wanted = was | {name: value for name, value in wanted.items() if name != "repo2-cipher-pass"}
    if wanted == was:
        return text
    rest = [line for line in lines if line not in {f"{name}={value}" for name, value in was.items()}]
    place = max(number for number, line in enumerate(rest) if line.startswith("repo1-")) + 1
    rest[place:place] = [f"{name}={value}" for name, value in wanted.items()]
    return "\n".join(rest) + "\n"


def _pair(line: str) -> tuple[str, str]:
    name, _, value = line.partition("=")
    return name, value


def _below(place: Place, folder: str) -> Place:
    return Place(**{**place.__dict__, "folder": f"{place.folder}/{folder}" if place.folder else folder})


def _repository(number: int, place: Place) -> list[str]:
    options = _LOCATIONS[place.kind](place) | {
        "cipher-type": "aes-256-cbc",
        "cipher-pass": secrets.token_urlsafe(48),
        "bundle": "y",
        "retention-full-type": "count",
        "retention-full": str(NEVER),
    }
    return [f"repo{number}-{name}={value}" for name, value in options.items()]


def _google(place: Place) -> dict[str, str]:
    key = {"gcs-key-type": "service", "gcs-key": place.options["key"]} if "key" in place.options else {}
    kind = {} if key else {"gcs-key-type": "auto"}
    return {"type": "gcs", "gcs-bucket": place.bucket, "path": f"/{place.folder}", **key, **kind}


def _s3(place: Place) -> dict[str, str]:
    style = {"addressing": "path"}.items() <= place.options.items()
    return {
        "type": "s3",
        "s3-bucket": place.bucket,
        "s3-endpoint": place.host,
        "s3-region": place.options.get("region", "us-east-1"),
        "s3-key": place.key,
        "s3-key-secret": place.secret,
        "s3-uri-style": "path" if style else "host",
        "path": f"/{place.folder}",
        **({"storage-ca-file": place.options["authority"]} if "authority" in place.options else {}),
    }


_LOCATIONS = {"folder": lambda place: {"path": place.folder}, "s3": _s3, "gs": _google}


class Repositories:
    """The repositories that a configuration names: 1 is here, 2 is off site."""

    def __init__(self, keys: Path, account: Account) -> None:
        self.file = keys / CONFIGURATION
        self.program = Program("pgbackrest", {"PGPASSFILE": str(keys / LOG_INS)}, account)
        self.settings = dict(map(_pair, self.file.read_text(encoding="utf-8").splitlines()))
        self.places = {1: HERE} | ({2: OFF_SITE} if "repo2-cipher-pass" in self.settings else {})

    @property
    def data(self) -> Path:
        """PostgreSQL's data folder."""
        return Path(self.settings["pg1-path"])

    def run(self, command: str, *words: str | Path, repo: int | None = None) -> str:
        """Run a command of pgBackRest."""
        told = [f"--config={self.file}", f"--stanza={STANZA}"]
        return self.program.run(command, *told, *([f"--repo={repo}"] if repo else []), *words)

    def made(self, repo: int) -> list[Made]:
        """Return the backups of a repository, the newest first."""
        told = self._info(repo)
        found = [
            Made.told(one) for stanza in told for one in stanza.get("backup", []) if not one.get("error")
        ]
        return sorted(found, key=lambda one: one.stopped, reverse=True)

    def _info(self, repo: int) -> list[dict[str, Any]]:
        said = self.run("info", "--output=json", repo=repo)
        try:
            # What another key has made of it may stand in it as it is.
            told: list[dict[str, Any]] = json.loads(said, strict=False)
        except ValueError as error:
            raise BackupFailed(f"pgbackrest info: {error}") from error
        bad = [one for one in told for one in one.get("repo", []) if one["status"]["code"] not in {0, 2}]
        if bad:  # 2: no backup yet
            message = str(bad[0]["status"]["message"]).partition("\n")[0]
            sentences = {name: words for name, words in PLAINLY.items() if name in message}
            hint = " ".join(words.format(self.settings[f"repo{repo}-path"]) for words in sentences.values())
            raise BackupFailed(f"{hint} pgbackrest info: {message}".strip())
        return told

    def to_begin_with(self, repo: int, at: datetime | None) -> list[tuple[Made, str]]:
        """Return the backups that lead to a time, or to now, the newest first, each with the timeline to follow."""
        made = [one for one in self.made(repo) if at is None or one.moment <= at]
        if not made:
            return []
        course = self._course(repo, made, at)
        return [(one, course.from_(one)) for one in made if course.has(one)]

    def _course(self, repo: int, made: list[Made], at: datetime | None) -> Course:
        ids = [one["id"] for stanza in self._info(repo) for one in stanza.get("archive", [])]
        folder = f"archive/{STANZA}/{ids[-1]}" if ids else ""
        words = ("--output=json", "--filter=^[0-9A-F]{8}\\.history$")
        files = json.loads(self.run("repo-ls", folder, *words, repo=repo)) if folder else {}
        begun = {int(name[:8], 16): file["time"] for name, file in files.items() if name.endswith(".history")}
        timeline = followed(made, begun, at)
        ends = {}
        if timeline in begun:
            text = self.run("repo-get", f"{folder}/{timeline:08X}.history", repo=repo)
            lines = [line.split() for line in text.splitlines()]
            ends = {
                int(line[0]): _place_in_log(line[1]) for line in lines if len(line) > 1 and line[0].isdigit()
            }
        return Course(timeline, ends)

    def make(self, repo: int) -> Made:
        """Make a backup: of everything if there is no such one of the last days, else of what changed since it."""
        fulls = [one for one in self.made(repo) if one.is_full]
        recent = fulls and datetime.now(UTC) - fulls[0].moment < FULL_EVERY
        self.run("backup", f"--type={'diff' if recent else 'full'}", repo=repo)
        return self.made(repo)[0]

    def prune(self, repo: int, *, keep: int, verified: str) -> list[str]:
        """Remove what is more than enough, and the log that only that needed. Returns the labels."""
        made = self.made(repo)
        gone = removable(made, keep=keep, verified=verified)
        fulls = sum(one.is_full for one in made if one.label not in gone)
        for label in gone:
            if label in {one.label for one in self.made(repo)}:  # not gone with the one that it needed
                self.run("expire", f"--set={label}", f"--repo{repo}-retention-archive={fulls}", repo=repo)
        return gone

    def verify(self, repo: int) -> None:
        """Read everything again, or raise Damaged."""
        said = self.run("verify", "--output=text", "--verbose", repo=repo)
        if "status: ok" not in said:
            raise Damaged(
                f"PostgreSQL's backups are damaged {self.places[repo]}: {' '.join(said.split())[:500]}"
            )


def removable(made: list[Made], *, keep: int, verified: str) -> list[str]:
    """Return the labels of those that may go: none that another one needs which stays."""
    gone = set(retention.to_remove([one.label for one in made], keep=keep, verified=verified))
    needed = {one.root for one in made if one.label not in gone}
    return [one.label for one in made if one.label in gone - needed]
