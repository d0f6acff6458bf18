"""Who is away, on which days, and who stands in."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms

from aftersales.once import OnceForm
from aftersales.widgets import DayInput
from followups.models import Absence
from followups.services.owners import trackers


class ConfirmedForm(forms.ModelForm):  # type: ignore[type-arg]
    """Days and a proxy, and for which of them the supervisor has seen what goes over."""

    confirmed = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)

    @property
    def values(self) -> dict[str, Any]:
        """What was typed, by the names of the model's fields."""
        names: Any = self._meta.fields
        return {name: self.cleaned_data[name] for name in names}

    @property
    def stands_for(self) -> str:
        """What is confirmed: other days or another person move something else."""
        said = self.cleaned_data
        person = said.get("person") or self.instance.person
        return f"{person.pk} {said['first_day']} {said['last_day']} {said['proxy'].pk}"

    @property
    def is_confirmed(self) -> bool:
        return bool(self.cleaned_data["confirmed"] == self.stands_for)

    def _post_clean(self) -> None:
        """Leave the instance alone: the service says in words what contradicts itself."""

    def ask(self) -> None:
        """Let the next sending be the confirmation of what is shown now."""
        data: Any = self.data
        self.data = asked = data.copy()
        asked["confirmed"] = self.stands_for


class AbsenceForm(OnceForm, ConfirmedForm):
    """An absence as it is entered."""

    class Meta:
        model = Absence
        fields = ("person", "first_day", "last_day", "proxy", "reason")
        widgets: ClassVar = {"first_day": DayInput, "last_day": DayInput}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("person", "proxy"):
            people: Any = self.fields[name]
            people.queryset = trackers()


class AbsenceChangeForm(ConfirmedForm):
    """The days of an absence and who stands in; who is away stays."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = Absence
        fields = ("first_day", "last_day", "proxy")
        widgets: ClassVar = {"first_day": DayInput, "last_day": DayInput}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"].initial = self.instance.version
        people: Any = self.fields["proxy"]
        people.queryset = trackers().exclude(pk=self.instance.person_id)

    def renew(self, version: int) -> None:
        """Go on from what somebody else saved, and ask again what goes over."""
        data: Any = self.data
        self.data = renewed = data.copy()
        renewed["version"], renewed["confirmed"] = version, ""
