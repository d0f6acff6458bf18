"""The pages of campaigns: planned with a live count, decided, changed, marked on the day."""

from datetime import UTC, date, datetime
from io import BytesIO

import pytest
import time_machine
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile

from aftersales.roles import SERVICE_ADVISOR
from aftersales.tests.factories import SupervisorFactory, UserFactory
from customers.tests.factories import CustomerFactory, OwnershipFactory, PhoneFactory
from followups.models import (
    Campaign,
    CampaignState,
    FollowUp,
    Invitation,
    LetterBatch,
    LetterTemplate,
)
from followups.services import campaigns
from followups.tests.factories import (
    CampaignFactory,
    InvitationFactory,
    MatterFactory,
    PolicyFactory,
    TrackerFactory,
)
from followups.tests.sweeping import at, callable_customer, sweep

pytestmark = pytest.mark.django_db
NOW = datetime(2025, 4, 5, 2, 0, tzinfo=UTC)
LIST, NEW, LETTERS = "/campaigns/", "/campaigns/new/", "/campaigns/letters/"
TYPED = {
    "kind": "free_service",
    "title": "Free check",
    "content": "Brakes and lights",
    "place": "Workshop",
    "starts_on": "2025-05-01",
    "ends_on": "2025-05-02",
}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture(autouse=True)
def policy():
    return PolicyFactory(calls_per_day=10)


@pytest.fixture
def supervisor(client):
    user = SupervisorFactory()
    client.force_login(user)
    return user


def text_of(response):
    return " ".join(response.content.decode().split())


def page_of(campaign, step=""):
    return f"{LIST}{campaign.pk}/{step}"


def decided(by, **fields):
    campaign = CampaignFactory(**fields)
    return campaigns.decide_campaign(campaign.pk, version=1, by=by, now=NOW)


class TestList:
    @pytest.mark.parametrize("rows", [1, 3])
    def test_a_row_shows_how_far_it_is_in_a_fixed_number_of_queries(
        self, client, supervisor, rows, django_assert_num_queries
    ):
        for _row in range(rows):
            invitation = InvitationFactory(told_on="2025-04-12")
            InvitationFactory(campaign=invitation.campaign)

        # Session (4), user, heartbeat, own lists, rows, count.
        with django_assert_num_queries(9):
            page = client.get(LIST)

        row = page.context["page"].page.rows[0]
        assert (row.invited, row.told, row.coming, row.came) == (2, 1, 0, 0)

    def test_the_furthest_ahead_comes_first(self, client, supervisor):
        CampaignFactory(title="near")
        CampaignFactory(title="far", starts_on="2025-06-01", ends_on="2025-06-01")

        page = client.get(LIST)

        assert [row.title for row in page.context["page"].page.rows] == ["far", "near"]


