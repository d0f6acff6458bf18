"""Lines of the letter register on pages and paper."""

from django import template

from followups import letter_register
from followups.models import Letter

register = template.Library()


@register.filter
def follows(letter: Letter) -> str:
    """Return the campaign or the call that a letter follows."""
    return letter_register.follows(letter)
