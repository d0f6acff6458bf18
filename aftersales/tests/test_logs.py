"""Every line of the log says which request or task it comes from."""

import logging
from io import StringIO

import pytest
from celery import current_app

log = logging.getLogger("aftersales.tests")


@pytest.fixture
def lines(monkeypatch):
    """What goes to the console of the server."""
    written = StringIO()
    for handler in logging.getLogger().handlers:
        if handler.get_name() == "console":
            monkeypatch.setattr(handler, "stream", written)
    return written


def test_a_request_keeps_the_name_that_a_proxy_gave_it(client, db, lines):
    response = client.get("/nowhere/", headers={"X-Request-ID": "proxy-4718.a"})

    assert response.headers["X-Request-ID"] == "proxy-4718.a"
    assert "WARNING django.request request=proxy-4718.a Not Found: /nowhere/" in lines.getvalue()


@pytest.mark.parametrize("given", ["", "x" * 65, "a b", "a\u2028b", "名"])
def test_a_request_without_a_usable_name_gets_one(client, db, lines, given):
    first, second = (
        client.get("/nowhere/", headers={"X-Request-ID": given}).headers["X-Request-ID"]
        for _request in range(2)
    )

    assert len({given, first, second}) == 3
    assert f"request={first} " in lines.getvalue()


def test_a_task_says_its_id(lines):
    @current_app.task
    def say():
        log.warning("Done")

    say.apply(task_id="task-17")

    assert "WARNING aftersales.tests task=task-17 Done" in lines.getvalue()
