from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from aftersales.history import changes_by
from aftersales.roles import SERVICE_ADVISOR, TECHNICIAN
from aftersales.tests.factories import SupervisorFactory, UserFactory
from customers.models import Customer
from customers.services import files
from customers.services.files import PhoneEntry
from customers.services.merges import merge
from customers.tests.factories import (
    ConsultationFactory,
    CustomerFactory,
    OwnershipFactory,
    PhoneFactory,
    VehicleFactory,
)
from followups.models import LinkPurpose
from followups.services import links
from followups.services.calls import correct_call
from followups.tests.factories import (
    CallFactory,
    InvitationFactory,
    LetterFactory,
    MatterFactory,
    TrackerFactory,
)
from reports.entries import Kind
from reports.timeline import timeline
from workshop.tests.factories import RepairOrderFactory

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)


def everything(customer, user, limit):
    """Walk the timeline page by page to its end."""
    entries, before = [], None
    while True:
        page = timeline(customer, user=user, before=before, limit=limit)
        entries += page.entries
        if page.older is None:
            return entries
        before = page.older


@pytest.fixture
def user():
    return SupervisorFactory()


@pytest.mark.django_db
class TestTimeline:
    def test_shows_what_happened_newest_first(self, user):
        customer = CustomerFactory()
        advisor = UserFactory(name="李娜", roles=[SERVICE_ADVISOR])
        RepairOrderFactory(
            customer=customer,
            vehicle=VehicleFactory(plate="粤A12345"),
            number="RO-1",
            advisor=advisor,
            checked_in_at=NOON,
            service_items="Oil and filter",
            released=True,
            authorized_at=NOON,
            gate_out_at=NOON,
        )
        ConsultationFactory(
            customer=customer,
            held_by=advisor,
            ended_at=NOON + timedelta(hours=1),
            notes="Asked for a price",
        )
        RepairOrderFactory()

        page = timeline(customer, user=user, kinds=[Kind.ORDER, Kind.CONSULTATION])

        assert [(entry.heading, entry.by, entry.badge) for entry in page.entries] == [
            ("Consultation: Price", "李娜", ""),
            ("Repair order RO-1", "李娜", "Released"),
        ]
        assert page.entries[0].lines == ["Asked for a price"]
        assert page.entries[1].lines == ["General repair · 粤A12345", "Oil and filter"]
        assert page.older is None

    def test_puts_together_what_was_written_at_once(self, user):
        with changes_by(user):
            customer = files.open_file(
                by=user,
                today=NOON.date(),
                fields={"name": "王小明"},
                phones=[PhoneEntry("13800138000"), PhoneEntry("13800138001")],
            )
            OwnershipFactory(customer=customer, vehicle=VehicleFactory(plate="粤A12345"))

        [opened] = timeline(customer, user=user).entries

        assert (opened.heading, opened.by) == ("File opened", str(user))
        assert opened.lines == [
            "Phone number 13800138000 added",
            "Phone number 13800138001 added",
            "Vehicle 粤A12345 (Owner) added",
        ]

    def test_names_the_fields_that_were_changed_and_who_writes_sql(self, user):
        customer = CustomerFactory()
        Customer.objects.filter(pk=customer.pk).update(district="天河区", address="Road 1")

        [entry] = timeline(customer, user=user).entries

        assert (entry.by, entry.lines) == ("directly in the database", ["Address, District"])

    def test_tells_of_files_that_were_merged_into_this_one(self, user):
        customer, merged = CustomerFactory(), CustomerFactory(name="小明", file_no="K-000002")
        merge(customer.pk, merged.pk, choices=[], by=user, now=NOON)

        [entry] = timeline(customer, user=user, kinds=[Kind.MERGE]).entries

        assert entry.heading == "K-000002 was merged into this file"
        assert (entry.by, entry.lines) == (str(user), ["小明"])
        assert entry.url == f"/customers/{merged.pk}/history/"

    def test_tells_of_calls_what_was_said_and_how_they_were_corrected(self, user):
        tracker = TrackerFactory(name="李娜")
        call = CallFactory(handler=tracker, started_at=NOON, ended_at=NOON, note="no answr")
        earlier = NOON - timedelta(hours=1)
        CallFactory(
            customer=call.customer,
            outcome="busy",
            started_at=earlier,
            ended_at=earlier,
            handler__name="黄丽娟",
        )
        correct_call(
            call.pk,
            by=tracker,
            changes={"hopes": "A shorter wait", "note": "no answer"},
            reason="typed wrong",
            operation=uuid4(),
            now=NOON,
        )

        page = timeline(call.customer, user=user, kinds=[Kind.CALL])

        assert [(each.heading, each.by, each.badge) for each in page.entries] == [
            ("First call: Talked, finished", "李娜", "Corrected"),
            ("First call: Busy", "黄丽娟", ""),
        ]
        assert page.entries[0].lines == ["Hopes: A shorter wait", "no answer"]
        assert page.entries[0].url == call.correction.get_absolute_url()

    def test_tells_of_calls_with_files_that_were_merged_into_this_one(self, user):
        customer, merged = CustomerFactory(), CustomerFactory()
        call = CallFactory(customer=merged)
        merge(customer.pk, merged.pk, choices=[], by=user, now=NOON)

        [entry] = timeline(customer, user=user, kinds=[Kind.CALL]).entries

        assert entry.url == call.get_absolute_url()

    def test_tells_of_matters_how_they_stand(self, user):
        matter = MatterFactory(owner__name="李娜")

        [entry] = timeline(matter.customer, user=user, kinds=[Kind.MATTER]).entries

        assert (entry.heading, entry.by, entry.badge, entry.tone) == (
            "Complaint",
            "李娜",
            "Open",
            "due",
        )
        assert (entry.lines, entry.url) == (["The brakes squeal."], matter.get_absolute_url())

    def test_shows_orders_to_those_only_who_may_see_them(self):
        order = RepairOrderFactory(released=True)
        technician = UserFactory(roles=[TECHNICIAN])

        kinds = {entry.kind for entry in timeline(order.customer, user=technician).entries}

        assert kinds == {Kind.FILE}

    @pytest.mark.parametrize("limit", [1, 2, 3, 7])
    def test_page_by_page_shows_everything_once_also_of_the_same_time(self, user, limit):
        customer = CustomerFactory()
        for _same_time in range(3):
            RepairOrderFactory(customer=customer, checked_in_at=NOON)
            ConsultationFactory(customer=customer, held_by=user, ended_at=NOON)
        PhoneFactory.create_batch(3, customer=customer)

        entries = everything(customer, user, limit)

        moments = [entry.moment for entry in entries if entry.kind != Kind.FILE]
        assert len(moments) == len(set(moments)) == 6
        assert moments == sorted(moments, reverse=True)
        written = [line for entry in entries if entry.kind == Kind.FILE for line in entry.lines]
        assert len(written) == len(set(written)) == 3

    def test_takes_a_fixed_number_of_queries(self, django_assert_num_queries):
        advisor = SupervisorFactory()
        few, many = CustomerFactory.create_batch(2)
        for rows, customer in ((1, few), (3, many)):
            for _row in range(rows):
                RepairOrderFactory(customer=customer, advisor=advisor)
                ConsultationFactory(customer=customer, held_by=advisor)
                MatterFactory(customer=customer, call=CallFactory(customer=customer))
                with changes_by(advisor):
                    PhoneFactory(customer=customer)
                    OwnershipFactory(customer=customer)
            with django_assert_num_queries(19):
                timeline(customer, user=advisor)


