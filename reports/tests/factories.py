from datetime import date

import factory

from followups.models import Department
from followups.tests.factories import TrackerFactory
from reports.models import Measure


class MeasureFactory(factory.django.DjangoModelFactory):
    """The workshop does something about the week of 31 March 2025, until 11 April."""

    class Meta:
        model = Measure

    week = date(2025, 3, 31)
    department = Department.WORKSHOP
    text = "Check the torque of every wheel bolt twice."
    owner = factory.SubFactory(TrackerFactory)
    due_on = date(2025, 4, 11)
