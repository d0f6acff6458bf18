"""Who is away, who stands in, and whose queue he then works (PRX-01)."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from aftersales.refusals import ChangedMeanwhile
from aftersales.tests.factories import SupervisorFactory
from aftersales.tests.parallel import in_parallel
from followups.calling import proxies
from followups.models import Absence
from followups.services import absences
from followups.tests.calling import at
from followups.tests.factories import TrackerFactory


def day(number):
    return date(2025, 4, number)


@pytest.fixture
def boss(db):
    return SupervisorFactory()


@pytest.fixture
def anna(db):
    return TrackerFactory(name="Anna")


@pytest.fixture
def ben(db):
    return TrackerFactory(name="Ben")


@pytest.fixture
def carla(db):
    return TrackerFactory(name="Carla")


@pytest.fixture
def away(boss):
    """Enter an absence in April: who, from, to, and who stands in."""

    def enter(person, first, last, proxy):
        return absences.enter_absence(
            person=person, first_day=day(first), last_day=day(last), proxy=proxy, by=boss
        )

    return enter


class TestEntering:
    def test_is_kept_with_who_entered_it(self, boss, anna, ben):
        absence = absences.enter_absence(
            person=anna, first_day=day(1), last_day=day(7), proxy=ben, by=boss, reason="Holiday"
        )

        assert (
            absence.person,
            absence.proxy,
            absence.first_day,
            absence.last_day,
            absence.reason,
            absence.entered_by,
            absence.version,
        ) == (anna, ben, day(1), day(7), "Holiday", boss, 1)

    def test_may_be_a_single_day(self, away, anna, ben):
        assert away(anna, 1, 1, ben)

    @pytest.mark.parametrize(
        ("first", "last", "proxy", "field"), [(2, 1, "ben", "last_day"), (1, 2, "anna", "proxy")]
    )
    def test_needs_days_in_order_and_somebody_else(
        self, request, away, anna, first, last, proxy, field
    ):
        with pytest.raises(ValidationError) as refused:
            away(anna, first, last, request.getfixturevalue(proxy))

        assert list(refused.value.message_dict) == [field]
        assert not Absence.objects.exists()

    @pytest.mark.parametrize(("first", "last"), [(1, 3), (7, 9), (4, 5), (2, 8), (3, 7)])
    def test_twice_on_one_day_is_refused(self, away, anna, ben, first, last):
        away(anna, 3, 7, ben)

        with pytest.raises(absences.AwayAlready, match="Anna"):
            away(anna, first, last, ben)

        assert Absence.objects.count() == 1

    def test_of_neighboring_days_is_no_overlap(self, away, anna, ben):
        away(anna, 3, 7, ben)

        assert away(anna, 1, 2, ben)
        assert away(anna, 8, 9, ben)

    def test_where_another_one_was_withdrawn_is_possible(self, boss, away, anna, ben):
        first = away(anna, 3, 7, ben)
        absences.withdraw_absence(first.pk, by=boss, version=first.version, now=at(1, 10))

        assert away(anna, 3, 7, ben)


class TestCircle:
    def test_of_two_is_refused_with_the_day_and_the_names(self, away, anna, ben):
        away(anna, 1, 5, ben)

        with pytest.raises(absences.StandInCircle, match=r"2025-04-05.*Ben, Anna"):
            away(ben, 5, 9, anna)

    def test_of_three_is_refused(self, away, anna, ben, carla):
        away(anna, 1, 9, ben)
        away(ben, 3, 5, carla)

        with pytest.raises(absences.StandInCircle):
            away(carla, 5, 7, anna)

    def test_that_no_day_closes_is_none(self, away, anna, ben, carla):
        away(anna, 1, 9, ben)
        away(ben, 3, 5, carla)

        assert away(carla, 6, 7, anna)

    def test_is_found_behind_a_proxy_that_changes_in_between(self, away, anna, ben, carla):
        away(ben, 1, 3, carla)
        away(ben, 4, 6, anna)

        with pytest.raises(absences.StandInCircle, match="2025-04-04"):
            away(anna, 2, 5, ben)

    def test_is_found_where_only_its_middle_closes_it(self, away, anna, ben, carla):
        away(carla, 4, 4, anna)
        away(ben, 1, 9, carla)

        with pytest.raises(absences.StandInCircle, match="2025-04-04"):
            away(anna, 1, 9, ben)

    def test_in_a_withdrawn_absence_is_none(self, boss, away, anna, ben):
        first = away(anna, 1, 5, ben)
        absences.withdraw_absence(first.pk, by=boss, version=first.version, now=at(1, 10))

        assert away(ben, 1, 5, anna)

    def test_that_a_change_would_close_is_refused(self, boss, away, anna, ben):
        away(anna, 1, 5, ben)
        later = away(ben, 6, 9, anna)

        with pytest.raises(absences.StandInCircle):
            absences.change_absence(
                later.pk, by=boss, version=1, first_day=day(5), last_day=day(9), proxy=anna
            )

        assert Absence.objects.get(pk=later.pk).first_day == day(6)

    @pytest.mark.django_db(transaction=True)
    def test_that_three_enter_together_is_refused_to_one_of_them(self, away, anna, ben, carla):
        def enter(person, proxy):
            try:
                away(person, 1, 5, proxy)
            except absences.StandInCircle:
                return "refused"
            return "entered"

        circle = [(anna, ben), (ben, carla), (carla, anna)]
        answers = in_parallel(*[lambda pair=pair: enter(*pair) for pair in circle])

        assert sorted(answers) == ["entered", "entered", "refused"]


class TestChange:
    def change(self, absence, *, by, first=1, last=3, proxy=None, version=None):
        return absences.change_absence(
            absence.pk,
            by=by,
            version=version or absence.version,
            first_day=day(first),
            last_day=day(last),
            proxy=proxy or absence.proxy,
        )

    def test_moves_the_days_and_who_stands_in(self, boss, away, anna, ben, carla):
        changed = self.change(away(anna, 1, 5, ben), by=boss, first=2, last=3, proxy=carla)

        assert (changed.first_day, changed.last_day, changed.proxy) == (day(2), day(3), carla)

    def test_is_refused_if_somebody_else_changed_it(self, boss, away, anna, ben):
        absence = away(anna, 1, 5, ben)
        self.change(absence, by=boss)

        with pytest.raises(ChangedMeanwhile):
            self.change(absence, by=boss, last=4)
        with pytest.raises(ChangedMeanwhile):
            absences.withdraw_absence(absence.pk, by=boss, version=absence.version, now=at(1, 10))

    def test_of_a_withdrawn_one_is_refused(self, boss, away, anna, ben):
        absence = away(anna, 1, 5, ben)
        gone = absences.withdraw_absence(
            absence.pk, by=boss, version=absence.version, now=at(1, 10)
        )

        with pytest.raises(ChangedMeanwhile):
            self.change(gone, by=boss)

    def test_onto_another_absence_is_refused(self, boss, away, anna, ben):
        away(anna, 6, 9, ben)

        with pytest.raises(absences.AwayAlready):
            self.change(away(anna, 1, 5, ben), by=boss, last=6)

    def test_into_wrong_days_or_to_himself_is_refused(self, boss, away, anna, ben):
        absence = away(anna, 1, 5, ben)

        for wrong in ({"first": 4, "last": 3}, {"proxy": anna}):
            with pytest.raises(ValidationError):
                self.change(absence, by=boss, **wrong)


class TestWhoWorksForWhom:
    def test_is_each_for_himself_while_all_are_here(self, anna, ben):
        assert proxies.works_for(anna.pk, day(1)) == [anna.pk]

    def test_is_the_proxy_on_the_days_of_the_absence_and_no_others(self, away, anna, ben):
        away(anna, 2, 3, ben)

        assert [proxies.works_for(ben.pk, day(number)) for number in (1, 2, 3, 4)] == [
            [ben.pk],
            [ben.pk, anna.pk],
            [ben.pk, anna.pk],
            [ben.pk],
        ]
        assert [proxies.works_for(anna.pk, day(number)) for number in (1, 2, 3, 4)] == [
            [anna.pk],
            [],
            [],
            [anna.pk],
        ]

    def test_is_the_proxys_proxy_for_both_while_he_is_away_too(self, away, anna, ben, carla):
        away(anna, 1, 9, ben)
        away(ben, 3, 5, carla)

        assert proxies.stand_ins(day(2)) == {anna.pk: ben.pk}
        assert proxies.stand_ins(day(4)) == {anna.pk: carla.pk, ben.pk: carla.pk}
        assert proxies.works_for(carla.pk, day(4)) == [carla.pk, anna.pk, ben.pk]
        assert proxies.works_for(ben.pk, day(4)) == []
        assert proxies.works_for(ben.pk, day(6)) == [ben.pk, anna.pk]

    def test_is_the_owner_again_when_the_absence_is_withdrawn(self, boss, away, anna, ben):
        absence = away(anna, 1, 9, ben)
        absences.withdraw_absence(absence.pk, by=boss, version=1, now=at(1, 10))

        assert proxies.works_for(anna.pk, day(4)) == [anna.pk]
        assert proxies.works_for(ben.pk, day(4)) == [ben.pk]
