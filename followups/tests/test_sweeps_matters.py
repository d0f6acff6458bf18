"""Matters are reported by themselves, and what is found owes an answer (FUP-07, FUP-08, CMP-07)."""

from datetime import date
from functools import partial

import pytest

from aftersales.tests.factories import SupervisorFactory
from aftersales.tests.parallel import in_parallel
from followups.checks.promises import check_promises
from followups.models import Complaint, FollowUp, HeardThrough, Matter, MatterKind, Policy
from followups.services import matters
from followups.services.matters import Word
from followups.sweeps import sweep_answers, sweep_matters
from followups.tests.calling import at
from followups.tests.factories import MatterFactory, PolicyFactory, TrackerFactory
from workshop.tests.factories import RepairOrderFactory

pytestmark = pytest.mark.django_db
SOLVED = {"state": "solved", "solution": "New pads.", "solved_at": at(4, 16)}
TOLD = {"state": "answered", "answer": "New pads.", "answered_on": date(2025, 4, 4)}


@pytest.fixture(autouse=True)
def _policy(db):
    PolicyFactory()


def answers():
    owed = FollowUp.objects.filter(kind="answer").order_by("matter", "sequence")
    return list(owed.values_list("fact_on", "due_on", "state", "ending"))


class TestReporting:
    @pytest.mark.parametrize(
        ("moment", "state"),
        [(at(4, 23, 59), "open"), (at(5, 0), "reported"), (at(9, 8), "reported")],
    )
    def test_happens_by_itself_on_the_last_day(self, moment, state):
        matter = MatterFactory()

        sweep_matters(now=moment)

        matter.refresh_from_db()
        assert matter.state == state
        if state == "reported":
            assert (matter.reported_on, matter.reported_by) == (moment.date(), None)

    def test_finds_what_is_studied_and_leaves_what_is_further(self):
        studied = MatterFactory(state="under_study")
        further = [MatterFactory(**SOLVED), MatterFactory(**TOLD)]
        before = [(each.pk, each.state) for each in further]

        assert sweep_matters(now=at(9, 8)) == {"reported": 1}

        assert Matter.objects.get(state="reported") == studied
        assert [(each.pk, each.state) for each in Matter.objects.exclude(pk=studied.pk)] == before

    def test_happens_once(self):
        MatterFactory()
        sweep_matters(now=at(5, 8))

        assert sweep_matters(now=at(6, 8)) == {"reported": 0}
        assert Matter.objects.get().reported_on == at(5, 8).date()


class TestAnswers:
    def test_are_owed_the_day_the_solution_is_found_however_late_one_looks(self):
        MatterFactory(**SOLVED)

        sweep_answers(now=at(9, 8))

        assert answers() == [(date(2025, 4, 4), date(2025, 4, 4), "open", "")]

    def test_are_written_once_and_owed_until_they_are_told(self):
        matter = MatterFactory(kind=MatterKind.REQUEST, **SOLVED)
        sweep_answers(now=at(4, 17))
        assert sweep_answers(now=at(4, 18))["created"] == 0

        matters.take_word(matter.pk, word=Word("New pads."), by=matter.owner, now=at(4, 19))
        assert sweep_answers(now=at(4, 20))["settled"] == 1

        assert answers() == [(date(2025, 4, 4), date(2025, 4, 4), "cancelled", "settled")]

    def test_of_a_complaint_told_by_letter_become_the_call_that_confirms(self):
        matter = MatterFactory(**SOLVED, report__close_by=date(2025, 4, 7))
        sweep_answers(now=at(4, 17))

        word = Word("New pads.", through=HeardThrough.LETTER)
        matters.take_word(matter.pk, word=word, by=matter.owner, now=at(4, 19))
        sweep_answers(now=at(4, 20))

        assert answers() == [(date(2025, 4, 4), date(2025, 4, 7), "open", "")]

    def test_to_a_complaint_answered_at_the_counter_are_confirmed_before_it_must_be_closed(self):
        MatterFactory(**TOLD)

        sweep_answers(now=at(4, 20))

        assert answers() == [(date(2025, 4, 4), date(2025, 4, 6), "open", "")]

    def test_to_what_was_answered_before_go_live_are_not_asked_for(self):
        Policy.objects.filter(pk=1).update(go_live_on=date(2025, 4, 5))
        MatterFactory(**TOLD)

        assert sweep_answers(now=at(6, 8))["created"] == 0

    def test_end_with_the_customers_word(self):
        matter = MatterFactory(**TOLD)
        sweep_answers(now=at(4, 20))

        matters.take_word(matter.pk, word=Word("Yes.", True), by=matter.owner, now=at(5, 9))
        sweep_answers(now=at(5, 10))

        assert answers()[0][2:] == ("cancelled", "settled")

    def test_are_not_owed_on_the_telephone_to_who_wants_no_calls(self):
        matter = MatterFactory(**SOLVED)
        matter.customer.refusals.create(
            purpose="all",
            channel="phone",
            reason="x",
            refused_on="2025-04-01",
            recorded_by=matter.owner,
        )

        sweep_answers(now=at(4, 17))

        assert answers()[0][2:] == ("cancelled", "do_not_contact")

    def test_whose_owner_left_go_to_who_has_the_fewest(self):
        matter = MatterFactory(**SOLVED)
        matter.owner.is_active = False
        matter.owner.save()
        heir = TrackerFactory()

        sweep_answers(now=at(4, 17))

        assert FollowUp.objects.get(kind="answer").owner == heir

    def test_stand_at_once_when_the_supervisor_instructs(self):
        matter, boss = MatterFactory(), SupervisorFactory()
        sweep_matters(now=at(5, 8))
        matter.refresh_from_db()

        matters.instruct(
            matter.pk, by=boss, version=matter.version, text="New pads.", now=at(5, 16)
        )

        due = FollowUp.objects.due(today=at(5, 16).date(), now=at(5, 16))
        assert [(item.kind, item.due_on, item.owner) for item in due] == [
            ("answer", date(2025, 4, 5), matter.owner)
        ]


