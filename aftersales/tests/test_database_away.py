"""What a person sees while the database is away."""

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from aftersales.roles import SUPERVISOR
from aftersales.tests.factories import UserFactory


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("statement", ['FROM "django_session"', 'FROM "customers_customer"'])
def test_a_page_says_that_the_database_does_not_answer_and_works_again_later(statement):
    client = Client(raise_request_exception=False)
    client.force_login(UserFactory(roles=[SUPERVISOR]))

    def cut_off(execute, sql, params, many, context):
        if statement in sql:
            context["cursor"].execute("SELECT pg_terminate_backend(pg_backend_pid())")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(cut_off):
        page = client.get(reverse("customers:list"))

    assert page.status_code == 503
    assert page["Retry-After"] == "2"
    assert "The database does not answer" in page.content.decode()
    connection.close()
    assert client.get(reverse("customers:list")).status_code == 200
