"""Every write to a person, and the one door through which pages and programs sign in."""

from biologidex.accounts.services.closing import close_account, delete_account, erase_account
from biologidex.accounts.services.consents import give_consent, withdraw_consent
from biologidex.accounts.services.emails import ask_confirmation, confirm_email
from biologidex.accounts.services.entering import prove, sign_in
from biologidex.accounts.services.joining import sign_up
from biologidex.accounts.services.moderating import lift, suspend, warn
from biologidex.accounts.services.passwords import ask_reset, change_password, reset_password, reset_works
from biologidex.accounts.services.profiles import change_account, renew_friend_code
from biologidex.accounts.services.sessions import (
    end_all_sessions,
    end_session,
    move_session,
    note_seen,
    open_session,
    sweep_sessions,
)
from biologidex.accounts.services.standing import hold, refuse_others

__all__ = [
    "ask_confirmation",
    "ask_reset",
    "change_account",
    "change_password",
    "close_account",
    "confirm_email",
    "delete_account",
    "end_all_sessions",
    "end_session",
    "erase_account",
    "give_consent",
    "hold",
    "lift",
    "move_session",
    "note_seen",
    "open_session",
    "prove",
    "refuse_others",
    "renew_friend_code",
    "reset_password",
    "reset_works",
    "sign_in",
    "sign_up",
    "suspend",
    "sweep_sessions",
    "warn",
    "withdraw_consent",
]
