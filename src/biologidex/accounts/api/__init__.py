"""Accounts over HTTP: joining, signing in and out, oneself, others, passwords and addresses."""

from biologidex.accounts.api.mailed import AskConfirmation, AskReset, ConfirmEmail, Reset
from biologidex.accounts.api.people import FriendCode, LookUp, Myself, NewFriendCode, Person, Profile
from biologidex.accounts.api.schema import BearerScheme
from biologidex.accounts.api.sessions import (
    ChangePassword,
    SessionDetail,
    Sessions,
    SignOut,
    SignOutEverywhere,
)
from biologidex.accounts.api.signing_in import Refresh, SignIn, SignUp

__all__ = [
    "AskConfirmation",
    "AskReset",
    "BearerScheme",
    "ChangePassword",
    "ConfirmEmail",
    "FriendCode",
    "LookUp",
    "Myself",
    "NewFriendCode",
    "Person",
    "Profile",
    "Refresh",
    "Reset",
    "SessionDetail",
    "Sessions",
    "SignIn",
    "SignOut",
    "SignOutEverywhere",
    "SignUp",
]
