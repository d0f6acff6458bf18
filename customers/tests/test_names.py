import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers import names


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("张伟", ["张伟", "张", "伟", "zhangwei", "zhang", "wei", "zw"]),
        ("单雄信", ["单雄信", "shanxiongxin", "sxx", "xiongxin", "信"]),
        ("曾国藩", ["zengguofan", "zgf"]),
        ("尉迟恭", ["yuchigong", "gong"]),
        ("上海远航物流有限公司", ["远航", "yuanhang", "shyh", "物流"]),
        ("김민수", ["김민수", "민수", "ㄱㅁㅅ", "ㅁㅅ"]),
        ("John Smith", ["john", "smith", "sm"]),
        ("ＡＢＣ商贸", ["abc", "商贸"]),
    ],
)
def test_a_name_is_found_by(name, asked):
    words = names.search_keys(name).split()

    assert [word for word in asked if not any(key.startswith(word) for key in words)] == []


def test_the_contact_person_is_found_too():
    assert "wangfang" in names.search_keys("Fleet Ltd.", "王芳").split()


def test_surnames_are_read_as_surnames_when_names_are_sorted():
    people = ["曾国藩", "朱德", "单雄信", "王五", "Adam", "김민수"]

    assert sorted(people, key=names.sort_key) == [
        "Adam",
        "单雄信",
        "王五",
        "曾国藩",
        "朱德",
        "김민수",
    ]


HANGUL = st.text(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), min_size=1, max_size=6)
HAN = st.text(st.sampled_from("张王李赵单曾尉迟国伟芳娜明强"), min_size=1, max_size=6)


@given(HANGUL)
def test_a_korean_name_is_found_by_its_initial_consonants(name):
    consonants = names.initial_consonants(name)

    assert len(consonants) == len(name)
    assert consonants in names.search_keys(name).split()


@given(HAN)
def test_a_chinese_name_is_found_by_pinyin_and_initials(name):
    words = names.search_keys(name).split()
    pinyin = names.syllables(name)

    assert names.sort_key(name) == "".join(pinyin)
    assert {"".join(pinyin), "".join(syllable[0] for syllable in pinyin)} <= set(words)


@given(st.text(max_size=120))
def test_any_name_can_be_sorted_and_searched(name):
    assert len(names.sort_key(name)) <= 160
    assert names.folded(names.folded(name)) == names.folded(name)
    names.search_keys(name, name)
