"""Whatever is sent, every answer is one that the OpenAPI document promises, and never a 5xx.

FUZZ_EXAMPLES=300 tries more bodies for each operation than the few of an ordinary run.
"""

import os
import re

import pytest
import schemathesis
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import CHECKS

from aftersales.roles import REST_CLIENT, SUPERVISOR
from aftersales.tests.api import Client
from aftersales.tests.factories import UserFactory
from aftersales.wsgi import application
from customers.tests.factories import (
    ConsultationFactory,
    CustomerFactory,
    OwnershipFactory,
    PhoneFactory,
    VehicleFactory,
)
from followups.tests.factories import (
    AbsenceFactory,
    CallFactory,
    CampaignFactory,
    FollowUpFactory,
    InvitationFactory,
    MatterFactory,
    PolicyFactory,
)
from workshop.services.imports import upload
from workshop.tests.factories import RepairOrderFactory

pytestmark = [pytest.mark.fuzz, pytest.mark.django_db]

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "5"))


@pytest.fixture
def _one_connection():
    """Keep the connection of the test, in whose transaction everything happens."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


schema = schemathesis.openapi.from_dict(SchemaGenerator().get_schema(public=True))
schema.app = application
schema.config.generation.update(with_security_parameters=False)


@pytest.fixture
def client(settings, tmp_path, _one_connection):
    settings.MEDIA_ROOT = tmp_path
    settings.API_REQUESTS_PER_MINUTE = 1_000_000
    return Client(UserFactory(roles=[SUPERVISOR, REST_CLIENT]))


@pytest.fixture
def ids(client):
    """One object of each kind that the client may see."""
    own = {"created_by": client.user}
    phone = PhoneFactory(customer=CustomerFactory(**own))
    vehicle = VehicleFactory(**own)
    OwnershipFactory(customer=phone.customer, vehicle=vehicle)
    order = RepairOrderFactory(customer=phone.customer, vehicle=vehicle, released=True, **own)
    PolicyFactory()
    file = SimpleUploadedFile(
        "orders.csv", "工单号,进厂时间,车主,车牌号\n1,2025-03-31,王,粤A1".encode()
    )
    matter = MatterFactory(customer=phone.customer)
    return {
        "imports": upload(file, kind="orders", by=client.user).pk,
        "customers": phone.customer_id,
        "phones": phone.pk,
        "vehicles": vehicle.pk,
        "repair-orders": RepairOrderFactory(customer=phone.customer, vehicle=vehicle, **own).pk,
        "follow-ups": FollowUpFactory(order=order).pk,
        "queue": phone.customer_id,
        "calls": CallFactory(customer=phone.customer).pk,
        "matters": matter.pk,
        "complaints": matter.complaint.pk,
        "absences": AbsenceFactory().pk,
        "campaigns": CampaignFactory().pk,
        "invitations": InvitationFactory(customer=phone.customer).pk,
        "sweeps": "expire_claims",
        "consultations": ConsultationFactory(customer=phone.customer, held_by=client.user).pk,
    }


@schema.exclude(path_regex="^/api/v1/auth/").parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)
def test_every_answer_is_one_that_the_schema_promises(case, client, ids):
    if "id" not in case.path_parameters or str(case.path_parameters["id"])[-1:] in "02468":
        # Every other time there is something at the address.
        parts = re.findall(r"/([a-z-]+)/\{(\w+)\}", case.operation.path)
        case.path_parameters.update({name: ids[collection] for collection, name in parts})
    case.call_and_validate(
        headers={"Authorization": client._credentials["HTTP_AUTHORIZATION"]},
        excluded_checks=[CHECKS.get_one("positive_data_acceptance")],
    )
