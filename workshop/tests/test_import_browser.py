"""An import through the page, by somebody who goes away in the middle of it."""

import gzip
from itertools import islice

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import expect

from aftersales.tests.browsing import log_in, violations
from aftersales.tests.factories import SupervisorFactory
from workshop.models import Import, RepairOrder
from workshop.services import import_work

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

REAL_ORDERS = settings.BASE_DIR / "examples" / "cincinnati" / "orders.csv.gz"


@pytest.fixture
def hundred_orders(tmp_path):
    """The first hundred work orders of a real garage."""
    path = tmp_path / "orders.csv"
    with gzip.open(REAL_ORDERS, "rb") as orders:
        path.write_bytes(b"".join(islice(orders, 101)))
    return path


def work():
    import_work.work_on(Import.objects.get().pk, now=timezone.now())


def read(page, path):
    """Upload a file, say how it is written, and let it be read."""
    page.locator("#id_file").set_input_files(path)
    expect(page.locator(".file-drop output").first).to_contain_text(path.name)
    assert violations(page) == []
    page.get_by_role("button", name="Look into the file").click()
    page.get_by_label("Decimal sign").select_option(",")
    expect(page.locator("#sample")).to_contain_text("WATER WORKS")
    assert violations(page) == []
    page.get_by_role("button", name="Read the file").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    assert violations(page) == []


def test_a_file_is_imported_seen_again_and_undone(page, live_server, hundred_orders):
    log_in(page.context, live_server, SupervisorFactory())
    page.goto(f"{live_server.url}/imports/new/")
    read(page, hundred_orders)
    page.close()
    work()

    later = page.context.new_page()
    later.goto(live_server.url)
    later.get_by_role("link", name=hundred_orders.name).click()
    assert violations(later) == []
    assert RepairOrder.objects.count() == 0
    later.get_by_role("button", name="Write this").click()
    expect(later.get_by_role("progressbar")).to_be_visible()
    work()
    # The page asks by itself how far the worker is.
    later.get_by_role("link", name="Undo").click()
    assert RepairOrder.objects.count() > 50

    assert violations(later) == []
    later.get_by_role("button", name="Undo the import").click()
    expect(later.get_by_role("progressbar")).to_be_visible()
    work()
    expect(later.get_by_role("main")).to_contain_text("Undone")
    assert RepairOrder.objects.count() == 0
