"""Pages behind customers' links: what they show, take and refuse."""

from datetime import date, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Q
from django.test import Client
from django.test.utils import CaptureQueriesContext

from aftersales import days
from aftersales.changes import changes
from aftersales.refusals import Refusal
from customers.models import ContactRefusal, Customer
from customers.services import merges
from customers.tests.factories import CustomerFactory, OwnershipFactory, PhoneFactory
from followups.calling.questions import QUESTIONS
from followups.models import (
    Campaign,
    HeardThrough,
    Invitation,
    LinkPurpose,
    LinkState,
    Matter,
    OutboxMessage,
    PublicLink,
    SurveyAnswer,
)
from followups.services import links, outbox
from followups.tests.calling import NOW
from followups.tests.factories import InvitationFactory, PolicyFactory, TrackerFactory
from followups.views.public_links import ANSWERS, WRONG_LINKS

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def anna(db):
    PolicyFactory()
    return TrackerFactory(name="李娜")


@pytest.fixture
def phone():
    """A browser on a phone that never was here before."""
    return Client(enforce_csrf_checks=True)


def issue(purpose, *, by, customer=None, **fields):
    customer = customer or CustomerFactory(language="en", name="John Smith")
    if purpose == LinkPurpose.INVITATION:
        fields.setdefault("invitation", InvitationFactory(customer=customer))
    return links.issue(customer, purpose=purpose, by=by, now=NOW, **fields)


def text_of(response):
    return " ".join(response.content.decode().split())


ANSWER = {
    LinkPurpose.INVITATION: {"coming": "comes", "guests": "2"},
    LinkPurpose.CONVENIENT_TIME: {
        "convenient_from": "09:00",
        "convenient_until": "11:30",
        "convenient_weekdays": ["1", "6"],
    },
    LinkPurpose.STOP_ADVERTISING: {"channels": ["sms", "letter"]},
    LinkPurpose.SURVEY: {"q_overall": "9", "q_fixed": "1", "q_word": "Coffee"},
}


class TestWhatItShows:
    @pytest.mark.parametrize("purpose", LinkPurpose.values)
    @pytest.mark.parametrize("method", ["get", "head"])
    def test_opening_it_changes_nothing(self, phone, anna, purpose, method):
        issued = issue(purpose, by=anna)

        with CaptureQueriesContext(connection) as asked:
            response = getattr(phone, method)(issued.url)

        assert response.status_code == 200
        assert {query["sql"].split()[0] for query in asked} == {"SELECT"}
        assert PublicLink.objects.get().used_at is None

    def test_nobody_keeps_passes_on_or_indexes_it(self, phone, anna):
        response = phone.get(issue(LinkPurpose.SURVEY, by=anna).url)

        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert response.headers["X-Robots-Tag"] == "noindex, nofollow"
        assert response.headers["Content-Language"] == "en"
        assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]
        assert not response.cookies

    @pytest.mark.parametrize("purpose", LinkPurpose.values)
    def test_it_shows_a_first_name_and_the_end_of_a_plate_only(self, phone, anna, purpose):
        customer = CustomerFactory(
            name="John Smith",
            language="en",
            address="12 Long Road",
            email="john@example.com",
            convenient_from="08:15",
            convenient_until="09:45",
            created_by=anna,
        )
        OwnershipFactory(customer=customer, vehicle__plate="粤A12345", vehicle__model="Octavia")
        PhoneFactory(customer=customer, typed="138 0013 8000", is_primary=True)

        page = text_of(phone.get(issue(purpose, by=anna, customer=customer).url))

        assert "Hello John" in page
        assert "345" in page
        hidden = [
            "Smith",
            "A12345",
            "Octavia",
            "8000",
            "Long Road",
            "john@",
            "08:15",
            "09:45",
            "李娜",
        ]
        assert [word for word in hidden if word in page] == []

    @pytest.mark.parametrize(
        ("person", "greeting"),
        [
            ({"name": "王小明", "title": "先生"}, "王先生"),
            ({"name": "欧阳修", "title": "女士"}, "欧阳女士"),
            ({"name": "王小明", "title": ""}, "王**"),
            ({"name": "김민수", "title": "님"}, "김 님"),
            ({"name": "남궁 민수", "title": ""}, "남궁 **"),
            ({"name": "Dr. Anna Berg", "title": "Ms."}, "Anna"),
            ({"name": "广州好车有限公司", "kind": "company", "contact_name": ""}, ""),
            ({"name": "Good Cars Ltd", "kind": "company", "contact_name": "Anna Berg"}, "Anna"),
        ],
    )
    def test_it_greets_politely(self, phone, anna, person, greeting):
        response = phone.get(
            issue(LinkPurpose.SURVEY, by=anna, customer=CustomerFactory(**person)).url
        )

        assert response.context["name"] == greeting

    @pytest.mark.parametrize("language", ["en", "zh-hans", "ko"])
    def test_it_speaks_the_customers_language(self, phone, anna, language):
        url = issue(LinkPurpose.SURVEY, by=anna, customer=CustomerFactory(language=language)).url

        response = phone.get(url, headers={"Accept-Language": "en"})

        assert f'lang="{language}"' in text_of(response)
        assert response.headers["Content-Language"] == language


