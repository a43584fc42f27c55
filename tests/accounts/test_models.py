"""What the database promises about people."""

import pytest
from django.db import IntegrityError

from biologidex.accounts.models import User


@pytest.mark.django_db
def test_a_user_name_is_taken_in_every_mixture_of_cases(ann: User) -> None:
    with pytest.raises(IntegrityError):
        User.objects.create_user("ANN", "another@example.org")
