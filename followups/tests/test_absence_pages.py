"""Absences: listed, entered after seeing what goes over, changed, withdrawn (PRX-01)."""

from datetime import datetime, time, timedelta
from uuid import uuid4

import pytest

from aftersales import days
from aftersales.tests.factories import SupervisorFactory
from followups.models import Absence
from followups.tests.factories import AbsenceFactory, FollowUpFactory, PolicyFactory, TrackerFactory

pytestmark = pytest.mark.django_db
LIST = "/absences/"
NEW = "/absences/new/"


@pytest.fixture(autouse=True)
def policy():
    return PolicyFactory()


@pytest.fixture
def supervisor(client):
    user = SupervisorFactory()
    client.force_login(user)
    return user


def on(step):
    return days.today() + timedelta(step)


def entry(person, proxy, first=1, last=3, **more):
    return {
        "operation": str(uuid4()),
        "person": person.pk,
        "proxy": proxy.pk,
        "first_day": on(first),
        "last_day": on(last),
        **more,
    }


def confirm(client, address, said):
    """Send a form, look at what goes over, and send it again."""
    shown = client.post(address, said)
    return client.post(address, {**said, "confirmed": shown.context["form"].data["confirmed"]})


class TestList:
    def test_parts_who_is_away_from_who_will_be_and_who_was(self, client, supervisor):
        now, soon = (
            AbsenceFactory(first_day=on(0), last_day=on(0)),
            AbsenceFactory(first_day=on(1), last_day=on(2)),
        )
        over = AbsenceFactory()
        taken_back = AbsenceFactory(
            first_day=on(0), last_day=on(1), withdrawn_at="2025-04-01T02:00Z"
        )

        context = client.get(LIST).context

        assert list(context["current"]) == [now]
        assert list(context["coming"]) == [soon]
        assert set(context["past"]) == {over, taken_back}

    def test_shows_a_tracking_salesman_his_own_and_no_button(self, client):
        mine, _foreign = AbsenceFactory(), AbsenceFactory()
        client.force_login(mine.proxy)

        answer = client.get(LIST)

        assert list(answer.context["past"]) == [mine]
        assert NEW not in answer.content.decode()

    @pytest.mark.parametrize("count", [1, 3])
    def test_takes_a_fixed_number_of_queries(
        self, client, supervisor, django_assert_num_queries, count
    ):
        for _each in range(count):
            AbsenceFactory()
            AbsenceFactory(first_day=on(0), last_day=on(0))
        client.get(LIST)

        with django_assert_num_queries(6):
            client.get(LIST)


@pytest.mark.usefixtures("supervisor")
class TestEnter:
    def test_shows_what_goes_over_before_it_is_saved(self, client):
        person, proxy = TrackerFactory(), TrackerFactory()
        FollowUpFactory(owner=person)
        FollowUpFactory(owner=person, fact_on=on(20))
        at = datetime.combine(on(2), time(12), tzinfo=days.shop_zone())
        FollowUpFactory(owner=person, callback_at=at)

        shown = client.post(NEW, entry(person, proxy))

        assert (shown.status_code, Absence.objects.count()) == (200, 0)
        moving = shown.context["moving"]
        assert (moving.follow_ups, moving.callbacks) == (1, 1)
        assert "1 promised time falls into them" in shown.content.decode()

    def test_saves_what_was_confirmed_once(self, client, supervisor):
        person, proxy = TrackerFactory(), TrackerFactory()
        said = entry(person, proxy, reason="Wedding")

        answer = confirm(client, NEW, said)
        confirmed = f"{person.pk} {on(1)} {on(3)} {proxy.pk}"
        client.post(NEW, {**said, "confirmed": confirmed})

        assert answer.url == LIST
        absence = Absence.objects.get()
        assert (absence.person, absence.proxy, absence.reason) == (person, proxy, "Wedding")
        assert absence.entered_by == supervisor

    def test_asks_again_when_the_days_changed_after_the_look(self, client):
        said = entry(TrackerFactory(), TrackerFactory())
        shown = client.post(NEW, said)

        client.post(
            NEW,
            {
                **said,
                "last_day": on(9),
                "confirmed": shown.context["form"].data["confirmed"],
            },
        )

        assert not Absence.objects.exists()

    def test_refuses_a_circle_and_an_overlap_at_the_form(self, client):
        anna, bert, carl = (TrackerFactory(name=name) for name in ("Anna", "Bert", "Carl"))
        confirm(client, NEW, entry(anna, bert))

        circle = client.post(NEW, entry(bert, anna))
        overlap = client.post(NEW, entry(anna, carl, first=3, last=5))

        assert (circle.status_code, overlap.status_code) == (422, 422)
        assert "nobody would be there" in circle.content.decode()
        assert "entered as away on one of these days already" in overlap.content.decode()
        assert Absence.objects.count() == 1

    def test_refuses_days_in_the_wrong_order_in_words(self, client):
        answer = client.post(NEW, entry(TrackerFactory(), TrackerFactory(), first=3, last=1))

        assert answer.status_code == 422
        assert "The last day lies before the first." in answer.content.decode()


@pytest.mark.usefixtures("supervisor")
class TestChange:
    def said(self, absence, **more):
        fields = ("first_day", "last_day", "version")
        values = {name: getattr(absence, name) for name in fields}
        return {**values, "proxy": absence.proxy_id, **more}

    def test_saves_other_days_after_a_look(self, client):
        absence = AbsenceFactory(first_day=on(1), last_day=on(2))
        address = f"/absences/{absence.pk}/change/"

        confirm(client, address, self.said(absence, last_day=on(5)))

        absence.refresh_from_db()
        assert absence.last_day == on(5)

    def test_says_what_somebody_else_saved_meanwhile(self, client):
        absence = AbsenceFactory(first_day=on(1), last_day=on(2))
        address = f"/absences/{absence.pk}/change/"
        Absence.objects.filter(pk=absence.pk).update(reason="Sick")

        answer = confirm(client, address, self.said(absence, last_day=on(5)))

        assert answer.status_code == 409
        assert "Somebody else changed this" in answer.content.decode()
        absence.refresh_from_db()
        assert absence.last_day == on(2)

    def test_is_withdrawn_after_a_question(self, client):
        absence = AbsenceFactory(first_day=on(0), last_day=on(2))
        address = f"/absences/{absence.pk}/withdraw/"

        assert f'name="version" value="{absence.version}"' in client.get(address).content.decode()
        client.post(address, {"version": absence.version})

        absence.refresh_from_db()
        assert absence.withdrawn_at is not None
        assert client.get(address).status_code == 404

    def test_is_not_withdrawn_after_somebody_changed_it(self, client):
        absence = AbsenceFactory(first_day=on(0), last_day=on(2))

        for version in ("0", "quatsch", "99999999999999999999"):
            client.post(f"/absences/{absence.pk}/withdraw/", {"version": version})

        absence.refresh_from_db()
        assert absence.withdrawn_at is None
