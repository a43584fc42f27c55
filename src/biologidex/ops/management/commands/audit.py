"""`biologidex audit`."""

import json
from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone

from biologidex.accounts.models import User
from biologidex.core.models import AuditEntry

COLUMNS = ("at", "actor_id", "action", "target_kind", "target_id", "target", "reason", "details")


class Command(BaseCommand):
    """Shows the audit trail, which nobody can change."""

    help = "Show who did what, when and why: the audit trail, the oldest first"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which lines of it, and how."""
        parser.add_argument(
            "--since", type=int, default=30, metavar="DAYS", help="of so many days; 30 if unset"
        )
        parser.add_argument("--action", metavar="ACTION", help="what was done, or how that begins: card.")
        parser.add_argument(
            "--actor", metavar="WHO", help="who did it: a user name, an id, or `command line`"
        )
        parser.add_argument("--target", metavar="WHAT", help="to whom or what: a user name, or an id")
        parser.add_argument("--json", action="store_true", help="a JSON object a line, for programs")

    def handle(self, **options: Any) -> None:
        """Show them."""
        lines = AuditEntry.objects.filter(at__gte=timezone.now() - timedelta(days=options["since"]))
        if options["action"]:
            lines = lines.filter(action__startswith=options["action"])
        if options["actor"]:
            lines = lines.filter(actor_id=_id_of(options["actor"]))
        if options["target"]:
            lines = lines.filter(target_id=_id_of(options["target"]))
        write = _as_json if options["json"] else _as_text
        for line in lines.order_by("at", "pk").values(*COLUMNS).iterator():
            self.stdout.write(write(line))


def _id_of(told: str) -> str:
    """Return the id of whoever has this name; what is no name is an id already, of somebody who left perhaps."""
    person = User.objects.filter(username__iexact=told).first()
    return str(person.pk) if person else told


def _as_json(line: dict[str, Any]) -> str:
    return json.dumps(line, cls=DjangoJSONEncoder, ensure_ascii=False)


def _as_text(line: dict[str, Any]) -> str:
    details = json.dumps(line["details"], ensure_ascii=False) if line["details"] else ""
    parts = [f"{line['at']:%Y-%m-%d %H:%M:%S}", line["actor_id"], line["action"]]
    parts += [f"{line['target_kind']} {line['target_id']}", line["target"], line["reason"], details]
    # What somebody wrote must not move the cursor of whoever reads it.
    return "  ".join("".join(sign if sign.isprintable() else " " for sign in part) for part in parts if part)