@pytest.mark.django_db
def test_invitations_stand_with_what_became_of_them():
    customer, day = CustomerFactory(), date(2025, 5, 1)
    InvitationFactory(customer=customer, answer="comes", answered_on=day, attended_on=day)
    InvitationFactory(customer=customer, campaign__title="Lecture", attended_on=day, walked_in=True)

    found = timeline(customer, user=SupervisorFactory(), kinds=["campaign"]).entries

    assert {(entry.heading, entry.badge, *entry.lines) for entry in found} == {
        ("Invited: Free check", "Will come", "Came on 2025-05-01"),
        ("Came uninvited: Lecture", "", "Came on 2025-05-01"),
    }


@pytest.mark.django_db
def test_letters_stand_with_their_number_and_subject():
    letter = LetterFactory()

    [entry] = timeline(letter.customer, user=SupervisorFactory(), kinds=["letter"]).entries

    assert entry.heading == "Notice L-2025-000001"
    assert (entry.lines, entry.url) == ([letter.subject], letter.get_absolute_url())


@pytest.mark.django_db
class TestLinks:
    def answered(self, customer, purpose, **answer):
        link = links.issue(customer, purpose=purpose, by=TrackerFactory(), now=NOON).link
        write = {
            LinkPurpose.SURVEY: links.answer_survey,
            LinkPurpose.STOP_ADVERTISING: links.stop_advertising,
            LinkPurpose.CONVENIENT_TIME: links.give_convenient_time,
        }[purpose]
        write(link, now=NOON + timedelta(hours=1), **answer)

    def test_what_the_customer_answered_stands_under_his_name(self, user):
        customer = CustomerFactory(name="王小明")
        scores = {"q_overall": 7, "q_fixed": 1}
        self.answered(customer, LinkPurpose.SURVEY, scores=scores, reasons={"q_overall": "Slow"})
        self.answered(customer, LinkPurpose.STOP_ADVERTISING, channels=["sms"])
        links.issue(customer, purpose=LinkPurpose.CONVENIENT_TIME, by=TrackerFactory(), now=NOON)

        advertising, survey = timeline(customer, user=user, kinds=[Kind.LINK]).entries

        assert (advertising.heading, advertising.lines) == ("Stop advertising", [])
        assert (survey.heading, survey.by, survey.badge) == (
            "Answer the survey",
            "王小明",
            "Answered",
        )
        assert survey.at == NOON + timedelta(hours=1)
        assert survey.lines[0].endswith(" 7 Slow")
        assert survey.url == f"/customers/{customer.pk}/links/"

    def test_an_answered_invitation_names_its_campaign(self, user):
        invitation = InvitationFactory()
        purpose, by = LinkPurpose.INVITATION, TrackerFactory()
        now = datetime.combine(invitation.campaign.starts_on, NOON.time(), UTC) - timedelta(days=7)
        link = links.issue(
            invitation.customer, purpose=purpose, invitation=invitation, by=by, now=now
        ).link
        links.answer(link, coming="comes", guests=0, now=now)

        [entry] = timeline(invitation.customer, user=user, kinds=[Kind.LINK]).entries

        assert (entry.heading, entry.lines) == ("Answer an invitation", ["Free check"])

    def test_only_who_makes_links_reads_of_them(self):
        customer = CustomerFactory()
        self.answered(customer, LinkPurpose.STOP_ADVERTISING, channels=["sms"])

        seen = timeline(customer, user=UserFactory(roles=[TECHNICIAN]), kinds=[Kind.LINK])

        assert not seen.entries
