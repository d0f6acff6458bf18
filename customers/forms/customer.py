"""The customer file on the screen: its groups of fields, and what hangs on it."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.db.models import Model
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from aftersales.models import User
from aftersales.widgets import DayInput, TimeOfDayInput
from customers import rules
from customers.models import ContactRefusal, Customer, Phone, PhoneKind, Weekday

FEWEST_DIGITS = 3


def _label(model: type[Model], name: str) -> Any:
    """Return what a model calls its field, as Django writes it over its own form fields."""
    column: Any = model._meta.get_field(name)
    return capfirst(column.verbose_name)


class WeekdaysField(forms.TypedMultipleChoiceField):
    """Days on which a customer likes to be called; none means any."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self) -> None:
        super().__init__(
            label=_label(Customer, "convenient_weekdays"),
            help_text=gettext_lazy("None means every day."),
            choices=Weekday.choices,
            coerce=int,
            required=False,
        )


class TagsField(forms.CharField):
    """Tags between commas."""

    def __init__(self) -> None:
        super().__init__(
            label=_label(Customer, "tags"),
            help_text=gettext_lazy("Several are separated by commas."),
            required=False,
        )

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        tags = rules.tags(super().clean(value))
        if len(tags) > rules.MOST_TAGS:
            raise forms.ValidationError(
                _("At most %(most)s are taken.") % {"most": rules.MOST_TAGS}
            )
        for tag in tags:
            if len(tag) > rules.LONGEST_TAG:
                raise forms.ValidationError(
                    _("“%(tag)s” is longer than %(longest)s characters.")
                    % {"tag": tag, "longest": rules.LONGEST_TAG}
                )
        return tags


class ConvenientTimeForm(forms.ModelForm):  # type: ignore[type-arg]
    """The hours and days at which a customer likes to be called."""

    convenient_weekdays = WeekdaysField()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("convenient_from"), cleaned.get("convenient_until")
        if (first is None) != (last is None) and not self.errors:
            empty = "convenient_until" if last is None else "convenient_from"
            self.add_error(empty, _("Give both times, or neither."))
        elif first and last and first >= last:
            self.add_error("convenient_until", _("This is not after the first time."))
        return cleaned


class VersionedForm(forms.Form):
    """Knows which version of the row its reader saw."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def see(self, version: int) -> None:
        """Let the reader, who now sees `version`, save once more what he typed."""
        data: Any = self.data
        self.data = seen = data.copy()
        seen["version"] = version


class GroupForm(VersionedForm, forms.ModelForm):  # type: ignore[type-arg]
    """One group of fields of the customer file, edited on its own."""

    heading: ClassVar[str | Promise]


class IdentityForm(GroupForm):
    heading = gettext_lazy("Customer")

    class Meta:
        model = Customer
        fields = ("kind", "name", "contact_name", "title", "birthday", "language", "is_fleet")
        widgets: ClassVar = {"birthday": DayInput}


class ContactForm(GroupForm, ConvenientTimeForm):
    heading = gettext_lazy("Address and convenient time")

    class Meta:
        model = Customer
        fields = (
            "address",
            "postal_code",
            "district",
            "email",
            "convenient_from",
            "convenient_until",
            "convenient_weekdays",
        )
        widgets: ClassVar = {
            "convenient_from": TimeOfDayInput,
            "convenient_until": TimeOfDayInput,
        }


class PlanForm(GroupForm):
    heading = gettext_lazy("Wishes and next contact")

    class Meta:
        model = Customer
        fields = ("wished_services", "next_topic", "next_talking_points", "next_contact_on")
        widgets: ClassVar = {"next_contact_on": DayInput}


class BagForm(GroupForm):
    heading = gettext_lazy("File bag, tags and remarks")
    tags = TagsField()

    class Meta:
        model = Customer
        fields = ("bag_location", "tags", "remarks")


# The groups of the page by their name in its address.
GROUPS: dict[str, type[GroupForm]] = {
    "identity": IdentityForm,
    "contact": ContactForm,
    "plan": PlanForm,
    "bag": BagForm,
}


class TrackerForm(forms.Form):
    """Who looks after the customer."""

    tracker = forms.ModelChoiceField(
        label=_label(Customer, "tracker"),
        queryset=User.objects.none(),
        required=False,
        empty_label=pgettext_lazy("tracking salesman", "nobody"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        trackers: Any = self.fields["tracker"]
        trackers.queryset = User.objects.with_permission("customers.track_customers")


class PhoneForm(forms.Form):
    """A number as it is typed; one that is no valid number is kept all the same."""

    typed = forms.CharField(
        label=_label(Phone, "typed"),
        max_length=40,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )
    kind = forms.ChoiceField(
        label=_label(Phone, "kind"),
        choices=PhoneKind.choices,
        initial=PhoneKind.MOBILE,
    )

    def clean_typed(self) -> str:
        typed: str = self.cleaned_data["typed"]
        if sum(character.isdecimal() for character in typed) < FEWEST_DIGITS:
            raise forms.ValidationError(_("A phone number has at least three digits."))
        return typed


class PhoneCorrectionForm(VersionedForm, PhoneForm):
    is_bad = forms.BooleanField(label=_label(Phone, "is_bad"), required=False)


class RefusalForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = ContactRefusal
        fields = ("purpose", "channel", "reason")


class LiftRefusalForm(forms.Form):
    reason = forms.CharField(label=_label(ContactRefusal, "lift_reason"), max_length=250)
