"""Names in three scripts: how they sort, and under which words they are found.

Chinese names are found by characters, pinyin and its initials (张伟: 张伟, 伟,
zhangwei, zw); Korean ones by syllables and initial consonants (김민수: 김민수, ㄱㅁㅅ);
others by their words. `pypinyin` reads some surnames wrongly, hence the table.
"""

import re
import unicodedata

from pypinyin import Style, lazy_pinyin

SURNAME_READINGS = {
    "单": "shan",
    "曾": "zeng",
    "仇": "qiu",
    "查": "zha",
    "解": "xie",
    "任": "ren",
    "盖": "ge",
    "区": "ou",
    "朴": "piao",
    "尉迟": "yuchi",
    "万俟": "moqi",
    "长孙": "zhangsun",
    "令狐": "linghu",
}
INITIAL_CONSONANTS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
# NFKC turns the consonants that a keyboard types (ㄱ) into the first parts of syllables (ᄀ).
AS_TYPED = {0x1100 + place: letter for place, letter in enumerate(INITIAL_CONSONANTS)}
HAN = re.compile(r"[㐀-鿿豈-﫿𠀀-𳎯]")
HANGUL = re.compile(r"[가-힣]")


def folded(text: str) -> str:
    """Return `text` in one width and case, with single spaces."""
    normal = unicodedata.normalize("NFKC", text).translate(AS_TYPED)
    return " ".join(normal.casefold().split())


def syllables(name: str) -> list[str]:
    """Return the pinyin syllables of a name, its surname read as a surname."""
    for surname, reading in SURNAME_READINGS.items():
        if name.startswith(surname):
            return [reading, *lazy_pinyin(name[len(surname) :], style=Style.NORMAL)]
    return lazy_pinyin(name, style=Style.NORMAL)


def initial_consonants(name: str) -> str:
    """Return the initial consonants of the Hangul syllables in `name`: 김민수 → ㄱㅁㅅ."""
    return "".join(
        INITIAL_CONSONANTS[(ord(letter) - 0xAC00) // 588] for letter in HANGUL.findall(name)
    )


def sort_key(name: str) -> str:
    """Return what a list sorts `name` by: pinyin for Chinese, the text itself otherwise."""
    name = folded(name)
    return ("".join(syllables(name)) if HAN.search(name) else name)[:160]


def search_keys(*written: str) -> str:
    """Return the words, separated by spaces, whose beginnings find these names."""
    words: dict[str, None] = {}
    for name in filter(None, map(folded, written)):
        words.update(dict.fromkeys(re.findall(r"\w+", name)))
        joined = "".join(re.findall(r"\w+", name))
        if HAN.search(name):
            pinyin = syllables(joined)
            words.update(dict.fromkeys(joined[start:] for start in range(len(joined))))
            words.update({"".join(pinyin): None, "".join(syllable[0] for syllable in pinyin): None})
            words.update(dict.fromkeys("".join(pinyin[start:]) for start in range(1, len(pinyin))))
        if HANGUL.search(name):
            consonants = initial_consonants(joined)
            words.update(dict.fromkeys(joined[start:] for start in range(len(joined))))
            words.update(dict.fromkeys(consonants[start:] for start in range(len(consonants))))
    return " ".join(words)
