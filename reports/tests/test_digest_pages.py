"""The weekly digest as pages, and where the departments get it."""

from datetime import timedelta

import pytest
from django.urls import reverse

from aftersales import days
from aftersales.roles import SERVICE_ADVISOR, TECHNICIAN, TRACKING_SALESMAN
from aftersales.tests.factories import SupervisorFactory, UserFactory
from followups.models import Department, MatterKind
from followups.tests.factories import CallFactory, MatterFactory
from reports.models import DepartmentMailbox
from reports.periods import Week
from reports.tests.complaining import complain
from reports.tests.factories import MeasureFactory

pytestmark = pytest.mark.django_db
ALL = reverse("reports:digests")
WORKSHOP = reverse("reports:digest", args=["workshop"])
MAILBOXES = reverse("reports:mailboxes")


@pytest.fixture(autouse=True)
def supervisor(client):
    user = SupervisorFactory()
    client.force_login(user)
    return user


@pytest.fixture
def week():
    return Week.of(days.today()).previous


def fill(week):
    """Leave something of everything that a digest tells."""
    at = days.start_of_day(week.first)
    CallFactory(
        started_at=at,
        ended_at=at,
        scores={"q_clean": 5, "q_overall": 9},
        score_reasons={"q_clean": "Dust"},
    )
    complain(week.first, department=Department.WORKSHOP)
    MatterFactory(
        kind=MatterKind.REQUEST, department=Department.WORKSHOP, heard_on=week.first - timedelta(9)
    )
    MeasureFactory(week=week.first, due_on=days.today() - timedelta(1))


def test_show_the_last_week_that_is_over_unless_asked_for_another(client, week):
    assert client.get(ALL).context["period"] == week
    assert client.get(WORKSHOP, {"week": "2025-W14"}).context["period"] == Week.parse("2025-W14")
    assert client.get(ALL, {"week": "soon"}).status_code == 404


def test_an_unknown_department_is_not_found(client):
    assert client.get(reverse("reports:digest", args=["kitchen"])).status_code == 404


def test_tell_a_department_what_its_customers_said(client, week):
    fill(week)

    page = client.get(WORKSHOP).content.decode()

    for words in ("The brakes squeal.", "Dust", "Check the torque", "Overdue"):
        assert words in page


def test_say_so_where_there_is_nothing(client):
    page = client.get(WORKSHOP).content.decode()

    for words in ("No complaint in this week.", "Everything has a solution.", "decided nothing"):
        assert words in page


def test_lead_from_a_complaint_to_a_measure_about_it(client, week):
    matter = complain(week.first, department=Department.WORKSHOP)

    page = client.get(WORKSHOP).content.decode()

    enter = reverse("reports:enter-measure", args=["workshop"])
    assert f"{enter}?week={week}&amp;matter={matter.pk}" in page


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("address", [ALL, WORKSHOP])
def test_take_a_fixed_number_of_queries(client, week, django_assert_num_queries, address, count):
    for _each in range(count):
        fill(week)
    client.get(address)

    with django_assert_num_queries(9):
        client.get(address)


@pytest.mark.parametrize(
    ("role", "status"), [(SERVICE_ADVISOR, 200), (TRACKING_SALESMAN, 403), (TECHNICIAN, 403)]
)
def test_are_read_by_supervisors_and_advisors(client, role, status):
    client.force_login(UserFactory(roles=[role]))

    assert client.get(ALL).status_code == status
    assert client.get(WORKSHOP).status_code == status


class TestMailboxes:
    def typed(self, client, **changed):
        """Return what a browser sends of the page with some fields typed anew."""
        sent = {}
        for form in client.get(MAILBOXES).context["forms"]:
            for field in form:
                value = field.value() or ""
                sent |= {field.html_name: value, field.html_initial_name: value}
        return sent | {name.replace("__", "-"): value for name, value in changed.items()}

    def test_show_each_department_also_without_an_address(self, client):
        forms = client.get(MAILBOXES).context["forms"]

        assert [form.prefix for form in forms] == Department.values

    def test_write_only_what_was_typed(self, client):
        sent = self.typed(client, workshop__email="bay@example.com")
        DepartmentMailbox.objects.create(department="parts", email="parts@example.com")

        assert client.post(MAILBOXES, sent).status_code == 302

        kept = DepartmentMailbox.objects.values_list("department", "email")
        assert set(kept) == {("workshop", "bay@example.com"), ("parts", "parts@example.com")}

    def test_refuse_what_is_no_address(self, client):
        answer = client.post(MAILBOXES, self.typed(client, workshop__email="the bay"))

        assert answer.status_code == 422
        assert "the bay" in answer.content.decode()
        assert not DepartmentMailbox.objects.exists()
