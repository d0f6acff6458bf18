import factory

from aftersales.models import User
from aftersales.roles import SUPERVISOR


class UserFactory(factory.django.DjangoModelFactory):
    """Somebody who may do nothing until given roles; password: `correct horse battery`."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda number: f"user{number}")
    name = factory.Sequence(lambda number: f"User {number}")
    roles = factory.LazyFunction(list)
    password = factory.django.Password("correct horse battery")


class SupervisorFactory(UserFactory):
    roles = factory.LazyFunction(lambda: [SUPERVISOR])