class TestWhatIsMissing:
    """`check_promises` finds what the sweeps did not do yet."""

    def problems(self, now):
        return {name: found["first"] for name, found in check_promises(now=now)["problems"].items()}

    def test_is_found_and_gone_after_the_sweeps(self):
        late, solved = MatterFactory(), MatterFactory(**SOLVED)

        assert self.problems(at(5, 8)) == {
            "matters_not_reported": [late.pk],
            "solutions_without_answer": [solved.pk],
        }
        sweep_matters(now=at(5, 9))
        sweep_answers(now=at(5, 9))
        assert self.problems(at(5, 10)) == {}

    def test_is_an_answer_whose_matter_is_closed_and_a_complaint_without_its_report(self):
        matter = MatterFactory(**SOLVED)
        sweep_answers(now=at(4, 17))
        [owed] = FollowUp.objects.all()
        Complaint.objects.all().delete()

        matters.take_word(matter.pk, word=Word("Yes.", True), by=matter.owner, now=at(4, 18))

        assert self.problems(at(4, 19)) == {
            "answers_without_solution": [owed.pk],
            "complaints_without_report": [matter.pk],
        }


class TestFreezing:
    """While a complaint is open nothing that sells reaches the customer (CMP-01)."""

    @pytest.fixture
    def insurance(self):
        order = RepairOrderFactory()
        return FollowUp.objects.create(
            kind="insurance",
            customer=order.customer,
            vehicle=order.vehicle,
            about_on=date(2025, 5, 1),
            fact_on=date(2025, 4, 1),
            opens_on=date(2025, 4, 1),
            target_on=date(2025, 4, 1),
            due_on=date(2025, 4, 30),
            owner=TrackerFactory(),
        )

    def is_due(self, day):
        return FollowUp.objects.due(today=at(day, 9).date(), now=at(day, 9)).exists()

    def test_lasts_until_the_customers_word_and_thaws_by_itself(self, insurance):
        assert self.is_due(4)
        matter = MatterFactory(customer=insurance.customer)
        assert not self.is_due(4)

        answered = matters.take_word(
            matter.pk, word=Word("New pads."), by=matter.owner, now=at(4, 10)
        )
        assert not self.is_due(4)
        matters.take_word(answered.pk, word=Word("Yes.", True), by=matter.owner, now=at(4, 11))

        assert self.is_due(4)

    def test_comes_from_complaints_alone(self, insurance):
        MatterFactory(customer=insurance.customer, kind=MatterKind.REQUEST)
        MatterFactory()

        assert self.is_due(4)


@pytest.mark.django_db(transaction=True)
def test_sweeps_and_supervisors_at_the_same_moment_make_each_answer_once():
    PolicyFactory()
    boss = SupervisorFactory()
    waiting = MatterFactory.create_batch(6, state="under_study")
    instructs = [
        partial(
            matters.instruct,
            each.pk,
            by=boss,
            version=each.version,
            text="New pads.",
            now=at(4, 16),
        )
        for each in waiting
    ]
    beats = [partial(sweep, now=at(4, 16)) for sweep in (sweep_matters, sweep_answers)] * 3

    in_parallel(*instructs, *beats)
    sweep_answers(now=at(4, 17))

    assert answers() == [(date(2025, 4, 4), date(2025, 4, 4), "open", "")] * 6
