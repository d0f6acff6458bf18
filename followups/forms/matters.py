"""What is heard as a matter, and what is done about it."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from aftersales.models import User
from aftersales.once import OnceForm
from aftersales.widgets import DayInput
from customers.forms.consultation import WHEN_ABOUT_A_VEHICLE
from customers.forms.customer import VersionedForm
from customers.forms.customer_choice import CustomerChoiceForm
from customers.forms.known_vehicle import KnownVehicleField
from customers.models import Consultation
from followups.models import HeardThrough, Matter, MatterKind
from followups.services.hearing import Heard
from followups.services.matters import CHANGE, Word

WRITTEN_DOWN = [
    (way.value, way.label)
    for way in (
        HeardThrough.COUNTER,
        HeardThrough.CONSULTATION,
        HeardThrough.CALL,
        HeardThrough.LETTER,
        HeardThrough.SURVEY,
    )
]
TOLD_THROUGH = [
    (way.value, way.label) for way in (HeardThrough.CALL, HeardThrough.COUNTER, HeardThrough.LETTER)
]


class SatisfiedField(forms.NullBooleanField):
    """The customer's word, if he was asked for it."""

    def __init__(self) -> None:
        super().__init__(label=_("Is the customer satisfied?"), required=False)
        self.widget.choices = [
            ("unknown", _("Not asked yet")),
            ("true", _("Yes: close the matter")),
            ("false", _("No: open it again")),
        ]


class NewMatterForm(OnceForm, CustomerChoiceForm, forms.ModelForm):  # type: ignore[type-arg]
    """What a customer said at the counter, in a consultation, a letter or elsewhere."""

    heard_through = forms.ChoiceField(label=_("Heard through"), choices=WRITTEN_DOWN)
    vehicle = KnownVehicleField(required=False, help_text=WHEN_ABOUT_A_VEHICLE)
    consultation = forms.ModelChoiceField(
        Consultation.objects.none(), required=False, widget=forms.HiddenInput
    )
    answer = forms.CharField(
        label=_("Answered on the spot"),
        required=False,
        widget=forms.Textarea,
        help_text=_("What the customer was told at once; leave it empty if nothing yet."),
    )
    satisfied = SatisfiedField()

    class Meta:
        model = Matter
        fields = ("kind", "heard_through", "text", "department", "owner")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        fields: Any = self.fields
        fields["kind"].choices = [
            (kind.value, kind.label) for kind in MatterKind if kind != MatterKind.LOW_SCORE
        ]
        fields["vehicle"].user = user
        fields["owner"].queryset = User.objects.with_permission(CHANGE)
        fields["owner"].required = False
        fields["consultation"].queryset = Consultation.objects.visible_to(user)

    @property
    def heard(self) -> Heard:
        """What was typed, as it is opened."""
        told = self.cleaned_data
        answer = told["answer"].strip()
        word = Word(answer, told["satisfied"], through=told["heard_through"]) if answer else None
        return Heard(
            kind=told["kind"],
            text=told["text"],
            through=told["heard_through"],
            department=told["department"],
            owner=told["owner"],
            vehicle=told["vehicle"],
            consultation=told["consultation"],
            word=word,
        )


class MatterForm(VersionedForm, forms.ModelForm):  # type: ignore[type-arg]
    """Something done about a matter: all its fields must be filled in."""

    optional: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, each in self.fields.items():
            each.required = name not in self.optional

    @property
    def changes(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self._meta.fields or ()}


class StudyForm(MatterForm):
    class Meta:
        model = Matter
        fields = ("study",)


class ReportForm(MatterForm):
    """Nothing but that it is reported."""

    class Meta:
        model = Matter
        fields = ()


class SolutionForm(MatterForm):
    class Meta:
        model = Matter
        fields = ("solution",)


class TellForm(MatterForm):
    """What the customer was told, on which day, and what he said to it."""

    optional = ("satisfied",)
    told_through = forms.ChoiceField(label=_("Told through"), choices=TOLD_THROUGH)
    satisfied = SatisfiedField()

    class Meta:
        model = Matter
        fields = ("answer", "answered_on", "told_through", "satisfied")
        widgets: ClassVar = {"answered_on": DayInput}

    @property
    def word(self) -> Word:
        told = self.cleaned_data
        return Word(
            told["answer"], told["satisfied"], through=told["told_through"], on=told["answered_on"]
        )


class PassOnForm(MatterForm):
    """Who takes care of it, and which department answers for it."""

    optional = ("department",)

    class Meta:
        model = Matter
        fields = ("owner", "department")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owner: Any = self.fields["owner"]
        owner.queryset = User.objects.with_permission(CHANGE)