def test_the_survey_asks_every_question(phone, anna):
    page = text_of(phone.get(issue(LinkPurpose.SURVEY, by=anna).url))

    assert [key for key in QUESTIONS if f'name="{key}"' not in page] == []


class TestAnswers:
    @pytest.mark.parametrize("purpose", LinkPurpose.values)
    def test_an_answer_is_taken_without_an_account_and_shown_again(self, phone, anna, purpose):
        url = issue(purpose, by=anna).url

        assert phone.post(url, ANSWER[purpose]).status_code == 302

        page = text_of(phone.get(url))
        assert "Thank you" in page
        assert "Change my answer" in page
        link = PublicLink.objects.get()
        assert (link.used_at, link.state(NOW)) == (NOW, LinkState.USED)

    def test_yes_to_an_invitation_and_another_word_later(self, phone, anna):
        url = issue(LinkPurpose.INVITATION, by=anna).url

        phone.post(url, ANSWER[LinkPurpose.INVITATION])
        invitation = Invitation.objects.get()
        assert (invitation.answer, invitation.guests) == ("comes", 2)
        assert invitation.answered_on == NOW.date()
        assert 'value="comes"' in text_of(phone.get(url))
        phone.post(url, {"coming": "declines"})
        invitation.refresh_from_db()
        assert (invitation.answer, invitation.guests) == ("declines", 0)

    def test_a_convenient_time_lands_in_the_file(self, phone, anna):
        phone.post(issue(LinkPurpose.CONVENIENT_TIME, by=anna).url, ANSWER["convenient_time"])

        customer = Customer.objects.get()
        assert customer.get_convenient_time_display() == "Monday, Saturday 09:00 – 11:30"
        newest = changes(Customer, Q(pgh_obj=customer), limit=1)[0]
        assert newest.by == "the customer, by a link of 李娜"

    def test_advertising_stops_in_the_ways_named(self, phone, anna):
        url = issue(LinkPurpose.STOP_ADVERTISING, by=anna).url

        phone.post(url, {"channels": ["sms", "letter"]})
        phone.post(url, {"channels": ["sms", "email"]})

        refused = ContactRefusal.objects.values_list("purpose", "channel", "recorded_by")
        assert set(refused) == {("promotion", each, anna.pk) for each in ("sms", "letter", "email")}

    def test_every_way_is_one_refusal(self, phone, anna):
        url = issue(LinkPurpose.STOP_ADVERTISING, by=anna).url

        for _twice in range(2):
            phone.post(url, {"channels": ["phone", "sms", "email", "letter"]})

        assert ContactRefusal.objects.values_list("purpose", "channel").get() == (
            "promotion",
            "all",
        )

    def test_low_scores_open_one_matter(self, phone, anna):
        url = issue(LinkPurpose.SURVEY, by=anna).url

        phone.post(url, {"q_overall": "2", "q_fixed": "0", "why_q_overall": "It still squeals."})
        phone.post(url, {"q_overall": "3", "q_fixed": "0", "q_price": "1"})

        matter = Matter.objects.get()
        assert matter.heard_through == HeardThrough.SURVEY
        assert "2: It still squeals." in matter.text
        answered = SurveyAnswer.objects.get()
        assert (answered.scores, answered.matter) == (
            {"q_overall": 3, "q_fixed": 0, "q_price": 1},
            matter,
        )

    def test_good_scores_open_none_and_can_be_read(self, client, phone, anna):
        issued = issue(LinkPurpose.SURVEY, by=anna)
        phone.post(issued.url, ANSWER[LinkPurpose.SURVEY])
        client.force_login(anna)
        assert "Coffee" in text_of(client.get(f"/customers/{issued.link.customer_id}/links/"))

        assert SurveyAnswer.objects.get().scores == {
            "q_overall": 9,
            "q_fixed": 1,
            "q_word": "Coffee",
        }
        assert not Matter.objects.exists()

    @pytest.mark.parametrize(
        ("purpose", "sent"),
        [
            (LinkPurpose.INVITATION, {}),
            (LinkPurpose.INVITATION, {"coming": "perhaps"}),
            (LinkPurpose.INVITATION, {"coming": "comes", "guests": "1000"}),
            (LinkPurpose.CONVENIENT_TIME, {"convenient_from": "09:00"}),
            (LinkPurpose.CONVENIENT_TIME, {"convenient_from": "11:00", "convenient_until": "9:00"}),
            (LinkPurpose.STOP_ADVERTISING, {}),
            (LinkPurpose.STOP_ADVERTISING, {"channels": ["all"]}),
            (LinkPurpose.SURVEY, {"q_overall": "9"}),
            (LinkPurpose.SURVEY, {"q_overall": "11", "q_fixed": "1"}),
        ],
    )
    def test_what_is_no_answer_is_asked_again_and_changes_nothing(self, phone, anna, purpose, sent):
        response = phone.post(issue(purpose, by=anna).url, sent)

        assert response.status_code == 422
        assert "field-error" in text_of(response)
        assert PublicLink.objects.get().used_at is None
        assert not ContactRefusal.objects.exists()
        assert not SurveyAnswer.objects.exists()

    def test_a_merged_customer_answers_for_the_survivor(self, phone, anna):
        issued = issue(LinkPurpose.STOP_ADVERTISING, by=anna)
        survivor = CustomerFactory()
        merges.merge(survivor.pk, issued.link.customer_id, choices={}, by=anna, now=NOW)

        phone.post(issued.url, {"channels": ["sms"]})

        assert ContactRefusal.objects.get().customer == survivor


