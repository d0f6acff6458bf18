"""Customers, their vehicles, and the records about both."""

from customers.models.consultation import Consultation, ConsultationTopic
from customers.models.customer import (
    Channel,
    ContactPurpose,
    ContactRefusal,
    Customer,
    CustomerKind,
    NextTopic,
    Phone,
    PhoneKind,
)
from customers.models.duplicate import DuplicatePair, DuplicateReason, Merge
from customers.models.vehicle import (
    Relation,
    Vehicle,
    VehicleCategory,
    VehicleRelation,
)

__all__ = [
    "Channel",
    "Consultation",
    "ConsultationTopic",
    "ContactPurpose",
    "ContactRefusal",
    "Customer",
    "CustomerKind",
    "DuplicatePair",
    "DuplicateReason",
    "Merge",
    "NextTopic",
    "Phone",
    "PhoneKind",
    "Relation",
    "Vehicle",
    "VehicleCategory",
    "VehicleRelation",
]
