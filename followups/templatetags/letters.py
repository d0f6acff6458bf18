"""Lines of the letter register on pages and paper."""

from django import template

from followups.models import Letter
from followups.registers import letter_register

register = template.Library()


@register.filter
def follows(letter: Letter) -> str:
    """Return the campaign or the call that a letter follows."""
    return letter_register.follows(letter)
