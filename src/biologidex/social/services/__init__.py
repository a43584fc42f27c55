"""Everything that changes what is between people: friendships and blocks, what they are told, what they report."""

from biologidex.social.services.friends import (
    accept,
    ask,
    block,
    block_asker,
    end,
    person_meant,
    reject,
    unblock,
    unfriend,
)
from biologidex.social.services.notices import (
    choose,
    claim_digest,
    mark_read,
    notify,
    release_digest,
    sweep_notifications,
    take_back,
    take_badges_back,
    unsubscribe,
)
from biologidex.social.services.reports import report, settle_report

__all__ = [
    "accept",
    "ask",
    "block",
    "block_asker",
    "choose",
    "claim_digest",
    "end",
    "mark_read",
    "notify",
    "person_meant",
    "reject",
    "release_digest",
    "report",
    "settle_report",
    "sweep_notifications",
    "take_back",
    "take_badges_back",
    "unblock",
    "unfriend",
    "unsubscribe",
]
