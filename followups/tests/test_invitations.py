"""What invited customers say, and whether they came."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from aftersales.tests.factories import SupervisorFactory
from customers.tests.factories import CustomerFactory
from followups.models import CampaignState, Invitation, InvitationAnswer
from followups.services import invitations
from followups.tests.factories import CampaignFactory, InvitationFactory, TrackerFactory

pytestmark = pytest.mark.django_db
TOLD = date(2025, 4, 12)


def answer(invitation, answer="comes", *, on=TOLD, by=None, **said):
    return invitations.answer_invitation(
        invitation.pk, answer=answer, told_on=on, by=by or TrackerFactory(), **said
    )


def test_an_answer_says_when_with_whom_and_whether_a_letter_is_wanted():
    told = answer(InvitationFactory(), guests=2, wants_letter=True)

    assert (told.answer, told.told_on, told.answered_on) == (InvitationAnswer.COMES, TOLD, TOLD)
    assert (told.guests, told.wants_letter) == (2, True)


def test_a_later_answer_is_the_one_that_counts_and_the_first_day_stays():
    invitation = InvitationFactory()
    answer(invitation, "undecided", wants_letter=True)

    told = answer(invitation, "declines", on=date(2025, 4, 20), guests=3)

    assert (told.answer, told.told_on, told.answered_on) == (
        "declines", TOLD, date(2025, 4, 20),
    )  # fmt: skip
    assert (told.guests, told.wants_letter) == (0, True)


def test_who_was_told_and_said_neither_has_no_answer():
    told = answer(InvitationFactory(), "")

    assert (told.told_on, told.answer, told.answered_on) == (TOLD, "", None)


def test_a_customer_answers_himself_by_his_link():
    told = invitations.answer_invitation(
        InvitationFactory().pk, answer="comes", told_on=TOLD, by=None
    )

    assert told.answer == "comes"


@pytest.mark.parametrize(
    ("field", "said"),
    [("answer", {"answer": "maybe"}), ("guests", {"guests": 100}), ("guests", {"guests": -1})],
)
def test_what_is_no_answer_is_refused(field, said):
    with pytest.raises(ValidationError) as refusal:
        answer(InvitationFactory(), **said)

    assert list(refusal.value.message_dict) == [field]


def test_what_was_called_off_or_is_over_needs_no_answer():
    off = CampaignFactory(
        state=CampaignState.CALLED_OFF, called_off_on=TOLD, called_off_because="rain"
    )

    with pytest.raises(invitations.NothingToAnswer):
        answer(InvitationFactory(campaign=off))
    with pytest.raises(invitations.NothingToAnswer):
        answer(InvitationFactory(), on=date(2025, 5, 3))


def test_places_are_taken_by_who_comes_and_his_guests():
    campaign = CampaignFactory(decided=True)
    for said in ("comes", "comes", "declines"):
        answer(InvitationFactory(campaign=campaign), said, guests=1)

    assert invitations.places_taken(campaign) == 4
    assert invitations.places_taken(CampaignFactory()) == 0


class TestAttendance:
    def mark(self, campaign, came, on=date(2025, 5, 1)):
        return invitations.mark_attendance(campaign.pk, came=came, on=on, by=SupervisorFactory())

    def test_who_came_is_marked_and_unmarked(self):
        first, second = InvitationFactory(), InvitationFactory()

        self.mark(first.campaign, [first.pk, second.pk])
        first.refresh_from_db()
        assert first.attended_on == date(2025, 5, 1)
        assert not Invitation.objects.get(pk=second.pk).attended_on  # of another campaign

        self.mark(first.campaign, [first.pk], on=None)
        assert not Invitation.objects.exclude(attended_on=None)

    @pytest.mark.parametrize(
        ("on", "refusal"),
        [
            (date(2025, 4, 30), invitations.NotTakingPlace),
            (date(2025, 5, 3), ValidationError),
        ],
    )
    def test_only_on_the_days_of_the_campaign(self, on, refusal):
        invitation = InvitationFactory()

        with pytest.raises(refusal):
            self.mark(invitation.campaign, [invitation.pk], on=on)

    def test_not_before_the_decision(self):
        with pytest.raises(invitations.NotTakingPlace):
            self.mark(CampaignFactory(), [])

    def test_who_walks_in_is_noted_once_and_an_invited_one_as_invited(self):
        invitation, stranger = InvitationFactory(), CustomerFactory()

        for customer in (stranger, stranger, invitation.customer):
            invitations.walk_in(
                invitation.campaign_id,
                customer=customer,
                on=date(2025, 5, 2),
                by=SupervisorFactory(),
            )

        assert sorted(
            Invitation.objects.values_list("customer", "walked_in", "attended_on")
        ) == sorted(
            [
                (stranger.pk, True, date(2025, 5, 2)),
                (invitation.customer_id, False, date(2025, 5, 2)),
            ]
        )

    def test_a_walk_in_by_mistake_leaves_nothing(self):
        campaign = CampaignFactory(decided=True)
        came = invitations.walk_in(
            campaign.pk, customer=CustomerFactory(), on=date(2025, 5, 2), by=SupervisorFactory()
        )

        self.mark(campaign, [came.pk], on=None)

        assert not Invitation.objects.exists()