class TestPlanning:
    def test_a_plan_is_saved_and_nobody_is_called(self, client, supervisor):
        callable_customer(district="天河区")

        answer = client.post(
            NEW,
            {
                **TYPED,
                "districts": "天河区， 番禺区",
                "tags": "VIP，long  way",
                "classes": ["A", "N"],
            },
            follow=True,
        )

        campaign = Campaign.objects.get()
        assert campaign.audience == {
            "districts": ["天河区", "番禺区"],
            "tags": ["VIP", "long way"],
            "classes": ["A", "N"],
        }
        assert "nobody is called yet" in text_of(answer)
        assert not FollowUp.objects.exists()

    def test_while_one_types_it_counts_and_saves_nothing(self, client, supervisor):
        TrackerFactory()
        callable_customer()
        CustomerFactory()
        complains = callable_customer()
        MatterFactory(customer=complains)

        part = client.post(NEW, {**TYPED, "preview": "1"}, headers={"HX-Request": "true"})

        assert not Campaign.objects.exists()
        assert part.templates[0].name == "followups/campaigns/_foreseen.html"
        reach = part.context["reach"]
        assert (reach.chosen, reach.invited) == (3, 1)
        said = text_of(part)
        assert "Has a complaint open" in said
        assert "Has no valid number" in said
        assert "2 callers can make it" in said
        assert "Calling must begin by 2025-04-17." in said

    def test_too_many_calls_say_by_how_much_before_anybody_decides(self, client, supervisor):
        TrackerFactory(name="Li")
        for _customer in range(12):
            callable_customer()
        typed = {**TYPED, "starts_on": "2025-04-19", "preview": "1"}

        said = text_of(client.post(NEW, typed, headers={"HX-Request": "true"}))

        assert "1 caller cannot make it: 12 calls are needed, 10 are possible" in said
        assert "2 are too many" in said
        assert "Or the campaign begins on 2025-04-20 at the earliest." in said

    def test_the_count_works_without_scripts_and_keeps_what_was_typed(self, client, supervisor):
        page = client.post(NEW, {**TYPED, "preview": "1"})

        assert page.context["reach"].chosen == 0
        assert 'value="Workshop"' in text_of(page)

    @pytest.mark.parametrize(
        ("field", "value", "says"),
        [
            ("place", "", "This field is required."),
            ("starts_on", "2025-04-05", "The first day must lie ahead"),
            ("ends_on", "2025-04-30", "This lies before the first day."),
            ("last_visit_from", "2026-01-01", ""),
        ],
    )
    def test_what_is_wrong_is_said_beside_it(self, client, supervisor, field, value, says):
        typed = {**TYPED, "last_visit_until": "2025-12-31", field: value}

        answer = client.post(NEW, typed)

        assert answer.status_code == 422
        assert (says or "This lies before the first day.") in text_of(answer)
        assert not Campaign.objects.exists()

    def test_what_cannot_be_counted_is_said_in_the_count(self, client, supervisor):
        typed = {**TYPED, "purchased_from": "soon", "preview": "1"}

        said = text_of(client.post(NEW, typed, headers={"HX-Request": "true"}))

        assert "Enter a valid date." in said

    def test_a_list_and_a_file_name_the_same_people(self, client, supervisor):
        callable_customer(file_no="K-1")
        other = CustomerFactory()
        PhoneFactory(customer=other, typed="13800139999")
        sheet = BytesIO()
        with xlsxwriter.Workbook(sheet) as book:
            book.add_worksheet().write_column(0, 0, [13800139999, "nobody"])
        upload = SimpleUploadedFile("people.xlsx", sheet.getvalue())

        part = client.post(
            NEW,
            {**TYPED, "people": "K-1\n\n", "people_file": upload, "preview": "1"},
            headers={"HX-Request": "true"},
        )

        assert part.context["reach"].invited == 2
        assert part.context["reach"].unknown == ("nobody",)

    @pytest.mark.parametrize(
        ("content", "says"),
        [
            ("客户编号\nK-1\n".encode("gb18030"), None),
            (b"\xd0\xcf\x11\xe0 old", "This is a file of an old or protected Excel."),
            (b" ,x\n ,y\n", "The first column of this file is empty."),
        ],
    )
    def test_a_file_that_cannot_be_read_invites_not_everybody(
        self, client, supervisor, content, says
    ):
        callable_customer(file_no="K-1")
        callable_customer()
        upload = SimpleUploadedFile("people.csv", content)

        answer = client.post(NEW, {**TYPED, "people_file": upload})

        if says is None:
            assert Campaign.objects.get().audience == {"people": ["客户编号", "K-1"]}
        else:
            assert says in text_of(answer)
            assert not Campaign.objects.exists()

    def test_a_draft_is_changed_with_its_audience(self, client, supervisor):
        draft = CampaignFactory(audience={"districts": ["天河区"], "people": ["K-1"]})
        shown = text_of(client.get(page_of(draft, "change/")))
        assert "天河区" in shown
        assert "K-1" in shown

        client.post(page_of(draft, "change/"), {**TYPED, "title": "Other", "version": 1})

        draft.refresh_from_db()
        assert (draft.title, draft.audience) == ("Other", {})

    def test_a_stale_change_shows_both_versions(self, client, supervisor):
        draft = CampaignFactory()
        client.post(page_of(draft, "change/"), {**TYPED, "place": "Gate 3", "version": 1})

        answer = client.post(page_of(draft, "change/"), {**TYPED, "place": "Gate 4", "version": 1})

        assert answer.status_code == 409
        assert "Gate 3" in text_of(answer)
        assert "Gate 4" in text_of(answer)


class TestCampaign:
    def test_a_draft_says_whom_it_would_reach_and_who_is_left_out(self, client, supervisor):
        callable_customer()
        left = CustomerFactory(name="没有电话")
        draft = CampaignFactory()

        page = client.get(page_of(draft))
        assert page.context["reach"].chosen == 2
        assert page_of(draft, "left-out/") in text_of(page)
        client.force_login(TrackerFactory())
        assert page_of(draft, "left-out/") not in text_of(client.get(page_of(draft)))
        client.force_login(supervisor)
        names = text_of(client.get(page_of(draft, "left-out/?reason=no_number")))
        assert left.name in names
        assert client.get(page_of(draft, "left-out/?reason=bad")).status_code == 404

    @pytest.mark.parametrize("customers", [1, 3])
    def test_a_decided_one_counts_in_a_fixed_number_of_queries(
        self, client, supervisor, customers, django_assert_num_queries
    ):
        for _customer in range(customers):
            callable_customer()
        campaign = decided(supervisor)

        # Session (4), user, heartbeat, campaign, invitations, follow-ups, history (3).
        with django_assert_num_queries(12):
            page = client.get(page_of(campaign))

        assert page.context["progress"].invited == customers
        assert page.context["progress"].open == customers


