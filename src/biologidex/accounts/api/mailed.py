"""What goes by e-mail: a new password for whoever has forgotten it, and whose an address is."""

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from biologidex.accounts import services
from biologidex.accounts.serializers import EmailIn, EmailTokenIn, ResetIn, SaidOut
from biologidex.core.api import OpenView
from biologidex.core.schema import NOTHING
from biologidex.core.throttling import address_of

ON_ITS_WAY = "If there is such an account, a mail is on its way to this address."


class AskReset(OpenView):
    """POST auth/password/reset/."""

    rate = "password_mail"

    @extend_schema(
        tags=["accounts"], operation_id="ask_password_reset", request=EmailIn, responses={202: SaidOut}
    )
    def post(self, request: Request) -> Response:
        """Have a link to a new password mailed. The answer never tells whether anybody has this address."""
        form = EmailIn(data=request.data)
        form.is_valid(raise_exception=True)
        services.ask_reset(email=form.validated_data["email"])
        return Response({"detail": ON_ITS_WAY}, status=status.HTTP_202_ACCEPTED)


class Reset(OpenView):
    """POST auth/password/reset/confirm/."""

    rate = "log_in"

    @extend_schema(
        tags=["accounts"], operation_id="reset_password", request=ResetIn, responses={204: NOTHING}
    )
    def post(self, request: Request) -> Response:
        """Choose the new password, with what the mail's link says. Every sign-in ends."""
        form = ResetIn(data=request.data)
        form.is_valid(raise_exception=True)
        services.reset_password(**form.validated_data, address=address_of(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class ConfirmEmail(OpenView):
    """POST auth/email/confirm/."""

    rate = "log_in"

    @extend_schema(
        tags=["accounts"], operation_id="confirm_email", request=EmailTokenIn, responses={204: NOTHING}
    )
    def post(self, request: Request) -> Response:
        """Confirm an address, with what the mail's link says."""
        form = EmailTokenIn(data=request.data)
        form.is_valid(raise_exception=True)
        services.confirm_email(token=form.validated_data["token"])
        return Response(status=status.HTTP_204_NO_CONTENT)


class AskConfirmation(OpenView):
    """POST auth/email/resend/."""

    rate = "password_mail"

    @extend_schema(
        tags=["accounts"], operation_id="resend_confirmation", request=EmailIn, responses={202: SaidOut}
    )
    def post(self, request: Request) -> Response:
        """Have the mail sent again by which an account's address is confirmed."""
        form = EmailIn(data=request.data)
        form.is_valid(raise_exception=True)
        services.ask_confirmation(email=form.validated_data["email"])
        return Response({"detail": ON_ITS_WAY}, status=status.HTTP_202_ACCEPTED)
