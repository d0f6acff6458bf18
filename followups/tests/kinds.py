"""One follow-up of any kind, with whatever it follows from."""

from datetime import date, datetime, timedelta

from aftersales.tests.factories import UserFactory
from customers.tests.factories import PhoneFactory, VehicleFactory
from followups.models import CAMPAIGNS, Campaign, CampaignState, Invitation, Kind, MatterState
from followups.tests.calling import NOW, SHOP
from followups.tests.factories import FollowUpFactory, MatterFactory
from workshop.models import DeclinedWork
from workshop.tests.factories import RepairOrderFactory

TODAY = NOW.date()
OF_A_VEHICLE = (Kind.MAINTENANCE, Kind.INSURANCE, Kind.INSPECTION, Kind.WARRANTY_END)


def owe(kind, *, customer=None, cause=None, **fields):
    """Return a follow-up that may be called about since today, for a week.

    Args:
        cause: fields of the matter, campaign, vehicle or declined work that it follows from.
    """
    customer = customer or PhoneFactory().customer
    window = {"fact_on": TODAY, "opens_on": TODAY, "target_on": TODAY}
    window["due_on"] = TODAY if kind == Kind.ANSWER else TODAY + timedelta(7)
    causes = {"order": None, **_cause(kind, customer, cause or {})}
    return FollowUpFactory(kind=kind, customer=customer, **{**window, **causes, **fields})


def solved(customer, **fields):
    """Return a complaint whose solution was found at 16:00 today."""
    said = {
        "state": MatterState.SOLVED,
        "solution": "We change the pads free of charge.",
        "solved_at": datetime(2025, 4, 3, 16, tzinfo=SHOP),
        "heard_on": TODAY,
    }
    return MatterFactory(customer=customer, **{**said, **fields})


def campaign(**fields):
    """Return a decided free-check week in the middle of April 2025."""
    planned = {
        "kind": "free_service",
        "title": "Free-check week",
        "content": "Brakes, tires and battery are checked.",
        "place": "Our shop",
        "starts_on": date(2025, 4, 17),
        "ends_on": date(2025, 4, 20),
        "benefit": "A car wash",
        "state": CampaignState.DECIDED,
        "decided_on": TODAY,
        "scheduled_on": TODAY,
    }
    planner = UserFactory()
    return Campaign.objects.create(
        **{**planned, "created_by": planner, "decided_by": planner, **fields}
    )


def _cause(kind, customer, fields):
    if kind == Kind.ANSWER:
        return {"matter": solved(customer, **fields)}
    if kind in CAMPAIGNS:
        invitation = Invitation.objects.create(campaign=campaign(**fields), customer=customer)
        return {"invitation": invitation}
    if kind == Kind.DECLINED_WORK:
        order = RepairOrderFactory(released=True, customer=customer)
        said = {"work": "Front brake pads", "declined_on": date(2025, 2, 1), "remind_on": TODAY}
        work = DeclinedWork.objects.create(order=order, entered_by=UserFactory(), **said | fields)
        return {"declined_work": work}
    about = {"about_on": date(2025, 4, 28)}
    if kind in OF_A_VEHICLE:
        about["vehicle"] = VehicleFactory(**fields)
    return about