class TestDeciding:
    def test_it_is_shown_once_more_and_then_everybody_is_owed_a_call(self, client, supervisor):
        callable_customer()
        draft = CampaignFactory()
        assert "1 customer, and owes the call" in text_of(client.get(page_of(draft, "decide/")))

        answer = client.post(page_of(draft, "decide/"), {"version": 1}, follow=True)

        assert "Decided: 1 customer is invited." in text_of(answer)
        assert FollowUp.objects.get().kind == "campaign_notice"

    def test_the_second_window_is_told(self, client, supervisor):
        callable_customer()
        draft = CampaignFactory()
        client.post(page_of(draft, "decide/"), {"version": 1})

        answer = client.post(page_of(draft, "decide/"), {"version": 1})

        assert answer.status_code == 422
        assert "is decided already" in text_of(answer)
        assert Invitation.objects.count() == 1

    def test_an_empty_audience_is_told(self, client, supervisor):
        answer = client.post(page_of(CampaignFactory(), "decide/"), {"version": 1})

        assert answer.status_code == 422
        assert "Nobody would be invited." in text_of(answer)

    def test_a_stale_version_is_told_and_can_be_looked_at(self, client, supervisor):
        callable_customer()
        draft = CampaignFactory()
        Campaign.objects.update(place="Gate 3")

        answer = client.post(page_of(draft, "decide/"), {"version": 1})

        assert answer.status_code == 409
        assert "Gate 3" in text_of(answer)
        assert answer.context["form"]["version"].value() == 2

    def test_a_late_one_is_flagged(self, client, supervisor):
        callable_customer()
        campaign = decided(supervisor, starts_on="2025-04-10", ends_on="2025-04-10")

        assert "Late notice" in text_of(client.get(page_of(campaign)))


class TestAfterwards:
    def test_a_changed_place_is_saved_and_the_rest_stays(self, client, supervisor):
        callable_customer()
        campaign = decided(supervisor)
        typed = {**TYPED, "kind": "promotion", "place": "Gate 3", "version": campaign.version}

        client.post(page_of(campaign, "change/"), typed)

        campaign.refresh_from_db()
        assert (campaign.place, campaign.kind, campaign.changes) == ("Gate 3", "free_service", 1)

    def test_calling_off_asks_why_and_says_how_many_are_to_be_told(self, client, supervisor):
        told = InvitationFactory(told_on="2025-04-05")
        page = page_of(told.campaign, "call-off/")
        assert "1 customer was told of it and has to be called." in text_of(client.get(page))

        assert client.post(page, {"version": 1, "because": ""}).status_code == 422
        client.post(page, {"version": 1, "because": "rain"})

        assert Campaign.objects.get().state == CampaignState.CALLED_OFF


class TestInvitations:
    @pytest.mark.parametrize("rows", [1, 3])
    @pytest.mark.parametrize(("part", "queries"), [("", 10), ("form/", 8)])
    def test_a_line_takes_a_fixed_number_of_queries(
        self, client, supervisor, rows, part, queries, django_assert_num_queries
    ):
        campaign = CampaignFactory(decided=True)
        for _row in range(rows):
            invitation = InvitationFactory(campaign=campaign)
            OwnershipFactory(customer=invitation.customer)
        sweep("2025-04-05 10:00", "sweep_campaign_notices")

        with django_assert_num_queries(queries):
            answer = client.get(f"/invitations/{part}?campaign={campaign.pk}")

        assert text_of(answer).count("2025-04-17") == rows

    def test_they_are_narrowed_by_answer(self, client, supervisor):
        for answer in ("comes", "declines", ""):
            InvitationFactory(answer=answer, answered_on="2025-04-12" if answer else None)

        for asked, many in (("comes", 1), ("none", 1), ("", 3)):
            page = client.get(f"/invitations/?answer={asked}")
            assert len(page.context["page"].page.rows) == many

    def test_a_file_holds_the_form(self, client, supervisor):
        InvitationFactory(customer__name="=1+1", answer="comes", answered_on="2025-04-12")

        rows = b"".join(client.get("/invitations/export.csv").streaming_content).decode()

        assert '"\'=1+1"' in rows
        assert "Will come" in rows

    def test_an_advisor_reads_but_exports_nothing(self, client):
        client.force_login(UserFactory(roles=[SERVICE_ADVISOR]))

        assert client.get("/invitations/").status_code == 200
        assert client.get("/invitations/export.csv").status_code == 403


