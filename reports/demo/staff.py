"""The people of the demo dealership: one for every role, some roles twice."""

from django.contrib.auth.hashers import make_password

from aftersales import roles
from aftersales.models import Language, User

PASSWORD = "after-sales demo"

# User name, name, language, roles.
STAFF: tuple[tuple[str, str, Language, tuple[str, ...]], ...] = (
    ("advisor", "陈静", Language.ENGLISH, (roles.SERVICE_ADVISOR,)),
    ("advisor2", "李国强", Language.CHINESE, (roles.SERVICE_ADVISOR,)),
    ("advisor3", "박지훈", Language.KOREAN, (roles.SERVICE_ADVISOR,)),
    ("tracker", "黄丽娟", Language.ENGLISH, (roles.TRACKING_SALESMAN,)),
    ("tracker2", "梁慧敏", Language.CHINESE, (roles.TRACKING_SALESMAN,)),
    ("tracker3", "김수진", Language.KOREAN, (roles.TRACKING_SALESMAN,)),
    ("foreman", "何志强", Language.ENGLISH, (roles.FOREMAN,)),
    ("technician", "罗勇", Language.ENGLISH, (roles.TECHNICIAN,)),
    ("technician2", "郭涛", Language.CHINESE, (roles.TECHNICIAN,)),
    ("inspector", "马建国", Language.ENGLISH, (roles.QUALITY_INSPECTOR,)),
    ("parts", "朱艳", Language.ENGLISH, (roles.PARTS_CLERK,)),
    ("cashier", "林芳", Language.ENGLISH, (roles.CASHIER,)),
    ("supervisor", "周振华", Language.ENGLISH, (roles.SUPERVISOR,)),
    ("admin", "Alex Morgan", Language.ENGLISH, (roles.ADMINISTRATOR,)),
    ("client", "Booking website", Language.ENGLISH, (roles.REST_CLIENT,)),
)


def hire() -> list[User]:
    """Save the staff; they all log in with `PASSWORD`."""
    hashed = make_password(PASSWORD)
    workers: list[User] = User.objects.bulk_create(
        User(username=username, name=name, language=language, roles=list(held), password=hashed)
        for username, name, language, held in STAFF
    )
    return workers


def holding(workers: list[User], role: str) -> list[User]:
    """Return those of the staff who hold `role`."""
    return [worker for worker in workers if role in worker.roles]
