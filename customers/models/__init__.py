"""Customers, their vehicles, and the records about both."""

from customers.models.completeness import Needed
from customers.models.consultation import Consultation, ConsultationTopic
from customers.models.contact import (
    Channel,
    ContactPurpose,
    ContactRefusal,
    Phone,
    PhoneKind,
)
from customers.models.customer import Customer, CustomerKind, NextTopic, Weekday
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
    "Needed",
    "NextTopic",
    "Phone",
    "PhoneKind",
    "Relation",
    "Vehicle",
    "VehicleCategory",
    "VehicleRelation",
    "Weekday",
]
