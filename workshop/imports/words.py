"""What the words of other systems mean here: order types, states, payers."""

from __future__ import annotations

from workshop.imports.widgets import folded
from workshop.models import OrderKind
from workshop.states import OrderState

ORDER_KINDS = {
    OrderKind.GENERAL: "一般维修 大客户 普通维修 小修 일반정비 일반수리 repair general",
    OrderKind.MAINTENANCE: "定保 保养 定期保养 常规保养 정기점검 정기정비 maintenance pm service",
    OrderKind.FIRST_FREE: "首保 首次保养 免费首保 첫무상점검",
    OrderKind.WARRANTY: "厂家保修 索赔 三包 保修 보증수리 warranty",
    OrderKind.INSURANCE: "保险 事故 理赔 事故车 保险维修 보험수리 사고수리 insurance accident",
    OrderKind.FREE_INSPECTION: "免检 免费检测 免费检查 무상점검",
    OrderKind.ANNUAL_INSPECTION: "年审 年检 정기검사 inspection",
    OrderKind.REWORK: "返修 返工 재작업 재수리 rework comeback",
    OrderKind.PDI: "新车检查 PDI 신차점검",
    OrderKind.RECALL: "召回 리콜 recall",
    OrderKind.BOUTIQUE: "精品 装潢 精品加装 용품장착 accessories",
    OrderKind.INTERNAL: "内部 店内 내부 internal",
}
ORDER_STATES = {
    OrderState.CHECKED_IN: "接待中 新建 排队中 접수 접수중 checked-in new",
    OrderState.AUTHORIZED: (
        "等待派工 维修中 已竣工 财务收款中 已结算 정비중 작업중 정비완료 open pending authorized"
    ),
    OrderState.RELEASED: "已出库 已交车 已出厂 출고 출고완료 closed released finished",
    OrderState.CANCELLED: "作废 已作废 已取消 取消 취소 cancelled canceled void",
}
# The column of the order that keeps what a payer pays.
PAYERS = {
    "customer_amount": "客户付费 客户 自费 自付 고객 고객부담 customer retail",
    "warranty_amount": "厂家付费 厂家 索赔 三包 제조사 보증 manufacturer warranty",
    "insurer_amount": "保险 保险付费 保险公司 보험 보험사 insurer insurance",
    "internal_amount": "店内付费 店内 内部 免费 내부 internal",
}
# Who pays for an order when the file does not say.
PAYER_OF_KIND = {
    OrderKind.FIRST_FREE: "warranty_amount",
    OrderKind.WARRANTY: "warranty_amount",
    OrderKind.RECALL: "warranty_amount",
    OrderKind.INSURANCE: "insurer_amount",
    OrderKind.PDI: "internal_amount",
    OrderKind.REWORK: "internal_amount",
    OrderKind.INTERNAL: "internal_amount",
}


def meanings(
    lists: dict[str, str] | dict[OrderKind, str] | dict[OrderState, str],
) -> dict[str, str]:
    """Return word → meaning for lists of words by meaning."""
    return {folded(word): str(meaning) for meaning, row in lists.items() for word in row.split()}


KIND_OF = meanings(ORDER_KINDS)
STATE_OF = meanings(ORDER_STATES)
PAYER_OF = meanings(PAYERS)
