import re
from pathlib import Path

import pytest
from django.conf import settings

RULE = re.compile(r"\b(?:FIL|FUP|PRX|SUP|CAM|REG|CMS|HAB|REC|WRK|SET|CMP|CRM|FRM|KPI|R)-\d\d\b")
ROOT = settings.BASE_DIR
DOCUMENTS = [
    *sorted(ROOT.glob("*.md")),
    *sorted((ROOT / "docs").glob("*.md")),
    ROOT / "examples" / "README.md",
]


def rules_in(paths):
    return {rule for path in paths for rule in RULE.findall(path.read_text(encoding="utf-8"))}


def test_the_code_and_the_list_of_rules_name_the_same_ids():
    code = [
        path
        for folder in ("aftersales", "customers", "workshop", "followups", "reports")
        for path in (ROOT / folder).rglob("*.py")
        if "tests" not in path.parts and "migrations" not in path.parts
    ]

    assert rules_in(code) == rules_in([ROOT / "docs" / "rules.md"])


def rules_with_their_tests():
    """Yield each rule with each file that the list names as its proof, last in its line."""
    for line in (ROOT / "docs" / "rules.md").read_text(encoding="utf-8").splitlines():
        cells = line.split("|")
        if len(cells) > 4 and RULE.search(cells[1]):
            proofs = re.findall("`([^`]+)`", cells[-2])
            yield from ((rule, proof) for rule in RULE.findall(cells[1]) for proof in proofs)


@pytest.mark.parametrize(("rule", "proof"), [*rules_with_their_tests()])
def test_each_rule_has_a_test_that_names_it(rule, proof):
    assert rule in (ROOT / proof).read_text(encoding="utf-8")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_in_documents_lead_somewhere(document):
    text = document.read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]

    assert [link for link in links if not (document.parent / link).exists()] == []


@pytest.mark.parametrize(
    "document", [path for path in DOCUMENTS if path.name != "api.md"], ids=lambda path: path.name
)
def test_files_named_in_documents_exist(document):
    apps = "aftersales|customers|workshop|followups|reports|docs|examples"
    named = re.findall(rf"`((?:{apps})/[\w./-]*\w/?)`", document.read_text(encoding="utf-8"))

    assert [path for path in named if not Path(ROOT / path).exists()] == []


def test_every_make_target_in_the_readme_exists():
    targets = re.findall(r"^make ([a-z-]+)", (ROOT / "README.md").read_text(), re.MULTILINE)
    makefile = (ROOT / "Makefile").read_text()

    assert [target for target in targets if f"\n{target}:" not in makefile] == []
