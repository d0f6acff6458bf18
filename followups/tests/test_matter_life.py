"""What becomes of a matter until the customer is satisfied.

Source: FUP-05, FUP-06, FUP-07, FUP-08, CMP-02, CMP-06, CMP-07, R-08, R-09.
"""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from aftersales.refusals import ChangedMeanwhile
from aftersales.roles import SERVICE_ADVISOR
from aftersales.tests.factories import SupervisorFactory, UserFactory
from customers.tests.factories import ConsultationFactory, CustomerFactory
from followups.models import FollowUp, HeardThrough, Matter, MatterKind, MatterState, Policy
from followups.services import hearing, matters
from followups.services.hearing import Heard
from followups.services.matters import MatterIsClosed, MayNotTakeMatters, NotItsTurn, Word
from followups.tests.calling import at, call, first_call
from followups.tests.factories import CallFactory, MatterFactory, PolicyFactory, TrackerFactory

pytestmark = pytest.mark.django_db
# The examples hear of it on 3 April 2025.
NOW = at(4, 10)
TODAY = NOW.date()


@pytest.fixture(autouse=True)
def _policy():
    PolicyFactory()


@pytest.fixture
def boss():
    return SupervisorFactory()


@pytest.fixture
def matter():
    return MatterFactory(kind=MatterKind.REQUEST)


def study(matter, text="It is the left pad."):
    return matters.study(matter.pk, by=matter.owner, version=matter.version, text=text)


def solve(matter, text="We change the pads.", now=NOW):
    return matters.solve(matter.pk, by=matter.owner, version=matter.version, text=text, now=now)


def report(matter):
    return matters.report(matter.pk, by=matter.owner, version=matter.version, today=TODAY)


def instruct(matter, boss, text="Free of charge.", now=NOW):
    return matters.instruct(matter.pk, by=boss, version=matter.version, text=text, now=now)


def tell(matter, satisfied=None, *, now=NOW, **word):
    told = Word(word.pop("answer", "Come on Friday."), satisfied, **word)
    return matters.tell(matter.pk, word=told, by=matter.owner, now=now, version=matter.version)


def answers(matter):
    """Return the answers that are and were owed: sequence, day, state, how it ended."""
    owed = FollowUp.objects.filter(kind="answer", matter=matter).order_by("sequence")
    return list(owed.values_list("sequence", "due_on", "state", "ending"))


class TestStudy:
    def test_notes_what_was_found_out(self, matter):
        studied = study(matter, " The left pad. ")

        assert (studied.state, studied.study) == ("under_study", "The left pad.")

    def test_leaves_a_reported_matter_reported(self, matter):
        assert study(report(matter)).state == MatterState.REPORTED


class TestSolution:
    def test_owes_the_customer_an_answer_the_same_day(self, matter):
        solved = solve(study(matter))

        assert (solved.state, solved.solution, solved.solved_by) == (
            "solved",
            "We change the pads.",
            matter.owner,
        )
        assert answers(matter) == [(0, TODAY, "open", "")]
        assert FollowUp.objects.get(matter=matter).owner == matter.owner

    def test_of_the_supervisor_too(self, matter, boss):
        told = instruct(report(matter), boss)

        assert (told.state, told.solution, told.solved_by) == ("solved", "Free of charge.", boss)
        assert answers(matter) == [(0, TODAY, "open", "")]

    def test_can_be_changed_until_it_is_told_and_stays_owed_on_its_day(self, matter, boss):
        changed = instruct(solve(matter), boss, "And a wash.", now=at(5, 9))

        assert (changed.solution, changed.solved_at) == ("And a wash.", NOW)
        assert answers(matter) == [(0, TODAY, "open", "")]

    def test_is_found_once(self, matter):
        with pytest.raises(NotItsTurn):
            solve(solve(matter))

    def test_of_who_is_no_tracker_is_told_by_the_customers_tracker(self):
        tracker = TrackerFactory()
        advisor = UserFactory(roles=[SERVICE_ADVISOR])
        matter = MatterFactory(owner=advisor, customer__tracker=tracker)

        solve(matter)

        assert FollowUp.objects.get(matter=matter).owner == tracker


class TestReport:
    def test_lies_on_the_supervisors_desk(self, matter):
        reported = report(matter)

        assert (reported.state, reported.reported_on, reported.reported_by) == (
            "reported",
            TODAY,
            matter.owner,
        )

    def test_is_made_once(self, matter):
        with pytest.raises(NotItsTurn):
            report(report(matter))


