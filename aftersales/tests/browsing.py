"""What tests in a browser share: being logged in already, and what the browser complains of."""

from axe_playwright_python.sync_playwright import Axe
from django.test import Client


def log_in(context, live_server, user):
    """Let every page of a browser context be `user`'s, as after the login page."""
    client = Client()
    client.force_login(user)
    cookies = [(name, morsel.value) for name, morsel in client.cookies.items()]
    context.add_cookies(
        [{"name": name, "value": value, "url": live_server.url} for name, value in cookies]
    )


def complaints_of(page):
    """Return a list to which the browser's errors, warnings and refusals will be added."""
    complaints = []
    levels = {"error", "warning"}
    page.on("console", lambda said: said.type in levels and complaints.append(said.text))
    page.on("pageerror", lambda error: complaints.append(error.message))
    return complaints


def violations(page, *, only=None):
    """Return what axe finds, or only one of its rules, as lines that name rule and element."""
    options = {"resultTypes": ["violations"]} | ({"runOnly": [only]} if only else {})
    found = Axe().run(page, options=options).response["violations"]
    return [f"{each['id']}: {node['html'][:200]}" for each in found for node in each["nodes"]]


def beyond_the_window(page):
    """Return the innermost elements for which a page scrolls sideways."""
    return page.evaluate(
        """() => document.documentElement.scrollWidth <= innerWidth ? [] :
            [...document.querySelectorAll("body *")]
            .filter((each) => !each.children.length)
            .filter((each) => each.getBoundingClientRect().right > innerWidth)
            .map((each) => each.outerHTML.slice(0, 200))"""
    )
