"""What somebody tells of a call: the form of the call desk, outbound and inbound."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundWidget
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from aftersales.once import OnceForm
from aftersales.widgets import MomentField, MomentInput
from customers.models import Phone
from followups.calling.briefing import Briefing
from followups.calling.outcomes import OUTCOMES, Outcome, OutcomeCode
from followups.forms import replies, survey
from followups.forms.replies import yes_no_field
from followups.models import Call, CallKind, FollowUp
from followups.services.told import WORDS, Told

# What was typed, without what belongs to one drawing of the page.
NOT_TYPED = {"csrfmiddlewaretoken", "operation", "number", "started_at"}
# The bar of outcomes stands beside the form's element, which is one of the columns.
FORM_ID = "call"
OUTSIDE = {"form": FORM_ID}
OF_INBOUND = [CallKind.INQUIRY, CallKind.COMPLAINT, CallKind.OTHER]


class AgendaField(forms.TypedMultipleChoiceField):
    """Follow-ups by their keys; the service knows which of them are still open."""

    def valid_value(self, value: Any) -> bool:
        return str(value).isdecimal()


class TalkForm(OnceForm):
    """Everything that both directions share.

    Args:
        agenda: the follow-ups that may be settled.
        due: those of them that are due, so that this call is a try at them.
        briefing: knows what was said and answered before about the same visits.
    """

    started_at = forms.DateTimeField(widget=forms.HiddenInput)
    outcome = forms.ChoiceField(
        label=_("Outcome"),
        choices=OutcomeCode.choices,
        widget=forms.RadioSelect(attrs=OUTSIDE),
        error_messages={"required": _("Say what came of the call.")},
    )
    callback_at = MomentField(
        label=_("Call again at"), required=False, widget=MomentInput(attrs=OUTSIDE)
    )
    agenda = AgendaField(
        label=_("Settled by this call"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    promise_kept = yes_no_field(_("Was it kept?"), unasked=True)

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        agenda: list[FollowUp],
        due: list[FollowUp],
        briefing: Briefing,
        initial: Mapping[str, Any],
    ) -> None:
        super().__init__(data, initial={"agenda": [item.pk for item in due], **initial})
        self.due = {item.pk for item in due}
        self.said, self.answered = briefing.said, briefing.answered
        choices: Any = self.fields["agenda"]
        choices.choices = [(item.pk, item) for item in agenda]
        for name in WORDS:
            self.fields[name] = _word_field(name)
        self.fields |= survey.survey_fields()
        self.fields |= replies.reply_fields(agenda)

    @property
    def strips(self) -> Iterator[survey.Strip]:
        return survey.strips(self, answered=self.answered)

    @property
    def outcomes(self) -> Iterator[tuple[BoundWidget, Outcome]]:
        """The buttons with what each outcome does."""
        return ((widget, OUTCOMES[widget.data["value"]]) for widget in self["outcome"])

    @property
    def settles(self) -> dict[int, bool]:
        """Follow-up → whether the call settles it; what wasn't due stands only if it does."""
        settled = set(self.cleaned_data["agenda"])
        return {pk: pk in settled for pk in sorted(self.due | settled)}

    @property
    def told(self) -> Told:
        said = self.cleaned_data
        outcome = OUTCOMES[said["outcome"]]
        answers = {name: said[name] for name in WORDS}
        answers |= {"scores": survey.scores_of(said), "score_reasons": survey.reasons_of(said)}
        return Told(
            outcome=outcome.code,
            started_at=said["started_at"],
            operation=said["operation"],
            phone_used=said["phone_used"],
            agenda=self.settles,
            callback_at=said["callback_at"] if outcome.needs_date else None,
            answers={**answers, "promise_kept": said["promise_kept"]},
            replies=replies.replies_of(said, self.settles),
            kind=said.get("kind", CallKind.OTHER),
        )

    def refuse(self, error: ValidationError) -> None:
        """Put what the service says beside the fields that it names."""
        for name, messages in error.message_dict.items():
            self.add_error(name if name in self.fields else None, messages)


class CallForm(TalkForm):
    """A call that one makes; `number` is the claim's."""

    number = forms.IntegerField(widget=forms.HiddenInput)
    phone_used = forms.ChoiceField(label=_("Number"), widget=forms.RadioSelect(attrs=OUTSIDE))

    def __init__(
        self, *args: Any, phones: list[Phone], to_dial: Phone | None, **kwargs: Any
    ) -> None:
        first = to_dial.e164 if to_dial else ""
        kwargs["initial"] = {"phone_used": first, **kwargs["initial"]}
        super().__init__(*args, **kwargs)
        self.phones = {phone.e164: phone for phone in phones if phone.e164}
        numbers: Any = self.fields["phone_used"]
        numbers.choices = [(number, phone.typed) for number, phone in self.phones.items()]

    @property
    def numbers(self) -> Iterator[tuple[BoundWidget, Phone]]:
        """The numbers that may be dialed."""
        for widget in self["phone_used"]:
            phone = self.phones[widget.data["value"]]
            if phone.is_usable:
                yield widget, phone


class InboundForm(TalkForm):
    """A call that came in; without a `number` nothing on the agenda is settled by it."""

    number = forms.IntegerField(widget=forms.HiddenInput, required=False)
    kind = forms.ChoiceField(
        label=_("What the call is about"),
        choices=[(kind.value, kind.label) for kind in OF_INBOUND],
        initial=CallKind.INQUIRY,
        widget=forms.RadioSelect,
    )
    phone_used = forms.CharField(label=_("Number that called"), max_length=40, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        talked: Any = self.fields["outcome"]
        talked.choices = [
            (code, label) for code, label in OutcomeCode.choices if OUTCOMES[code].is_talk
        ]
        talked.initial = OutcomeCode.REACHED


class SkipForm(forms.Form):
    """Why a customer is put off without a call, and until when."""

    number = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(label=_("Reason"), max_length=250)
    until = MomentField(label=_("Back in the queue at"))

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        now: datetime,
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=initial, auto_id="skip_%s")
        self.now = now

    def clean_until(self) -> datetime:
        until: datetime = self.cleaned_data["until"]
        if until <= self.now:
            raise ValidationError(_("This time is over."))
        return until


def typed(data: QueryDict) -> dict[str, list[str]]:
    """Return what somebody typed into a form of the desk, to be kept as a draft."""
    return {name: values for name, values in data.lists() if name not in NOT_TYPED}


def restored(draft: Mapping[str, list[str]]) -> dict[str, Any]:
    """Return a draft as the form's first values."""
    return {
        name: values if name == "agenda" else values[-1] for name, values in draft.items() if values
    }


def _word_field(name: str) -> forms.Field:
    column: Any = Call._meta.get_field(name)
    widget: forms.Widget = forms.Textarea(attrs={"rows": 1})
    if name == "contact_name":
        widget = forms.TextInput(attrs={"autocomplete": "off"})
    field: forms.Field = column.formfield(widget=widget)
    return field
