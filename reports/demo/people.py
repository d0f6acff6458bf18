"""Invented people and companies: names, numbers, addresses."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from aftersales.models import Language
from customers.models import CustomerKind

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋"
    "唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
)
GIVEN = (
    "伟 芳 娜 敏 静 丽 强 磊 军 洋 勇 艳 杰 涛 明 超 秀兰 霞 平 刚 桂英 建华 志强 秀英 文博 "
    "子涵 浩然 雨桐 欣怡 俊杰 嘉豪 晓东 国栋 海燕 雪梅 建国 丹丹 思远 宇航 婷婷 家辉 慧敏 "
    "振华 玉兰 晨曦 天佑 梦洁 诗涵 永健 丽娟"
).split()
KOREAN_SURNAMES = "김 이 박 최 정 강 조 윤 장 임 한 오".split()
KOREAN_GIVEN = (
    "민수 지훈 서연 하은 도윤 지우 현우 수빈 예진 준호 은지 태영 미경 상철 유진 동현"
).split()
ENGLISH_FIRST = (
    "Oliver Amelia George Isla Noah Ava Arthur Mia Harry Ivy Leo Freya Oscar Grace Henry Ella"
).split()
ENGLISH_LAST = (
    "Smith Jones Taylor Brown Williams Wilson Johnson Davies Patel Wright Walker Hughes Green"
).split()
DISTRICTS = {
    "天河区": ("510630", "天河路 珠江新城 黄埔大道 五山路"),
    "越秀区": ("510030", "中山五路 北京路 东风路 环市路"),
    "海珠区": ("510220", "江南大道 新港路 工业大道 滨江路"),
    "白云区": ("510405", "机场路 白云大道 三元里 同和路"),
    "番禺区": ("511400", "大北路 市桥 迎宾路 兴南大道"),
    "黄埔区": ("510700", "港湾路 大沙地 科学大道 开创大道"),
    "荔湾区": ("510145", "中山七路 芳村大道 康王路 花地大道"),
    "增城区": ("511300", "荔城大道 新塘 增江路 夏街"),
}
TRADES = "物流 餐饮 贸易 电子科技 建筑工程 旅游服务 医药 教育咨询 机电设备 装饰设计".split()
TRADE_NAMES = "恒达 华信 金源 粤海 中鼎 永盛 南方 天成 百川 宏图 佳诚 联创 新宇 广泰".split()


@dataclass(frozen=True)
class Person:
    """Somebody, or a company, with everything a customer file asks about him."""

    name: str
    kind: CustomerKind
    language: Language
    contact_name: str
    title: str
    phones: tuple[str, ...]
    email: str
    address: str
    district: str
    postal_code: str


def invent(random: Random, number: int) -> Person:
    """Return the `number`th person: three of four Chinese, the others Korean or English."""
    language = random.choices(list(Language), weights=(10, 75, 15))[0]
    district, (postal_code, streets) = random.choice(list(DISTRICTS.items()))
    address = f"广州市{district}{random.choice(streets.split())}{random.randint(1, 800)}号"
    name, title = _name(random, language)
    contact_name, kind = "", CustomerKind.PRIVATE
    if language == Language.CHINESE and random.random() < 0.12:
        kind, contact_name = CustomerKind.COMPANY, name
        name = f"广州{random.choice(TRADE_NAMES)}{random.choice(TRADES)}有限公司"
    return Person(
        name=name,
        kind=kind,
        language=language,
        contact_name=contact_name,
        title=title,
        phones=_phones(random, language, kind, number),
        email=f"customer{number}@example.com" if random.random() < 0.4 else "",
        address=address,
        district=district,
        postal_code=postal_code,
    )


def _name(random: Random, language: Language) -> tuple[str, str]:
    if language == Language.CHINESE:
        return random.choice(SURNAMES) + random.choice(GIVEN), random.choice(("先生", "女士"))
    if language == Language.KOREAN:
        return random.choice(KOREAN_SURNAMES) + random.choice(KOREAN_GIVEN), "님"
    name = f"{random.choice(ENGLISH_FIRST)} {random.choice(ENGLISH_LAST)}"
    return name, random.choice(("Mr.", "Ms."))


def _phones(random: Random, language: Language, kind: CustomerKind, number: int) -> tuple[str, ...]:
    if language == Language.CHINESE:
        mobile = f"199 0000 {number:04}"
    elif language == Language.KOREAN:
        mobile = f"+82 10-0000-{number:04}"
    else:
        mobile = f"+44 7700 900{number % 1000:03}"
    if kind == CustomerKind.COMPANY or random.random() < 0.15:
        return mobile, f"020-0000{number:04}"
    return (mobile,)
