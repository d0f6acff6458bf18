"""Forms of the way in, of one's own account, and of the accounts of others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth.forms import SetPasswordForm, UsernameField
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from aftersales.models import ListView, User
from aftersales.roles import ROLE_CHOICES

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


def _password_field(label: _StrPromise) -> forms.CharField:
    """The password that somebody has, to be checked under the limits of the login."""
    return forms.CharField(
        label=label,
        strip=False,
        max_length=1000,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class OnwardForm(forms.Form):
    """A step of the login, and where it leads: an address, or what was not saved yet.

    Its ids are its own: in a dialog it stands on a page with other forms.
    """

    next = forms.CharField(required=False, widget=forms.HiddenInput)
    unsaved = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, data: QueryDict | None = None, *, initial: dict[str, str] | None = None
    ) -> None:
        super().__init__(data, initial=initial, auto_id="login_%s")


class LoginForm(OnwardForm):
    username = UsernameField(
        label=_("User name"), max_length=150, widget=forms.TextInput(attrs={"autofocus": True})
    )
    password = _password_field(_("Password"))


class CodeForm(OnwardForm):
    """The second factor of whom `ticket` names, who has just given the right password."""

    ticket = forms.CharField(widget=forms.HiddenInput)
    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        help_text=_("Six digits from your authenticator app, or one of your recovery codes."),
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autofocus": True, "spellcheck": "false"}
        ),
    )


class NewPasswordForm(SetPasswordForm):  # type: ignore[type-arg]
    """A password, typed twice and checked against the rules; saved by a service."""

    def __init__(self, user: User, data: QueryDict | None = None) -> None:
        super().__init__(user, data)
        self.fields["new_password1"].help_text = _(
            "At least 12 characters; neither common, nor like your name, nor digits only."
        )


class ChangePasswordForm(NewPasswordForm):
    current_password = _password_field(_("Current password"))
    field_order = ["current_password", "new_password1", "new_password2"]


class PasswordForm(forms.Form):
    """The password once more, before something that a passer-by must not do."""

    current_password = _password_field(_("Password"))


class SecondFactorForm(forms.Form):
    """The first code of an app that has read the key; `sealed_key` is what was shown."""

    sealed_key = forms.CharField(widget=forms.HiddenInput)
    code = forms.CharField(
        label=_("Code that the app shows"),
        max_length=10,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}
        ),
    )


class AccountForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = User
        fields = ["name", "language", "theme"]


class LanguageForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = User
        fields = ["language"]


class ThemeForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = User
        fields = ["theme"]


class UserForm(forms.ModelForm):  # type: ignore[type-arg]
    """An account as an administrator sees it. `version` tells who saved it meanwhile."""

    roles = forms.MultipleChoiceField(
        label=_("Roles"),
        choices=ROLE_CHOICES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Several roles add up. Other roles end the person's session."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = User
        fields = ["name", "email", "language", "roles"]

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"].initial = self.instance.version
        if self.instance.pk == by.pk:
            self.fields["roles"].disabled = True
            self.fields["roles"].help_text = _("Another administrator changes your roles.")


class NewUserForm(forms.ModelForm):  # type: ignore[type-arg]
    roles = forms.MultipleChoiceField(
        label=_("Roles"),
        choices=ROLE_CHOICES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Several roles add up."),
    )

    class Meta:
        model = User
        fields = ["username", "name", "email", "language", "roles"]
        field_classes = {"username": UsernameField}


class UserFilterForm(forms.Form):
    """What narrows the list of users."""

    q = forms.CharField(
        label=_("Name or user name"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    role = forms.ChoiceField(
        label=_("Role"), choices=[("", _("All roles")), *ROLE_CHOICES], required=False
    )
    state = forms.ChoiceField(
        label=_("State"),
        choices=[("active", _("Active")), ("inactive", _("Deactivated")), ("all", _("All"))],
        required=False,
    )


class ListNameForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = ListView
        fields = ["name"]


class ListViewForm(forms.ModelForm):  # type: ignore[type-arg]
    """A list, kept under a name."""

    class Meta:
        model = ListView
        fields = ["route", "name", "query"]
        error_messages = {
            "query": {"max_length": _("The list has too many filters to be kept under a name.")}
        }
