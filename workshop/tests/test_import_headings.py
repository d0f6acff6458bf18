import pytest

from workshop.imports.fields import TARGETS, label_of
from workshop.imports.headings import normalized
from workshop.imports.layout import suggest
from workshop.models import ImportKind

# Headings of real systems and what they mean here.
SEEN = {
    "order.number": "工单号 维修单号 委托书编号 施工编号 R/O号 작업지시서번호 RO_No",
    "order.kind": "维修类型 工单类别 业务类型 服务请求类型",
    "order.state": "当前状态 工单状态 状态",
    "order.advisor_name": "服务顾问 接待员 SA SA姓名",
    "vehicle.plate": "车牌号 牌照号码 号牌号码 차량번호 License_Plate",
    "vehicle.vin": "VIN VIN码 车架号 底盘号 车辆识别代号 차대번호",
    "vehicle.engine_no": "发动机号 发动机编号",
    "vehicle.model": "车型 车系名称 厂牌型号",
    "vehicle.color": "颜色 车身颜色",
    "customer.name": "车主 客户名称 托修方 送修单位 고객명",
    "customer.phone": "手机 手机号码 车主电话 联系电话 휴대폰",
    "customer.address": "地址 通讯地址",
    "order.bringer_name": "送修人 到店人姓名 联系人",
    "order.bringer_phone": "送修人电话 联系人电话",
    "order.checked_in_at": "入厂时间 进厂日期 接车时间 开单时间 입고일",
    "order.gate_out_at": "出厂时间 交车日期 출고일",
    "order.mileage_in": "进厂里程 行驶里程 公里数",
    "order.mileage_out": "出厂里程 出厂里程表读数",
    "order.concern": "故障描述 客户陈述 故障现象",
    "order.amount": "总金额 合计金额 总费用",
    "order.customer_amount": "应收金额 实收金额 付费金额",
    "order.warranty_amount": "索赔金额",
    "order.payer": "付费方式 结算方式",
    "vehicle.next_maintenance_on": "下次保养时间 下次保养日期",
    "vehicle.next_maintenance_km": "下次保养里程",
    "vehicle.purchased_on": "购车日期 销售日期",
    "vehicle.insurer": "保险公司",
    "vehicle.policy_ends_on": "保险到期日 续保日期",
    "vehicle.inspection_due_on": "年审日期 年检到期日期",
}


@pytest.mark.parametrize(
    ("target", "heading"),
    [(target, word) for target, row in SEEN.items() for word in row.split()],
)
def test_headings_of_other_systems_are_known(target, heading):
    assert suggest("orders", [heading.replace("_", " ")], {}).columns == {
        target: heading.replace("_", " ")
    }


@pytest.mark.parametrize(
    ("heading", "same"),
    [
        ("車牌號碼", "车牌号码"),
        ("車輛識別代號", "车辆识别代号"),
        ("維修類別", "维修类别"),
        ("進廠里程（KM）", "进厂里程"),
        ("工时费(元)", "工时费"),
        ("* 手机号：", "手机号"),
        ("ＲＯ Ｎｏ.", "rono"),
        ("VIN 码", "vin码"),
    ],
)
def test_script_width_units_and_blanks_make_no_difference(heading, same):
    assert normalized(heading) == same


def test_the_first_of_two_headings_for_one_field_counts():
    assert suggest("orders", ["手机", "联系电话"], {}).columns == {"customer.phone": "手机"}


def test_unknown_headings_are_left_out():
    assert suggest("orders", ["油量", "洗车", "预约单号"], {}).columns == {}


@pytest.mark.parametrize(
    ("kind", "heading", "target"),
    [
        ("vehicles", "行驶里程", "vehicle.mileage"),
        ("orders", "行驶里程", "order.mileage_in"),
        ("vehicles", "备注", "vehicle.remarks"),
        ("customers", "备注", "customer.remarks"),
        ("customers", "联系人", "customer.contact_name"),
        ("orders", "联系人", "order.bringer_name"),
    ],
)
def test_a_word_means_what_files_of_a_kind_are_about(kind, heading, target):
    assert suggest(kind, [heading], {}).columns == {target: heading}


@pytest.mark.parametrize("kind", ImportKind.values)
def test_our_own_headings_are_known(kind):
    """What we export comes in again without any mapping."""
    for target in TARGETS[ImportKind(kind)]:
        assert suggest(kind, [str(label_of(target)).upper()], {}).columns == {
            target: str(label_of(target)).upper()
        }


def test_words_for_types_and_states_are_known():
    layout = suggest(
        "orders",
        ["维修类型", "当前状态"],
        {"维修类型": ["定保", "首保", "大客户", "美容"], "当前状态": ["已交车", "维修中"]},
    )

    assert [(rule.text, rule.kind) for rule in layout.kind_rules] == [
        ("定保", "maintenance"),
        ("首保", "first_free"),
        ("大客户", "general"),
    ]
    assert layout.states == {"已交车": "released", "维修中": "authorized"}
