"""Lists that people keep under a name of their own."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from aftersales.models import ListView, User
from aftersales.refusals import Refusal


class NameTaken(Refusal):
    """The person has another list of this kind with the same name."""


def save_list_view(*, by: User, route: str, name: str, query: str) -> ListView:
    """Keep a list under a name; one that has the name already is replaced."""
    view, _is_new = ListView.objects.update_or_create(
        user=by, route=route, name=name, defaults={"query": query}
    )
    return view


def rename_list_view(view_id: int, *, by: User, name: str) -> ListView:
    """Give a list another name.

    Raises:
        NameTaken: another list of this kind has it.
    """
    view = by.list_views.get(pk=view_id)
    view.name = name
    try:
        with transaction.atomic():
            view.save(update_fields=["name"])
    except IntegrityError as error:
        raise NameTaken(_("Another list of yours has this name.")) from error
    return view


def delete_list_view(view_id: int, *, by: User) -> None:
    """Forget a list; the rows it showed stay."""
    by.list_views.filter(pk=view_id).delete()
