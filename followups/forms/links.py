"""What a customer says by his link, and the links that somebody makes for a customer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aftersales.widgets import TimeOfDayInput
from customers.forms.customer import ConvenientTimeForm
from customers.models import Channel, Customer
from followups.forms.survey import WHY, Strip, reasons_of, scores_of, strips, survey_fields
from followups.models import (
    Campaign,
    CampaignState,
    Invitation,
    InvitationAnswer,
    LinkPurpose,
    OutboxChannel,
    PublicLink,
    SurveyAnswer,
)
from followups.services import links
from followups.services.invitations import MOST_GUESTS

SHOW = "show"


class NewLinkForm(forms.Form):
    """Which page somebody wants to open to a customer, and how its address gets there."""

    purpose = forms.ChoiceField(label=_("What the customer can do"), choices=LinkPurpose.choices)
    invitation = forms.ModelChoiceField(
        label=_("Invitation"),
        queryset=Invitation.objects.none(),
        required=False,
        help_text=_("Only for the answer to an invitation."),
    )
    channel = forms.ChoiceField(
        label=_("How it gets to the customer"),
        choices=[(SHOW, _("Show it to me")), *OutboxChannel.choices],
    )

    def __init__(self, *args: Any, customer: Customer, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        invitation: Any = self.fields["invitation"]
        to_come = Campaign.objects.filter(state=CampaignState.DECIDED, ends_on__gte=today)
        invitation.queryset = Invitation.objects.filter(
            customer=customer, campaign__in=to_come
        ).select_related("campaign")
        invitation.label_from_instance = lambda found: str(found.campaign)
        invitation.initial = invitation.queryset.first()
        if invitation.initial is None:
            purpose: Any = self.fields["purpose"]
            purpose.choices = [
                choice for choice in LinkPurpose.choices if choice[0] != LinkPurpose.INVITATION
            ]


class AnswerForm(forms.Form):
    """Yes or no to an invitation."""

    coming = forms.ChoiceField(
        label=_("Will you come?"),
        choices=[
            (InvitationAnswer.COMES, pgettext_lazy("answer to an invitation", "Yes, I will come")),
            (InvitationAnswer.DECLINES, pgettext_lazy("answer to an invitation", "No, thank you")),
        ],
        widget=forms.RadioSelect,
    )
    guests = forms.IntegerField(
        label=_("How many people do you bring with you?"),
        min_value=0,
        max_value=MOST_GUESTS,
        required=False,
    )

    def __init__(self, data: Any, link: PublicLink) -> None:
        said = link.invitation
        initial = {"coming": said.answer, "guests": said.guests} if said and link.used_at else {}
        super().__init__(data, initial=initial)

    def send(self, link: PublicLink, *, now: datetime) -> None:
        guests = self.cleaned_data["guests"] or 0
        links.answer(link, coming=self.cleaned_data["coming"], guests=guests, now=now)


class GiveConvenientTimeForm(ConvenientTimeForm):
    class Meta:
        model = Customer
        fields = ("convenient_from", "convenient_until", "convenient_weekdays")
        widgets: ClassVar = {
            "convenient_from": TimeOfDayInput,
            "convenient_until": TimeOfDayInput,
        }

    def __init__(self, data: Any, link: PublicLink) -> None:
        # What the file says shows only to who has said it here.
        shown = link.customer if link.used_at else None
        initial = {name: getattr(shown, name) for name in self.Meta.fields} if shown else {}
        super().__init__(data, initial=initial)

    def send(self, link: PublicLink, *, now: datetime) -> None:
        links.give_convenient_time(link, changes=self.cleaned_data, now=now)


class StopAdvertisingForm(forms.Form):
    channels = forms.MultipleChoiceField(
        label=_("No advertising any more by"),
        choices=[choice for choice in Channel.choices if choice[0] != Channel.ALL],
        widget=forms.CheckboxSelectMultiple,
        initial=[channel for channel in Channel.values if channel != Channel.ALL],
    )

    def __init__(self, data: Any, link: PublicLink) -> None:
        super().__init__(data)

    def send(self, link: PublicLink, *, now: datetime) -> None:
        links.stop_advertising(link, channels=self.cleaned_data["channels"], now=now)


class SurveyForm(forms.Form):
    def __init__(self, data: Any, link: PublicLink) -> None:
        super().__init__(data)
        self.fields |= survey_fields()
        if said := SurveyAnswer.objects.filter(link=link).first():
            reasons = {WHY + key: reason for key, reason in said.score_reasons.items()}
            self.initial = {**said.scores, **reasons}

    def strips(self) -> Iterator[Strip]:
        return strips(self, answered={})

    def send(self, link: PublicLink, *, now: datetime) -> None:
        scores, reasons = scores_of(self.cleaned_data), reasons_of(self.cleaned_data)
        links.answer_survey(link, scores=scores, reasons=reasons, now=now)


FORMS: dict[str, Any] = {
    LinkPurpose.INVITATION: AnswerForm,
    LinkPurpose.CONVENIENT_TIME: GiveConvenientTimeForm,
    LinkPurpose.STOP_ADVERTISING: StopAdvertisingForm,
    LinkPurpose.SURVEY: SurveyForm,
}
