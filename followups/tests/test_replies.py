"""What a call does to answers, invitations and reminders on its agenda, alone and together."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from customers.models import ContactRefusal
from followups.models import CampaignState, FollowUp, Kind, MatterState
from followups.services import claims
from followups.services.claims import MayNotBeCalled
from followups.services.told import Reply
from followups.sweeps import sweep_answers
from followups.tests.calling import NOW, at, call, first_call, second_call
from followups.tests.factories import MatterFactory, PolicyFactory, TrackerFactory
from followups.tests.kinds import TODAY, owe

SELLING = (Kind.CAMPAIGN_NOTICE, Kind.INSURANCE)


@pytest.fixture(autouse=True)
def policy(db):
    return PolicyFactory()


@pytest.fixture
def anna():
    return TrackerFactory(name="Anna")


def told(owed, by, outcome="reached", *, replies=None, now=NOW, **details):
    """Call the customer about everything due; `replies` are those to `owed`."""
    said = {} if replies is None else {owed.pk: Reply(**replies)}
    return call(owed.customer, outcome, by=by, now=now, replies=said, **details)


def ending(owed):
    return FollowUp.objects.get(pk=owed.pk).ending


class TestAnswer:
    """FUP-08."""

    def test_that_satisfies_closes_the_matter(self, anna):
        owed = owe(Kind.ANSWER, owner=anna)

        line = told(owed, anna, replies={"satisfied": True})

        owed.matter.refresh_from_db()
        assert (ending(owed), line.kind) == ("reached", "answer")
        assert (owed.matter.state, owed.matter.satisfied) == (MatterState.CLOSED, True)
        assert (owed.matter.answer, owed.matter.told_in) == (owed.matter.solution, line)

    def test_that_does_not_satisfy_opens_it_again(self, anna):
        owed = owe(Kind.ANSWER, owner=anna)

        told(owed, anna, replies={"satisfied": False})

        owed.matter.refresh_from_db()
        assert ending(owed) == "reached"
        assert (owed.matter.state, owed.matter.reopened) == (MatterState.UNDER_STUDY, 1)
        assert owed.matter.report_by == TODAY + timedelta(2)

    def test_that_does_not_satisfy_says_what_is_wrong(self, anna):
        owed = owe(Kind.ANSWER, owner=anna)

        with pytest.raises(ValidationError) as refused:
            told(owed, anna, replies={"satisfied": False}, answers={"note": " "})

        assert list(refused.value.message_dict) == ["note"]

    def test_needs_the_customers_word(self, anna):
        owed = owe(Kind.ANSWER, owner=anna)

        with pytest.raises(ValidationError) as refused:
            told(owed, anna)

        assert list(refused.value.message_dict) == [f"satisfied_{owed.pk}"]
        owed.matter.refresh_from_db()
        assert owed.matter.state == MatterState.SOLVED

    @pytest.mark.parametrize("outcome", ["no_answer", "reached_partial", "callback"])
    def test_stays_owed_until_it_is_told(self, anna, outcome):
        owed = owe(Kind.ANSWER, owner=anna)

        told(owed, anna, outcome)

        owed.matter.refresh_from_db()
        assert (ending(owed), owed.matter.state) == ("", MatterState.SOLVED)

    def test_is_given_up_after_three_days_of_trying(self, anna):
        owed = owe(Kind.ANSWER, owner=anna)

        for day in (3, 4, 5):
            told(owed, anna, "no_answer", now=at(day, 10))

        assert ending(owed) == "unreachable"

    def test_to_a_matter_that_is_closed_meanwhile_changes_nothing(self, anna):
        owed = owe(Kind.ANSWER, owner=anna)
        closed = {"state": "closed", "closed_on": TODAY, "closed_by": anna}
        type(owed.matter).objects.filter(pk=owed.matter.pk).update(**closed)

        told(owed, anna, replies={"satisfied": False})

        owed.matter.refresh_from_db()
        assert (ending(owed), owed.matter.state) == ("reached", MatterState.CLOSED)

    def test_is_owed_again_once_a_new_solution_is_found(self, anna):
        owed = owe(Kind.ANSWER, owner=anna)
        told(owed, anna, replies={"satisfied": False})
        again = {"state": "solved", "solution": "New discs.", "solved_at": NOW}
        type(owed.matter).objects.filter(pk=owed.matter.pk).update(**again)

        sweep_answers(now=NOW)

        assert FollowUp.objects.get(state="open").sequence == 1


class TestInvitation:
    """CAM-02, CAM-03."""

    def test_is_answered_with_guests_and_letter(self, anna):
        owed = owe(Kind.CAMPAIGN_NOTICE, owner=anna)

        line = told(owed, anna, replies={"answer": "comes", "guests": 2, "wants_letter": True})

        owed.invitation.refresh_from_db()
        said = owed.invitation
        assert (said.answer, said.guests, said.wants_letter) == ("comes", 2, True)
        assert (said.told_on, line.kind, line.vehicle) == (TODAY, "campaign", None)

    def test_needs_an_answer(self, anna):
        owed = owe(Kind.CAMPAIGN_NOTICE, owner=anna)

        with pytest.raises(ValidationError) as refused:
            told(owed, anna)

        assert list(refused.value.message_dict) == [f"invited_{owed.pk}"]

    def test_that_is_brought_to_mind_keeps_its_answer(self, anna):
        owed = owe(Kind.CAMPAIGN_REMINDER, owner=anna)
        comes = {"answer": "comes", "answered_on": TODAY, "guests": 1, "told_on": TODAY}
        type(owed.invitation).objects.filter(pk=owed.invitation.pk).update(**comes)

        told(owed, anna)

        owed.invitation.refresh_from_db()
        assert (owed.invitation.answer, owed.invitation.guests) == ("comes", 1)

    def test_to_what_is_called_off_is_only_told(self, anna):
        off = {
            "state": CampaignState.CALLED_OFF,
            "called_off_on": TODAY,
            "called_off_because": "Storm",
        }
        owed = owe(Kind.CAMPAIGN_CHANGE, owner=anna, cause=off)

        told(owed, anna)

        owed.invitation.refresh_from_db()
        assert (ending(owed), owed.invitation.told_on) == ("reached", None)

    def test_to_who_cannot_be_reached_is_tried_beyond_its_last_day(self, anna):
        owed = owe(Kind.CAMPAIGN_NOTICE, owner=anna, due_on=TODAY)

        told(owed, anna, "no_answer")

        assert ending(owed) == ""


def test_a_reminder_ends_with_the_last_day_on_which_nobody_was_reached(anna):
    owed = owe(Kind.INSURANCE, owner=anna, due_on=TODAY)

    told(owed, anna, "no_answer")

    assert ending(owed) == "unreachable"


def test_one_call_settles_things_of_many_kinds(anna):
    first = first_call(owner=anna)
    answer = owe(Kind.ANSWER, owner=anna, customer=first.customer, cause={"kind": "request"})
    notice = owe(Kind.CAMPAIGN_NOTICE, owner=anna, customer=first.customer)
    insurance = owe(Kind.INSURANCE, owner=anna, customer=first.customer)

    line = call(
        first.customer,
        by=anna,
        replies={answer.pk: Reply(satisfied=True), notice.pk: Reply(answer="declines")},
    )

    assert {ending(each) for each in (first, answer, notice, insurance)} == {"reached"}
    assert (line.kind, line.order_number) == ("first_call", first.order.number)
    assert line.vehicle == first.order.vehicle


def test_a_call_about_a_reminder_names_its_car(anna):
    owed = owe(Kind.INSURANCE, owner=anna)

    line = told(owed, anna)

    assert (line.kind, line.vehicle, line.left_on) == ("reminder", owed.vehicle, None)


class TestRefusal:
    """FUP-11."""

    def test_of_an_offer_ends_offers_only(self, anna):
        notice = owe(Kind.CAMPAIGN_NOTICE, owner=anna)
        later = second_call(owner=anna, order__customer=notice.customer)
        insurance = owe(Kind.INSURANCE, customer=notice.customer, callback_at=at(6, 10))

        told(notice, anna, "refused")

        assert ContactRefusal.objects.get().purpose == "promotion"
        assert [ending(each) for each in (notice, later, insurance)] == ["refused", "", ""]

    def test_of_all_that_sells_leaves_what_is_owed_after_a_visit(self, anna):
        notice, insurance = (owe(kind, owner=anna) for kind in SELLING)
        FollowUp.objects.filter(pk=insurance.pk).update(customer=notice.customer)
        later = second_call(owner=anna, order__customer=notice.customer)

        told(notice, anna, "refused")

        refused = set(ContactRefusal.objects.values_list("purpose", flat=True))
        assert refused == {"promotion", "reminder"}
        assert [ending(each) for each in (notice, insurance, later)] == ["refused"] * 2 + [""]

    def test_in_a_call_after_a_visit_ends_what_sells_too(self, anna):
        first = first_call(owner=anna)
        held = owe(Kind.INSURANCE, customer=first.customer)
        MatterFactory(customer=first.customer, kind="complaint")

        told(first, anna, "refused")

        assert ContactRefusal.objects.get().purpose == "all"
        assert [ending(each) for each in (first, held)] == ["refused", "do_not_contact"]

    def test_of_a_recall_is_one_of_all_calls(self, anna):
        owed = owe(Kind.CAMPAIGN_NOTICE, owner=anna, cause={"kind": "recall"})

        told(owed, anna, "refused")

        assert ContactRefusal.objects.get().purpose == "all"


class TestClaim:
    @pytest.mark.parametrize(
        ("purpose", "kind", "is_refused"),
        [
            ("promotion", Kind.CAMPAIGN_NOTICE, True),
            ("promotion", Kind.INSURANCE, False),
            ("reminder", Kind.INSURANCE, True),
            ("reminder", Kind.ANSWER, False),
            ("service", Kind.ANSWER, True),
            ("service", Kind.INSURANCE, False),
            ("all", Kind.BIRTHDAY, True),
        ],
    )
    def test_is_refused_for_what_the_customer_does_not_want_to_hear(
        self, anna, purpose, kind, is_refused
    ):
        owed = owe(kind, owner=anna)
        refuse(owed.customer, purpose, anna)

        if is_refused:
            with pytest.raises(MayNotBeCalled, match="Leave me alone"):
                claims.claim(owed.customer_id, by=anna, now=NOW)
        else:
            assert claims.claim(owed.customer_id, by=anna, now=NOW)

    def test_is_given_for_the_rest_of_the_agenda(self, anna):
        owed = owe(Kind.INSURANCE, owner=anna)
        first_call(owner=anna, order__customer=owed.customer)
        refuse(owed.customer, "reminder", anna)

        assert claims.claim(owed.customer_id, by=anna, now=NOW)

    def test_of_a_recall_is_given_though_offers_are_refused(self, anna):
        owed = owe(Kind.CAMPAIGN_NOTICE, owner=anna, cause={"kind": "recall"})
        refuse(owed.customer, "promotion", anna)

        assert claims.claim(owed.customer_id, by=anna, now=NOW)

    def test_is_refused_to_sell_while_a_complaint_is_open(self, anna):
        owed = owe(Kind.INSURANCE, owner=anna)
        MatterFactory(customer=owed.customer, kind="complaint")

        with pytest.raises(MayNotBeCalled) as refused:
            claims.claim(owed.customer_id, by=anna, now=NOW)

        assert refused.value.obstacle.rule == "CMP-01"

    def test_is_given_for_an_answer_while_a_complaint_is_open(self, anna):
        owed = owe(Kind.ANSWER, owner=anna)
        owe(Kind.INSURANCE, owner=anna, customer=owed.customer)

        assert claims.claim(owed.customer_id, by=anna, now=NOW)

    def test_of_a_recall_that_passes_is_given_in_spite_of_a_complaint(self, anna):
        passes = {"kind": "recall", "passes_limits": True, "passes_because": "Airbags"}
        owed = owe(Kind.CAMPAIGN_NOTICE, owner=anna, cause=passes)
        MatterFactory(customer=owed.customer, kind="complaint")

        assert claims.claim(owed.customer_id, by=anna, now=NOW)


def refuse(customer, purpose, by):
    ContactRefusal.objects.create(
        customer=customer,
        purpose=purpose,
        channel="phone",
        reason="Leave me alone.",
        refused_on=TODAY,
        recorded_by=by,
    )
