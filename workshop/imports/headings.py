"""Which column of a file is which of our fields, by the headings other systems use.

A target is a field of what a row is about: "order.number", "vehicle.vin", "customer.name".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

ALIASES = {
    "order.number": (
        "工单号 工单单号 工单号码 工单编号 维修单号 委托书号 委托书编号 施工编号 单据号 "
        "任务委托书号 R/O号 작업지시서번호 정비번호 RO_No Order_No RO_Number Work_Order"
    ),
    "order.kind": (
        "维修类型 维修类别 工单类别 工单类型 业务类型 服务请求类型 정비유형 정비구분 "
        "Order_Type Job_Type Repair_Type"
    ),
    "order.state": "当前状态 工单状态 单据状态 状态 상태 진행상태 Status State",
    "order.checked_in_at": (
        "入厂时间 进厂时间 进厂日期 来厂时间 送修日期 进店时间 接车时间 接待日期 开单时间 "
        "입고일 입고일시 Checked_in Check-in Opened Date_in"
    ),
    "order.authorized_at": "签字时间 委托时间 授权时间 승인일시 Authorized",
    "order.gate_out_at": (
        "出厂时间 出厂日期 交车时间 交车日期 实交车时间 出厂 출고일 출고일시 "
        "Gate-out Released Date_out"
    ),
    "order.advisor_name": (
        "服务顾问 服务接待 接待顾问 接待员 维修顾问 业务接待 SA SA姓名 서비스어드바이저 "
        "Advisor Service_Advisor"
    ),
    "order.bringer_name": "送修人 送修人姓名 到店人姓名 联系人 입고자 Brought_by",
    "order.bringer_phone": "送修人电话 到店人电话 联系人电话 입고자연락처",
    "order.mileage_in": (
        "进厂里程 行驶里程 送修里程 进店里程 到店里程 公里数 里程 주행거리 입고주행거리 "
        "Mileage Mileage_in Odometer"
    ),
    "order.mileage_out": "出厂里程 出厂里程表读数 출고주행거리 Mileage_out",
    "order.concern": (
        "故障描述 客户描述 客户陈述 用户陈述 故障现象 고객증상 증상 Complaint Concern Reason"
    ),
    "order.service_items": "维修项目 服务项目 施工项目 정비항목 작업항목 Service_items Work_done",
    "order.labor_hours": "工时 维修工时 总工时 작업시간 Labor_Hours Labour_Hours",
    "order.amount": "总金额 合计金额 总费用 합계금액 총금액 Total Amount",
    "order.customer_amount": (
        "应收金额 应付总金额 应结金额 实收金额 实付金额 付费金额 客户付费金额 고객부담금 "
        "Customer_amount"
    ),
    "order.warranty_amount": "索赔金额 厂家付费金额 보증수리금액 Warranty_amount",
    "order.insurer_amount": "保险金额 保险理赔金额 보험금액 Insurance_amount",
    "order.internal_amount": "内部金额 店内付费金额 내부금액 Internal_amount",
    "order.payer": "付费方式 结算方式 付费类型 지불주체 Payer Pay_kind",
    "order.cancel_reason": "作废原因 取消原因 취소사유 Cancel_reason",
    "vehicle.vin": (
        "VIN VIN码 车辆VIN 车架号 车身号 底盘号 车辆识别代号 车辆识别代码 차대번호 VIN_No"
    ),
    "vehicle.plate": (
        "车牌号 车牌号码 车牌 牌照号码 车辆牌号 车号 号牌号码 차량번호 차량등록번호 "
        "License_Plate Plate Plate_No"
    ),
    "vehicle.unit_no": "车队编号 自编号 车辆编号 관리번호 Unit_No Unit Unit_Number Fleet_No",
    "vehicle.engine_no": "发动机号 发动机号码 发动机编号 엔진번호 원동기형식 Engine_No",
    "vehicle.model": (
        "车型 车系 车系名称 车型名称 厂牌型号 品牌型号 차종 차명 모델 Model Vehicle_Model"
    ),
    "vehicle.color": "颜色 车身颜色 车辆颜色 색상 Color Colour",
    "vehicle.purchased_on": (
        "购车日期 购车时间 销售日期 购买日期 구입일 구매일 Purchase_date Purchased"
    ),
    "vehicle.mileage": "",
    "vehicle.next_maintenance_on": (
        "下次保养时间 下次保养日期 다음정비일 차기정비일 Next_service Next_maintenance"
    ),
    "vehicle.next_maintenance_km": "下次保养里程 다음정비주행거리 Next_service_mileage",
    "vehicle.warranty_ends_on": "保修到期日 质保到期日 质保截止日期 보증만료일 Warranty_end",
    "vehicle.insurer": "保险公司 보험사 Insurer",
    "vehicle.policy_ends_on": (
        "保险到期日 保险截止日期 续保日期 结束时间 보험만료일 Policy_end Insurance_end"
    ),
    "vehicle.inspection_due_on": (
        "年审日期 年检日期 年检到期日期 검사만료일 정기검사일 Inspection_due"
    ),
    "vehicle.remarks": "车辆备注 차량비고 Vehicle_remarks",
    "customer.file_no": "档案号 客户编号 客户号 客户代码 고객번호 File_No Customer_No",
    "customer.name": (
        "车主 车主姓名 车主名称 客户名称 客户姓名 托修方 托修单位 送修单位 고객명 차주명 "
        "Customer Customer_name Owner Department"
    ),
    "customer.phone": (
        "电话 手机 手机号 手机号码 车主电话 车主手机 客户电话 联系电话 移动电话 "
        "휴대폰 휴대전화 연락처 전화번호 Phone Mobile Telephone"
    ),
    "customer.contact_name": "联系人姓名 담당자 Contact Contact_person",
    "customer.title": "称谓 称呼 호칭 Title",
    "customer.birthday": "生日 出生日期 客户生日 생일 생년월일 Birthday Date_of_birth Birth_date",
    "customer.address": "地址 客户地址 车主地址 联系地址 通讯地址 주소 Address",
    "customer.postal_code": "邮编 邮政编码 우편번호 Postal_code Postcode ZIP",
    "customer.district": "区县 所在区 行政区 지역 구군 District",
    "customer.email": "邮箱 电子邮件 电子邮箱 이메일 Email E-mail",
    "customer.remarks": "备注 客户备注 비고 Remarks",
}

# Where the same word means another field in a file of this kind.
BY_KIND = {
    "vehicles": {"vehicle.mileage": "order.mileage_in", "vehicle.remarks": "customer.remarks"},
    "customers": {"customer.contact_name": "order.bringer_name"},
    "orders": {},
}

TRADITIONAL = str.maketrans(
    "車號碼單編維業務類別狀態進廠來時間開簽權實預約顧問員電話聯繫絡裡數陳現項總費應結賠償險處內識發動機顏購買銷養質證續審檢備註檔戶稱郵區縣駛離託書據廢輛額係當隊點",
    "车号码单编维业务类别状态进厂来时间开签权实预约顾问员电话联系络里数陈现项总费应结赔偿险处内识发动机颜购买销养质证续审检备注档户称邮区县驶离托书据废辆额系当队点",
)
UNIT = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】")
SEPARATORS = re.compile(r"[\s*:_·.\-]+")


def normalized(heading: str) -> str:
    """Return a heading without what systems write differently: width, script, units, blanks."""
    text = unicodedata.normalize("NFKC", heading).translate(TRADITIONAL)
    return SEPARATORS.sub("", UNIT.sub("", text)).casefold()


KNOWN = {normalized(alias): target for target, row in ALIASES.items() for alias in row.split()}


def suggested(headings: Sequence[str], labels: Mapping[str, str], kind: str) -> dict[str, str]:
    """Return target → heading for the headings that are known; the first of two wins.

    Args:
        labels: what our own pages and exports call each target of a file of this kind.
    """
    meant = {as_order: here for here, as_order in BY_KIND[kind].items()}
    ours = {normalized(label): target for target, label in labels.items()}
    found: dict[str, str] = {}
    for heading in headings:
        name = normalized(heading)
        target = ours.get(name) or KNOWN.get(name, "")
        target = target if target in labels else meant.get(target, "")
        if target:
            found.setdefault(target, heading)
    return found


def row_of_headings(rows: Sequence[Sequence[str]]) -> int:
    """Return the index of the row with the headings: titles may stand above it."""
    known = [sum(normalized(cell) in KNOWN for cell in cells) for cells in rows]
    best = max(known, default=0)
    return known.index(best) if best > 1 else 0


def named(cells: Sequence[str]) -> list[str]:
    """Return headings that are all different, and none empty."""
    names: list[str] = []
    for place, cell in enumerate(cells, start=1):
        name = " ".join(cell.split()) or f"#{place}"
        names.append(name if name not in names else f"{name} ({place})")
    return names
