"""Commands of the docs that look at a server in containers, as they stand, by what must be up for them."""

import re
from pathlib import Path

TOP = Path(__file__).parents[3]
PAGES = [
    *sorted((TOP / "docs" / "runbooks").glob("*.md")),
    *(TOP / page for page in ("OPERATIONS.md", "docs/backup.md", "docs/deploy.md", "docs/monitoring.md")),
]
# What changes nothing, or nothing that lasts: what watches is told to read its files again.
LOOKING = re.compile(r"scripts/compose\.sh (ps|logs|exec|kill -s HUP|restart alertmanager)\b")
LEADS_ON = re.compile(
    r"scripts/compose\.sh (exec web|exec backup bash)$|reload"
)  # half a command, or no mere look
NEEDS = {
    "backup": r"(logs|exec) .*backup",
    "monitoring": r"prometheus|alertmanager|exporter",
    "replica": r"replica",
    "tunnel": r"cloudflared",
}


def commands() -> set[str]:
    """Return what the pages say to type in order to look."""
    found: set[str] = set()
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        block = re.findall(r"(?m)^ {4}(scripts/compose\.sh .*?)(?: {2,}# .*)?$", text)
        found |= {
            one for one in (*block, *re.findall(r"`(scripts/compose\.sh [^`]+)`", text)) if LOOKING.match(one)
        }
    return {one for one in found if not LEADS_ON.search(one)}


def profile_of(command: str) -> str:
    """Return which profile must be up for it; nothing if the server alone will do."""
    return next((profile for profile, names in NEEDS.items() if re.search(names, command)), "")


def looks(profile: str = "") -> list[str]:
    """Return those that need this profile. For `tunnel` there is no drill: it needs an account at Cloudflare."""
    return sorted(one for one in commands() if profile_of(one) == profile)
