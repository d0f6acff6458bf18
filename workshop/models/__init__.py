"""Repair orders, and imports of customers, vehicles and orders."""

from workshop.models.declined_work import DeclinedWork
from workshop.models.imports import (
    NOTHING_WRITTEN,
    Import,
    ImportChange,
    ImportKind,
    ImportProfile,
    ImportRow,
    ImportState,
    Verdict,
)
from workshop.models.repair_order import OrderKind, RepairOrder

__all__ = [
    "NOTHING_WRITTEN",
    "DeclinedWork",
    "Import",
    "ImportChange",
    "ImportKind",
    "ImportProfile",
    "ImportRow",
    "ImportState",
    "OrderKind",
    "RepairOrder",
    "Verdict",
]
