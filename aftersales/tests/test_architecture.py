"""The layout of the house, read from its files; import-linter checks the directions as well."""

import ast
import sys
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# App → the apps below it, which it may import.
BELOW = {
    "customers": set(),
    "workshop": {"customers"},
    "followups": {"customers", "workshop"},
    "reports": {"customers", "workshop", "followups"},
}
OURS = BELOW.keys() | {"aftersales"}
INNER = {"models", "rules", "services", "sweeps"}
DOORS = {"views", "api", "tasks", "management"}
KNOWS_THE_APPS = {"aftersales/urls.py", "aftersales/api_urls.py"}
# Installs the packages, so it runs before they are there.
BEFORE_THE_PACKAGES = {"aftersales/local/install.py"}
CLOCKS = {"now", "today", "utcnow", "localdate", "localtime"}

LONGEST_FILE = 300
LONGEST_TEST_FILE = 500
LONGEST_FUNCTION = 40


class Module:
    """A Python file, known by its path from the root of the project."""

    def __init__(self, path):
        self.name = str(path.relative_to(ROOT))
        self.app, self.layer = path.relative_to(ROOT).parts[:2]
        self.layer = self.layer.removesuffix(".py")
        self.is_test = "tests" in path.parts
        self.lines = path.read_text().splitlines()
        self.nodes = list(ast.walk(ast.parse(path.read_text())))

    def all(self, *kinds):
        return [node for node in self.nodes if isinstance(node, kinds)]

    @property
    def functions(self):
        return self.all(ast.FunctionDef, ast.AsyncFunctionDef)

    @property
    def imports(self):
        """The dotted names that it imports, as lists of their parts."""
        names = {alias.name for node in self.all(ast.Import) for alias in node.names}
        for node in self.all(ast.ImportFrom):
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
        return [name.split(".") for name in names]


@cache
def modules():
    paths = [path for folder in sorted(OURS) for path in sorted((ROOT / folder).rglob("*.py"))]
    return [Module(path) for path in paths if "migrations" not in path.parts]


def code():
    return [module for module in modules() if not module.is_test]


def inner_code():
    return [module for module in code() if module.layer in INNER]


def test_apps_import_only_apps_below_them():
    wrong = [
        f"{module.name} imports {'.'.join(parts)}"
        for module in code()
        if module.app in BELOW
        for parts in module.imports
        if parts[0] in BELOW.keys() - BELOW[module.app] - {module.app}
    ]

    assert wrong == []


def test_of_the_project_only_the_lists_of_routes_know_the_apps():
    wrong = [
        f"{module.name} imports {'.'.join(parts)}"
        for module in code()
        if module.app == "aftersales" and module.name not in KNOWS_THE_APPS
        for parts in module.imports
        if parts[0] in BELOW
    ]

    assert wrong == []


def test_inner_modules_do_not_know_the_doors():
    wrong = [
        f"{module.name} imports {'.'.join(parts)}"
        for module in inner_code()
        for parts in module.imports
        if parts[0] in OURS and parts[1] in DOORS | {"forms", "resources"}
    ]

    assert wrong == []


def test_doors_do_not_know_each_other():
    wrong = [
        f"{module.name} imports {'.'.join(parts)}"
        for module in code()
        if module.layer in DOORS
        for parts in module.imports
        if parts[0] == module.app and parts[1] in DOORS - {module.layer}
    ]

    assert wrong == []


def test_inner_modules_are_told_the_time():
    wrong = [
        f"{module.name}:{call.lineno} reads the clock: {ast.unparse(call)}"
        for module in inner_code()
        for call in module.all(ast.Call)
        if isinstance(call.func, ast.Attribute) and call.func.attr in CLOCKS and not call.args
    ]

    assert wrong == []


def test_rules_are_pure_python():
    used = {parts[0] for module in code() if module.layer == "rules" for parts in module.imports}

    assert used <= sys.stdlib_module_names


def test_imports_stand_at_the_top():
    wrong = [
        f"{module.name}:{node.lineno}"
        for module in modules()
        if module.name not in BEFORE_THE_PACKAGES
        for function in module.functions
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]

    assert wrong == []


def test_imports_name_the_whole_path():
    wrong = [
        f"{module.name}:{node.lineno}"
        for module in modules()
        for node in module.all(ast.ImportFrom)
        if node.level
    ]

    assert wrong == []


def test_nothing_listens_to_signals_of_django():
    wrong = [
        f"{module.name} imports {'.'.join(parts)}"
        for module in code()
        for parts in module.imports
        if parts[0] == "django" and {"signals", "dispatch"} & set(parts)
    ]

    assert wrong == []


def test_files_are_short():
    wrong = [
        f"{module.name}: {len(module.lines)} lines"
        for module in modules()
        if len(module.lines) > (LONGEST_TEST_FILE if module.is_test else LONGEST_FILE)
    ]

    assert wrong == []


def test_functions_are_short():
    wrong = [
        f"{module.name}:{function.lineno} {function.name}"
        for module in code()
        for function in module.functions
        if function.end_lineno - function.lineno >= LONGEST_FUNCTION
    ]

    assert wrong == []