class TestAttendance:
    @pytest.fixture
    def campaign(self, clock):
        clock.move_to(datetime(2025, 5, 1, 2, 0, tzinfo=UTC))
        return CampaignFactory(decided=True)

    def test_who_comes_is_found_by_phone_tail_and_ticked(self, client, campaign, supervisor):
        invitation = InvitationFactory(campaign=campaign, customer__name="王小明")
        PhoneFactory(customer=invitation.customer, typed="138 0013 4321", is_primary=True)
        InvitationFactory(campaign=campaign, customer__name="陈大文")
        page = page_of(campaign, "attendance/")

        part = client.get(f"{page}?q=4321", headers={"HX-Request": "true"})

        assert [row.customer.name for row in part.context["found"]] == ["王小明"]
        answer = client.post(page, {"on": "2025-05-01", "came": [invitation.pk]}, follow=True)
        assert "Came: 王小明." in text_of(answer)
        invitation.refresh_from_db()
        assert invitation.attended_on == date(2025, 5, 1)

        client.post(page, {"on": "2025-05-01", "came": [invitation.pk], "undo": "1"})
        invitation.refresh_from_db()
        assert invitation.attended_on is None

    def test_who_walks_in_is_found_as_well(self, client, campaign, supervisor):
        stranger = CustomerFactory(name="李娜")
        page = page_of(campaign, "attendance/")

        part = client.get(f"{page}?q=李娜", headers={"HX-Request": "true"})
        assert [hit.customer_id for hit in part.context["others"]] == [stranger.pk]
        client.post(page, {"on": "2025-05-01", "customer": stranger.pk})

        assert Invitation.objects.get().walked_in

    def test_the_wrong_day_is_refused_in_words(self, client, campaign, supervisor):
        invitation = InvitationFactory(campaign=campaign)

        answer = client.post(
            page_of(campaign, "attendance/"), {"on": "2025-05-03", "came": [invitation.pk]}
        )

        assert answer.status_code == 422
        assert "The campaign was over on this day." in text_of(answer)

    @pytest.mark.parametrize("rows", [1, 3])
    def test_the_list_takes_a_fixed_number_of_queries(
        self, client, campaign, supervisor, rows, django_assert_num_queries
    ):
        for _row in range(rows):
            InvitationFactory(campaign=campaign, answer="comes", answered_on="2025-04-12")
            InvitationFactory(campaign=campaign, attended_on="2025-05-01")

        # Session (4), user, heartbeat, campaign, places, those expected, those who came (2).
        with django_assert_num_queries(11):
            client.get(page_of(campaign, "attendance/"))


class TestLettersDue:
    @pytest.mark.parametrize("rows", [1, 3])
    def test_they_stand_by_campaign_with_their_last_day(
        self, client, supervisor, rows, django_assert_num_queries
    ):
        for _row in range(rows):
            InvitationFactory(told_on="2025-04-03", wants_letter=True)
        sweep(at("2025-04-05 09:00"), "sweep_campaign_letters")

        # Session (4), user, heartbeat, templates, campaigns, letters.
        with django_assert_num_queries(9):
            page = client.get(LETTERS)

        assert [each.many for each in page.context["campaigns"]] == [1] * rows
        assert text_of(page).count("Due today") == 2 * rows

    def test_those_of_one_campaign_are_prepared_together(self, client, supervisor):
        LetterTemplate.objects.create(
            kind="invitation", language="zh-hans", name="Invitation", subject="x", body="y"
        )
        invitation = InvitationFactory(told_on="2025-04-03", wants_letter=True)
        InvitationFactory(told_on="2025-04-03", wants_letter=True)
        sweep(at("2025-04-05 09:00"), "sweep_campaign_letters")
        operation = client.get(LETTERS).context["form"]["operation"].value()

        typed = {
            "operation": operation,
            "campaign": invitation.campaign_id,
            "template_name": "Invitation",
            "channel": "post",
        }
        answer = client.post(LETTERS, typed)
        client.post(LETTERS, typed)

        batch = LetterBatch.objects.get()
        assert answer.url == batch.get_absolute_url()
        assert [item.customer for item in batch.items.all()] == [invitation.customer]