class TestEnds:
    @pytest.mark.parametrize("method", ["get", "post"])
    def test_an_altered_one_opens_nothing(self, phone, anna, method):
        url = issue(LinkPurpose.SURVEY, by=anna).url

        secret = url.split("/")[-2]
        for wrong in (secret[:-1], f"{secret}x", secret.swapcase(), "x"):
            answer = getattr(phone, method)(f"/l/{wrong}/")
            assert answer.status_code == 404
            assert "There is nothing here" in text_of(answer)

    def test_one_that_is_over_says_so(self, phone, anna, clock):
        issued = issue(LinkPurpose.SURVEY, by=anna)
        clock.move_to(issued.link.expires_at - timedelta(seconds=1))
        assert phone.get(issued.url).status_code == 200
        clock.move_to(issued.link.expires_at)
        for answer in (phone.get(issued.url), phone.post(issued.url, ANSWER[LinkPurpose.SURVEY])):
            assert answer.status_code == 410
            assert "This page is closed" in text_of(answer)
        assert not SurveyAnswer.objects.exists()

    def test_a_revoked_one_says_so(self, phone, anna):
        issued = issue(LinkPurpose.SURVEY, by=anna)
        links.revoke(issued.link.pk, by=anna, now=NOW)

        assert phone.get(issued.url).status_code == 410
        assert phone.post(issued.url, ANSWER[LinkPurpose.SURVEY]).status_code == 410
        with pytest.raises(Refusal):
            links.revoke(issued.link.pk, by=anna, now=NOW)

    def test_an_invitation_ends_with_its_campaign(self, phone, anna, clock):
        issued = issue(LinkPurpose.INVITATION, by=anna)
        assert issued.link.expires_at == NOW.replace(month=5, day=3, hour=0)

        Campaign.objects.update(
            state="called_off", called_off_on=NOW.date(), called_off_because="x"
        )

        assert phone.get(issued.url).status_code == 410

    def test_a_campaign_that_is_over_is_nothing_to_answer(self, anna):
        over = InvitationFactory(
            campaign__starts_on=date(2025, 4, 1), campaign__ends_on=date(2025, 4, 2)
        )
        with pytest.raises(Refusal):
            issue(LinkPurpose.INVITATION, by=anna, customer=over.customer, invitation=over)

    @pytest.mark.parametrize(("last_day", "is_offered"), [(0, True), (-1, False)])
    def test_only_what_is_not_over_is_offered(self, client, anna, last_day, is_offered):
        last = days.today() + timedelta(last_day)
        to_come = InvitationFactory(campaign__starts_on=last, campaign__ends_on=last)
        client.force_login(anna)

        page = text_of(client.get(f"/customers/{to_come.customer_id}/links/"))

        assert (str(to_come.campaign) in page, "Answer an invitation" in page) == (
            is_offered,
            is_offered,
        )

    def test_an_invitation_chosen_beside_another_purpose_is_forgotten(self, client, anna):
        today = days.today()
        to_come = InvitationFactory(campaign__starts_on=today, campaign__ends_on=today)
        client.force_login(anna)
        chosen = {"purpose": "convenient_time", "invitation": to_come.pk, "channel": "show"}

        response = client.post(f"/customers/{to_come.customer_id}/links/", chosen)

        assert response.status_code == 200
        assert PublicLink.objects.get().invitation is None

    def test_somebody_elses_invitation_is_none(self, anna):
        with pytest.raises(ValidationError):
            issue(LinkPurpose.INVITATION, by=anna, invitation=InvitationFactory())

    def test_guessing_is_slowed_down(self, phone, anna):
        url = issue(LinkPurpose.SURVEY, by=anna).url
        for _guess in range(WRONG_LINKS):
            assert phone.get("/l/guess/").status_code == 404
        assert phone.get("/l/guess/").status_code == 429
        assert phone.get(url).status_code == 200

    def test_one_link_cannot_be_answered_without_end(self, phone, anna):
        url = issue(LinkPurpose.INVITATION, by=anna).url
        for _answer in range(ANSWERS):
            assert phone.post(url, {"coming": "comes"}).status_code == 302
        assert phone.post(url, {"coming": "comes"}).status_code == 429


