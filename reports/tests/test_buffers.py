"""What a page reads, in pages of 8 KiB: that depends on no machine, so it can be a gate.

The limits are about twice what was measured; a lost index or a read of a whole table is
many times that.
"""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aftersales.roles import SERVICE_ADVISOR
from aftersales.tests.factories import UserFactory
from bench import generate
from customers.search import by_index, lookups

CUSTOMERS = 4000


@pytest.fixture
def client(client, db):
    """Somebody logged in where there are 4,000 customers with 30,000 orders."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        generate.write(CUSTOMERS)
        cursor.execute("SET LOCAL session_replication_role = DEFAULT; ANALYZE")
    client.force_login(UserFactory(roles=[SERVICE_ADVISOR]))
    return client


def buffers(statement, parameters=None):
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}", parameters)
        answer = cursor.fetchone()[0]
    plan = (json.loads(answer) if isinstance(answer, str) else answer)[0]["Plan"]
    return plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]


PAGES = {
    "/customers/": 1500,
    "/vehicles/": 950,
    "/repair-orders/": 1400,
    f"/customers/{CUSTOMERS // 2}/": 200,
}
A_LOOKUP = 350
TYPED = ("13000007919", "7919", "沪A", "0025", "0000123", "张伟", "zhangwei", "zw", "ㄱㅁㅅ")


def test_pages_and_lookups_read_little(client):
    read = {}
    for address in PAGES:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        statements = [query["sql"] for query in queries if query["sql"].startswith("SELECT")]
        read[address] = sum(map(buffers, statements))
    advisor = UserFactory(roles=[SERVICE_ADVISOR])
    with by_index():
        for typed in TYPED:
            found = [lookup[:12].query.sql_with_params() for lookup in lookups(typed, advisor)]
            read[typed] = sum(buffers(*statement) for statement in found)

    limits = PAGES | dict.fromkeys(TYPED, A_LOOKUP)
    assert {what: pages for what, pages in read.items() if pages > limits[what]} == {}
