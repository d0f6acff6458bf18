"""Invented cars: models, plates and VINs with a right check digit."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from aftersales.models import Language
from customers.models import VehicleCategory
from customers.rules import check_digit

MODELS = {
    "LSGPC52U": (
        ("Excelle GT", VehicleCategory.SEDAN),
        ("Verano", VehicleCategory.SEDAN),
    ),
    "LSGKE54H": (("LaCrosse", VehicleCategory.SEDAN), ("Regal", VehicleCategory.SEDAN)),
    "LSGXE83L": (("Envision", VehicleCategory.SUV), ("Encore", VehicleCategory.SUV)),
    "LSGUA83L": (("GL8", VehicleCategory.MPV),),
    "KNAPH81B": (("Sportage", VehicleCategory.SUV),),
}
COLORS = {
    Language.CHINESE: "白色 黑色 银色 灰色 蓝色 红色 棕色".split(),
    Language.KOREAN: "흰색 검은색 은색 회색 파란색 빨간색 갈색".split(),
    Language.ENGLISH: "White Black Silver Gray Blue Red Brown".split(),
}
INSURERS = "PICC 平安 太平洋 国寿财险 中华联合".split()
KOREAN_LETTERS = "가나다라마거너더러머고노도로모구누두루무"
PLATE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"


@dataclass(frozen=True)
class Car:
    vin: str
    plate: str
    model: str
    category: VehicleCategory
    color: str
    insurer: str
    km_a_day: int


def invent(random: Random, number: int, language: Language) -> Car:
    """Return the `number`th car, its plate from the country of its owner's language."""
    prefix = random.choice(list(MODELS))
    model, category = random.choice(MODELS[prefix])
    rest = f"{random.choice('HJKLMNPR')}S{number:06}"
    vin = prefix + check_digit(f"{prefix}0{rest}") + rest
    return Car(
        vin=vin,
        plate=_plate(random, number, language),
        model=model,
        category=category,
        color=random.choice(COLORS[language]),
        insurer=random.choice(INSURERS),
        km_a_day=random.randint(15, 70),
    )


def _plate(random: Random, number: int, language: Language) -> str:
    # 7919 is prime to both ranges: every number gives another plate.
    if language == Language.KOREAN:
        return f"{100 + number % 900}{random.choice(KOREAN_LETTERS)}{number * 7919 % 10_000:04}"
    serial = number * 7919 % 100_000
    if random.random() < 0.25:
        return f"粤A{random.choice('DF')}{serial:05}"
    return f"粤{random.choice('ABEY')}{PLATE_LETTERS[serial % 24]}{serial // 24:04}"
