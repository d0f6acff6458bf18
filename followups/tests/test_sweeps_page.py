import pytest

from aftersales.tests.factories import SupervisorFactory
from followups.models import SweepRun
from followups.sweeps import SWEEPS
from followups.views.sweeps import NAMES


@pytest.mark.django_db
def test_sweeps_say_when_they_ran_and_what_they_did(client):
    client.force_login(SupervisorFactory())
    SweepRun.objects.create(
        name="sweep_first_calls", ran_at="2025-04-03T02:00Z", counts={"created": 7}
    )

    page = client.get("/sweeps/").content.decode()

    assert "written 7" in page
    assert page.count("Never") == len(SWEEPS) - 1


def test_every_sweep_has_a_name_for_people():
    assert NAMES.keys() == SWEEPS.keys()
