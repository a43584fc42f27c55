"""Where backups go, to whom they are sealed, how many are kept."""

from pathlib import Path

from biologidex.config import env
from biologidex.ops.backup import plan

SEALED_TO = "age1"


def read(data: Path) -> plan.Plan:
    """Read what concerns backups, or raise BadValue without repeating a secret."""
    return plan.Plan(
        here=env.path(
            "BIOLOGIDEX_BACKUP_DIR",
            str(data / "backups"),
            "Folder of the backups that stay on this machine.",
        ),
        off_site=_place(
            "BIOLOGIDEX_BACKUP_URL",
            env.secret(
                "BIOLOGIDEX_BACKUP_URL",
                "",
                "Where backups go besides: a mounted `/FOLDER`, "
                "`s3://KEY:SECRET@HOST/BUCKET/FOLDER` or "  # pragma: allowlist secret
                "`gs://BUCKET/FOLDER?key=FILE`. Unset: nowhere.",
            ),
        ),
        public_keys=_public_keys(
            "BIOLOGIDEX_BACKUP_PUBLIC_KEYS",
            env.listing(
                "BIOLOGIDEX_BACKUP_PUBLIC_KEYS",
                "",
                "To whom backups are sealed: public keys that `age-keygen` made, `age1...`. Keep the private ones "
                "elsewhere.",
            ),
        ),
        keep_here=env.number(
            "BIOLOGIDEX_BACKUP_KEEP_LOCAL", 7, "How many backups stay on this machine.", least=1
        ),
        keep=env.number(
            "BIOLOGIDEX_BACKUP_KEEP",
            30,
            "How many stay at `BIOLOGIDEX_BACKUP_URL`, and for how many days photos that were deleted.",
            least=1,
        ),
        keys=env.path(
            "BIOLOGIDEX_BACKUP_KEYS_DIR",
            str(data / "backup-keys"),
            "Folder with the keys of the backups that this machine makes and what their programs are told.",
        ),
        secrets=_folder(
            env.text(
                "BIOLOGIDEX_BACKUP_SECRETS_DIR",
                "",
                "Folder of files with secrets that are backed up too, such as `/run/secrets`. They are always sealed.",
            )
        ),
        status=_folder(
            env.text(
                "BIOLOGIDEX_BACKUP_STATUS_DIR",
                "",
                "Folder of `backup-status.json`: backups write it, `/metrics` reads it. Unset: the data folder.",
            )
        ),
        hour=env.number(
            "BIOLOGIDEX_BACKUP_HOUR",
            2,
            "Hour (UTC) after which `biologidex nightly` backs up.",
            least=0,
            most=23,
        ),
        photos_every=env.number(
            "BIOLOGIDEX_BACKUP_PHOTOS_EVERY",
            5,
            "Minutes after which `biologidex nightly` backs up photos by day, beside PostgreSQL. 0: at night only.",
            least=0,
        ),
        database=env.secret(
            "BIOLOGIDEX_BACKUP_DATABASE_URL",
            "",
            "PostgreSQL as `biologidex_backup`, past the pool. For backups of PostgreSQL only.",
        ),
    )


def _folder(path: str) -> Path | None:
    return Path(path).expanduser().absolute() if path else None


def _place(name: str, address: str) -> plan.Place | None:
    try:
        return plan.place(address)
    except ValueError:
        raise env.BadValue(f"{name} must be {plan.HOW}.") from None


def _public_keys(name: str, keys: list[str]) -> tuple[str, ...]:
    if any("SECRET" in key.upper() for key in keys):
        raise env.BadValue(f"{name} holds a private key. It belongs on no server: make a new one.")
    if not all(key.startswith(SEALED_TO) for key in keys):
        raise env.BadValue(f"{name} is a list of public keys like age1..., as `age-keygen` prints them.")
    return tuple(keys)
