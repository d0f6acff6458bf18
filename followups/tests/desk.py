"""What tests of the queue and the call desk share: what a browser would post."""

import html
import re

import time_machine
from django.urls import reverse

from followups.tests.calling import NOW

FIELD = re.compile(r'<input type="hidden" name="(operation|number|started_at)" value="([^"]*)"')


def address(route, customer):
    return reverse(f"followups:{route}", args=[customer.pk])


def at_the_desk(client, user, now=NOW):
    """Log somebody in, and return the clock that stands still for him."""
    client.force_login(user)
    return time_machine.travel(now, tick=False)


def sheet(page):
    """Return what the form of a desk sends besides what is typed."""
    text = page.content.decode()
    fields = {name: html.unescape(value) for name, value in FIELD.findall(text)}
    numbers = re.findall(r'name="phone_used" value="([^"]+)"[^>]*checked', text)
    agenda = re.findall(r'name="agenda" value="(\d+)"[^>]*checked', text)
    return fields | {"agenda": agenda} | ({"phone_used": numbers[0]} if numbers else {})


def take(client, customer):
    """Take a customer as the queue does, and return what his form sends."""
    return sheet(client.post(address("claim", customer), follow=True))
