"""Who may begin a server in a folder that has none.

Whoever looks after one may not: called in a wrong folder, it would leave a server there, and look at that.
"""

LOOK_AFTER = {
    *("audit", "backup", "doctor", "drill", "erase-account", "export-account", "monitor", "nightly"),
    *("pseudonym", "spending", "staff"),
}


class Beginning:
    """What the command line decides before anything else is read."""

    allowed = True


def decide(command: str) -> None:
    """Let every command begin one but those that look after one."""
    Beginning.allowed = command.replace("_", "-") not in LOOK_AFTER
