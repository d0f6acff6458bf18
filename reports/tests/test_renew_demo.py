import pytest
from django.core.management import CommandError, call_command

from aftersales.models import User
from aftersales.tests.factories import UserFactory


@pytest.mark.django_db
def test_the_demo_is_not_renewed_where_other_people_work():
    UserFactory()

    with pytest.raises(CommandError, match="Nothing was thrown away"):
        call_command("renew_demo")

    assert User.objects.count() == 1