class TestMaking:
    def test_nobody_can_read_a_working_link_out_of_the_database(self, anna):
        secret = issue(LinkPurpose.SURVEY, by=anna).url.split("/")[-2]
        link = PublicLink.objects.get()
        assert len(secret) == 32
        assert secret not in str(link.__dict__)

    def test_somebody_makes_one_sees_it_once_and_revokes_it(self, client, phone, anna):
        customer = CustomerFactory(language="en")
        client.force_login(anna)
        page = f"/customers/{customer.pk}/links/"

        shown = client.post(page, {"purpose": "survey", "channel": "show"})

        url = shown.context["issued"].url
        assert url in text_of(shown)
        assert phone.get(url).status_code == 200
        listed = text_of(client.get(page))
        assert "Not answered yet" in listed
        assert url not in listed
        assert "Not answered yet" in text_of(client.get(customer.get_absolute_url()))
        client.post(f"/links/{PublicLink.objects.get().pk}/revoke/")
        assert phone.get(url).status_code == 410
        assert "revoked by 李娜" in text_of(client.get(page))

    @pytest.mark.parametrize(
        ("channel", "recipient"), [("sms", "+8613800138000"), ("email", "a@example.com")]
    )
    def test_one_is_sent_in_the_customers_language(self, client, anna, channel, recipient):
        customer = CustomerFactory(language="en", email="a@example.com")
        PhoneFactory(customer=customer, typed="138 0013 8000", is_primary=True)
        client.force_login(anna)

        client.post(f"/customers/{customer.pk}/links/", {"purpose": "survey", "channel": channel})

        message = OutboxMessage.objects.get()
        assert (message.recipient, message.customer) == (recipient, customer)
        assert "how your visit was: http" in message.body
        outbox.send_next(now=NOW)
        message.refresh_from_db()
        assert message.state == "sent"
        assert message.body.endswith("/l/…/")

    @pytest.mark.parametrize("refused", [("all", "all"), ("service", "sms"), ("all", "sms")])
    def test_who_refuses_gets_none_sent_and_none_is_made(self, client, anna, refused):
        customer = CustomerFactory()
        PhoneFactory(customer=customer, typed="138 0013 8000", is_primary=True)
        purpose, channel = refused
        ContactRefusal.objects.create(
            customer=customer,
            purpose=purpose,
            channel=channel,
            reason="x",
            refused_on=NOW.date(),
            recorded_by=anna,
        )
        client.force_login(anna)

        page = client.post(
            f"/customers/{customer.pk}/links/", {"purpose": "survey", "channel": "sms"}
        )

        assert page.status_code == 422
        assert not OutboxMessage.objects.exists()
        assert not PublicLink.objects.exists()

    def test_only_who_is_invited_can_be_sent_an_invitation(self, client, anna):
        invited, other = InvitationFactory().customer, CustomerFactory()
        client.force_login(anna)

        offers = [
            'value="invitation"' in text_of(client.get(f"/customers/{customer.pk}/links/"))
            for customer in (invited, other)
        ]

        assert offers == [True, False]

    def test_nothing_is_sent_to_nowhere(self, client, anna):
        customer = CustomerFactory(email="")
        client.force_login(anna)
        page = client.post(
            f"/customers/{customer.pk}/links/", {"purpose": "survey", "channel": "email"}
        )
        assert page.status_code == 422
        assert not PublicLink.objects.exists()
