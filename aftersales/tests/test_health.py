import json
from datetime import timedelta

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from aftersales import health
from aftersales.models import Heartbeat
from aftersales.tasks import heartbeat
from aftersales.tests.factories import SupervisorFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def beating():
    heartbeat()


def failing(client):
    """Return the status of /healthz and the names of the checks that fail."""
    answer = client.get("/healthz")
    checks = json.loads(answer.content)["checks"]
    return answer.status_code, [name for name, check in checks.items() if not check["ok"]]


class TestHealthz:
    def test_answers_everybody_with_figures_while_all_is_well(self, client, beating):
        answer = client.get("/healthz")

        assert answer.status_code == 200
        assert answer.headers["Cache-Control"].startswith("max-age=0, no-cache")
        body = answer.json()
        assert body["status"] == "ok"
        assert {name: sorted(check) for name, check in body["checks"].items()} == {
            "database": ["ok"],
            "heartbeat": ["age_seconds", "ok"],
            "migrations": ["ok", "pending"],
            "broker": ["ok", "waiting"],
            "disk": ["free_megabytes", "free_percent", "ok"],
        }

    def test_answers_503_when_no_task_was_ever_run(self, client):
        assert failing(client) == (503, ["heartbeat"])

    def test_answers_503_when_the_last_task_was_run_more_than_two_minutes_ago(self, client):
        health.record_heartbeat(now=timezone.now() - timedelta(seconds=110))
        assert failing(client) == (200, [])

        health.record_heartbeat(now=timezone.now() - timedelta(seconds=121))
        assert failing(client) == (503, ["heartbeat"])

    def test_answers_503_while_a_migration_is_pending(self, client, beating):
        [newest] = MigrationLoader(connection).graph.leaf_nodes("workshop")
        MigrationRecorder(connection).record_unapplied(*newest)

        assert failing(client) == (503, ["migrations"])

    def test_answers_503_when_the_broker_does_not(self, client, beating, settings):
        settings.REDIS_URL = "unix:///nowhere/valkey.sock?db=0"

        assert failing(client) == (503, ["broker"])

    def test_answers_503_when_the_disk_is_nearly_full(self, client, beating, monkeypatch):
        monkeypatch.setattr(health, "LEAST_FREE_SHARE", 1.0)

        assert failing(client) == (503, ["disk"])

    def test_answers_503_when_less_than_half_a_gigabyte_is_free(self, client, beating, monkeypatch):
        monkeypatch.setattr(health, "LEAST_FREE_BYTES", 10**18)

        assert failing(client) == (503, ["disk"])


@pytest.mark.django_db(transaction=True)
def test_healthz_answers_503_when_the_database_does_not(client, monkeypatch):
    connection.close()
    monkeypatch.setitem(connection.settings_dict, "NAME", "aftersales_that_is_not_there")

    assert failing(client) == (503, ["database", "heartbeat", "migrations"])

    connection.close()


def test_the_heartbeat_is_one_row_however_often_it_beats():
    heartbeat()
    first = Heartbeat.objects.get()
    heartbeat()

    assert Heartbeat.objects.get().beat_at > first.beat_at


class TestHealthPage:
    def test_says_of_each_thing_whether_it_works_and_what_to_do(self, client, beating, settings):
        settings.REDIS_URL = "unix:///nowhere/valkey.sock?db=0"
        client.force_login(SupervisorFactory())

        page = client.get("/health/").content.decode()

        assert page.count("Works") == 4
        assert page.count("Fails") == 1
        assert "Start Redis or Valkey." in page
        assert "last sign of life 0" in page

    def test_is_closed_to_those_who_do_not_look_after_the_installation(self, client):
        client.force_login(UserFactory())

        assert client.get("/health/").status_code == 403


class TestBanner:
    SILENT = "Nothing has been done in the background"

    def test_warns_on_every_page_of_a_supervisor_while_the_worker_is_silent(self, client):
        client.force_login(SupervisorFactory())
        assert self.SILENT in client.get("/health/").content.decode()

        heartbeat()
        assert self.SILENT not in client.get("/health/").content.decode()

    def test_does_not_bother_others(self, django_assert_num_queries):
        with django_assert_num_queries(0):
            assert health.banner(UserFactory.build(), timezone.now()) is None

    def test_costs_one_query(self, django_assert_num_queries):
        with django_assert_num_queries(1):
            assert health.banner(SupervisorFactory.build(), timezone.now())
