"""A page's form that arrives twice (double click, back button) is saved once.

The form carries a number of its own; the row that keeps the number is written in the
same transaction as what the form says.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext as _

from aftersales.models import IdempotentRequest, User
from aftersales.refusals import Refusal

# What differs between two sendings of the same words.
NOT_CONTENT = frozenset({"csrfmiddlewaretoken", "operation"})


class SavedBefore(Refusal):
    """The form was saved before with other contents; `address` leads to what came of it."""

    def __init__(self, address: str) -> None:
        super().__init__(
            _("This form was saved already. Save again only if you want to enter something new.")
        )
        self.address = address


class OnceForm(forms.Form):
    """A form with a number of its own, new each time it is drawn afresh.

    `saved_before` leads to what came of it when it was saved with other contents.
    """

    operation = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    saved_before = ""

    def save_once(self, *, by: User, save: Callable[[], str]) -> str:
        """Return the address that `save` gives, as the function `save_once`.

        Empty if the form was saved before with other contents: it says so then, and takes a new
        number, so that what was typed can be saved as something new.
        """
        sent: Any = self.data
        operation = self.cleaned_data["operation"]
        try:
            return save_once(by=by, operation=operation, content=sent, save=save)
        except SavedBefore as refusal:
            self.saved_before = refusal.address
            self.add_error(None, str(refusal))
            self.data = renewed = sent.copy()
            renewed[self.add_prefix("operation")] = str(uuid4())
            return ""


def save_once(*, by: User, operation: UUID, content: QueryDict, save: Callable[[], str]) -> str:
    """Run `save` unless this form was saved before, and return the address it gives.

    A second sending waits until the first is done. A refusal leaves the number unused.

    Args:
        operation: the number of the form.
        content: everything that was sent; another content makes it another form.
        save: writes what the form says and returns the address of the page that shows it.

    Raises:
        SavedBefore: the number stands for another content.
    """
    fingerprint = _fingerprint(content)
    with transaction.atomic():
        sent, is_first = IdempotentRequest.objects.get_or_create(
            user=by,
            # The blank keeps these numbers apart from the keys of REST clients.
            key=f"form {operation}",
            defaults={"body_hash": fingerprint, "status": HTTPStatus.FOUND, "answer": ""},
        )
        if is_first:
            sent.answer = save()
            sent.save(update_fields=["answer"])
        elif sent.body_hash != fingerprint:
            raise SavedBefore(sent.answer)
    return sent.answer


def _fingerprint(content: QueryDict) -> str:
    fields = sorted((name, values) for name, values in content.lists() if name not in NOT_CONTENT)
    return hashlib.sha256(repr(fields).encode()).hexdigest()