class TestTelling:
    def test_without_the_customers_word_leaves_it_answered(self, matter):
        answered = tell(matter, through=HeardThrough.LETTER, on=date(2025, 4, 3))

        assert (answered.state, answered.answer, answered.answered_on, answered.told_through) == (
            "answered",
            "Come on Friday.",
            date(2025, 4, 3),
            "letter",
        )
        assert (answered.satisfied, answered.closed_on) == (None, None)

    def test_a_satisfied_customer_closes_it(self, matter):
        talk = CallFactory(customer=matter.customer)

        closed = tell(solve(matter), satisfied=True, call=talk)

        assert (closed.state, closed.satisfied, closed.closed_on, closed.closed_by) == (
            "closed",
            True,
            TODAY,
            matter.owner,
        )
        assert closed.told_in == talk

    def test_a_customer_who_is_not_satisfied_opens_it_anew(self, matter, boss):
        again = tell(instruct(report(matter), boss), satisfied=False, now=at(6, 9))

        assert (again.state, again.reopened, again.report_by, again.satisfied) == (
            "under_study",
            1,
            date(2025, 4, 8),
            False,
        )
        assert (again.reported_on, again.reported_by, again.solution, again.solved_at) == (
            None,
            None,
            "",
            None,
        )
        assert again.answer == "Come on Friday."

    def test_the_answer_is_owed_no_longer_at_once(self, matter):
        solved = solve(matter)

        with transaction.atomic():
            tell(solved)
            assert answers(matter) == [(0, TODAY, "cancelled", "settled")]
            transaction.set_rollback(True)

        assert answers(matter) == [(0, TODAY, "open", "")]

    def test_the_next_solution_owes_an_answer_of_its_own(self, matter):
        again = tell(solve(matter), satisfied=False)

        solve(again, now=at(7, 9))

        assert answers(matter) == [
            (0, TODAY, "cancelled", "settled"),
            (1, date(2025, 4, 7), "open", ""),
        ]

    def test_a_word_that_comes_later_closes_it_then(self, matter):
        assert tell(tell(matter), satisfied=True).state == MatterState.CLOSED

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"answer": " "}, "answer"),
            ({"on": date(2025, 4, 5)}, "answered_on"),
            ({"on": date(2025, 4, 2)}, "answered_on"),
        ],
        ids=["no text", "a day to come", "before it was heard"],
    )
    def test_needs_a_text_and_a_possible_day(self, matter, wrong, field):
        with pytest.raises(ValidationError) as refused:
            tell(matter, **wrong)

        assert list(refused.value.message_dict) == [field]
        matter.refresh_from_db()
        assert matter.state == MatterState.OPEN

    def test_works_in_the_transaction_of_a_recording_which_read_no_version(self, matter):
        solved = solve(matter)
        with transaction.atomic():
            word = Word("Friday.", True)
            told = matters.take_word(solved.pk, word=word, by=solved.owner, now=NOW)

        assert told.state == MatterState.CLOSED


def test_what_somebody_else_changed_is_refused(matter, boss):
    study(matter)

    for act in (study, solve, report, tell):
        with pytest.raises(ChangedMeanwhile):
            act(matter)
    with pytest.raises(ChangedMeanwhile):
        instruct(matter, boss)


def test_a_closed_matter_stays_as_it_is(matter, boss):
    closed = tell(matter, satisfied=True)

    for act in (study, solve, report, tell):
        with pytest.raises(MatterIsClosed):
            act(closed)
    with pytest.raises(MatterIsClosed):
        matters.assign(closed.pk, by=boss, version=closed.version, owner=boss, department="")


@pytest.mark.parametrize("act", [study, solve])
def test_what_is_written_down_is_not_blank(matter, act):
    with pytest.raises(ValidationError):
        act(matter, text=" \n")


def test_a_matter_is_passed_on_to_who_works_on_matters(matter, boss):
    other = TrackerFactory()

    passed = matters.assign(
        matter.pk, by=boss, version=matter.version, owner=other, department="workshop"
    )

    assert (passed.owner, passed.department) == (other, "workshop")
    for nobody in (TrackerFactory(is_active=False), UserFactory(roles=[])):
        with pytest.raises(MayNotTakeMatters):
            matters.assign(matter.pk, by=boss, version=passed.version, owner=nobody, department="")


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"state": "reported"}, "followups_matter_states_say_when"),
        ({"state": "solved"}, "followups_matter_states_say_when"),
        ({"state": "answered"}, "followups_matter_states_say_when"),
        ({"state": "closed"}, "followups_matter_states_say_when"),
        ({"text": ""}, "followups_matters_say_what"),
    ],
)
def test_a_state_without_its_facts_is_refused_by_the_database(matter, fields, name):
    with pytest.raises(IntegrityError, match=name):
        Matter.objects.filter(pk=matter.pk).update(**fields)


