"""`biologidex spending`."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from biologidex.vision.models import PaidCall
from biologidex.vision.spending import spent


class Command(BaseCommand):
    """Tells what paid identification has cost in a month."""

    help = "Tell what paid identification has cost in a month"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which month."""
        parser.add_argument("month", nargs="?", help="like 2026-11; this month if left out")

    def handle(self, **options: Any) -> None:
        """Tell, model by model."""
        try:
            month = (
                date.fromisoformat(f"{options['month']}-01") if options["month"] else timezone.now().date()
            )
        except ValueError as error:
            raise CommandError("A month is written like 2026-11.") from error
        calls = PaidCall.objects.filter(month=month.replace(day=1))
        for model in sorted(set(calls.values_list("model", flat=True))):
            of_model = calls.filter(model=model)
            self.stdout.write(f"{model}: {spent(of_model):.6f} USD for {of_model.count()} calls")
        budget = f" of {settings.VISION_BUDGET} USD" if settings.VISION_BUDGET else ""
        self.stdout.write(f"{month:%Y-%m}: {spent(calls):.6f} USD{budget}")