class TestHearing:
    def heard(self, by, customer=None, **fields):
        customer = customer or CustomerFactory()
        heard = Heard(**{"kind": MatterKind.QUESTION, "text": "How long?", **fields})
        return hearing.open_matter(customer.pk, heard=heard, by=by, now=NOW)

    def test_at_the_counter_it_is_his_who_wrote_it_down(self):
        advisor = UserFactory(roles=[SERVICE_ADVISOR])

        opened = self.heard(advisor, text=" How long? ", department="workshop")

        assert (opened.text, opened.heard_through, opened.owner, opened.department) == (
            "How long?",
            "counter",
            advisor,
            "workshop",
        )
        assert (opened.state, opened.heard_on, opened.report_by) == (
            "open",
            TODAY,
            date(2025, 4, 6),
        )

    def test_through_a_program_it_is_the_trackers_of_the_customer(self):
        program, tracker = UserFactory(roles=["rest_client"]), TrackerFactory()

        assert self.heard(program, CustomerFactory(tracker=tracker)).owner == tracker

    def test_or_of_who_has_the_fewest(self):
        busy, free = TrackerFactory(), TrackerFactory()
        MatterFactory(owner=busy)
        MatterFactory.create_batch(2, owner=free, state="closed", closed_on=TODAY, closed_by=free)

        assert self.heard(UserFactory(roles=["rest_client"])).owner == free

    def test_where_nobody_works_on_matters_it_is_refused(self):
        with pytest.raises(MayNotTakeMatters):
            self.heard(UserFactory(roles=["rest_client"]))

    def test_answered_on_the_spot_it_waits_for_the_word_or_is_closed(self):
        advisor = UserFactory(roles=[SERVICE_ADVISOR])

        for word, state in [(Word("An hour."), "answered"), (Word("An hour.", True), "closed")]:
            assert self.heard(advisor, word=word).state == state

    def test_in_a_consultation_it_names_it_if_it_was_this_customers(self):
        advisor, talk = UserFactory(roles=[SERVICE_ADVISOR]), ConsultationFactory()

        opened = self.heard(advisor, talk.customer, consultation=talk)

        assert opened.consultation == talk
        with pytest.raises(ValidationError, match="somebody else"):
            self.heard(advisor, consultation=talk)

    def test_without_words_it_is_nothing(self):
        with pytest.raises(ValidationError):
            self.heard(TrackerFactory(), text=" ")

    @pytest.mark.parametrize(
        ("received_on", "close_by"),
        [
            ("2024-02-27", "2024-03-01"),
            ("2024-02-28", "2024-03-02"),
            ("2023-02-26", "2023-03-01"),
            ("2023-12-30", "2024-01-02"),
        ],
    )
    def test_a_complaint_is_closed_within_three_days(self, received_on, close_by):
        moment = NOW.replace(
            **dict(zip(("year", "month", "day"), map(int, received_on.split("-")), strict=True))
        )
        heard = Heard(MatterKind.COMPLAINT, "It squeals.", department="workshop")

        opened = hearing.open_matter(
            CustomerFactory().pk, heard=heard, by=TrackerFactory(), now=moment
        )

        assert str(opened.complaint.close_by) == close_by
        assert opened.complaint.department == "workshop"

    @pytest.mark.parametrize(
        ("heard_on", "report_by"), [("2024-02-28", "2024-03-01"), ("2024-12-31", "2025-01-02")]
    )
    def test_a_matter_is_reported_within_two_days(self, heard_on, report_by):
        moment = NOW.replace(
            **dict(zip(("year", "month", "day"), map(int, heard_on.split("-")), strict=True))
        )

        opened = hearing.open_matter(
            CustomerFactory().pk,
            heard=Heard(MatterKind.REQUEST, "A loaner."),
            by=TrackerFactory(),
            now=moment,
        )

        assert str(opened.report_by) == report_by

    def test_a_complaint_in_a_call_has_its_handling_report_and_its_car(self):
        Policy.objects.filter(pk=1).update(complaint_days=5)
        owed = first_call()

        call(owed.customer, by=owed.owner, answers={"complaints": "Squeals.", "requests": "Wash."})

        complaint = Matter.objects.get(kind="complaint")
        assert complaint.complaint.close_by == date(2025, 4, 8)
        assert complaint.vehicle == owed.order.vehicle
        assert not hasattr(Matter.objects.get(kind="request"), "complaint")


@pytest.mark.parametrize(
    ("fields", "late"),
    [
        ({"report_by": date(2025, 4, 4)}, False),
        ({"report_by": date(2025, 4, 3)}, True),
        ({"state": "reported", "reported_on": TODAY, "report_by": date(2025, 4, 1)}, False),
        ({"state": "solved", "solution": "x", "solved_at": at(4, 0, 30)}, False),
        ({"state": "solved", "solution": "x", "solved_at": at(3, 23, 30)}, True),
        ({"state": "answered", "answer": "x", "answered_on": TODAY}, False),
    ],
    ids=["report today", "report yesterday", "reported", "tell today", "tell yesterday", "told"],
)
def test_late_is_what_has_a_clock_run_out(fields, late):
    MatterFactory(kind=MatterKind.REQUEST, **fields)

    assert Matter.objects.late(TODAY).exists() is late


@pytest.mark.parametrize(("close_by", "late"), [(TODAY, False), (date(2025, 4, 3), True)])
def test_a_complaint_is_late_after_its_last_day(close_by, late):
    MatterFactory(
        state="answered", answer="x", answered_on=date(2025, 4, 3), report__close_by=close_by
    )

    assert Matter.objects.late(TODAY).exists() is late
