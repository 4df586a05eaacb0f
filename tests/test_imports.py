"""Imports go one way: campaignperf → reports → spend → attribution."""

import ast
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
MAY_IMPORT = {
    "campaignperf": {"campaignperf", "reports", "spend", "attribution"},
    "reports": {"reports", "spend", "attribution"},
    "spend": {"spend", "attribution"},
    "attribution": {"attribution"},
}


def imported(source: str) -> set[str]:
    """The first part of every name that a module imports, inside functions too."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module)
        elif isinstance(node, ast.Call) and node.args:
            function = getattr(node.func, "attr", getattr(node.func, "id", ""))
            argument = node.args[0]
            if function in {"import_module", "import_string"} and isinstance(
                argument, ast.Constant
            ):
                names.add(str(argument.value))
    return {name.split(".")[0] for name in names}


@pytest.mark.parametrize("app", MAY_IMPORT)
def test_an_app_imports_only_what_lies_below_it(app):
    modules = sorted((PROJECT / app).rglob("*.py"))
    assert modules
    wrong = {
        f"{module.relative_to(PROJECT)} imports {name}"
        for module in modules
        for name in imported(module.read_text()) & set(MAY_IMPORT) - MAY_IMPORT[app]
    }
    assert not wrong


@pytest.mark.parametrize("app", MAY_IMPORT)
def test_an_app_knows_nothing_of_the_tests(app):
    for module in (PROJECT / app).rglob("*.py"):
        assert not imported(module.read_text()) & {"tests", "bench", "pytest"}, module


def test_no_app_imports_inside_itself_by_dots():
    """One way to write an import: by its full name."""
    dotted = [
        str(module.relative_to(PROJECT))
        for app in MAY_IMPORT
        for module in (PROJECT / app).rglob("*.py")
        for node in ast.walk(ast.parse(module.read_text()))
        if isinstance(node, ast.ImportFrom) and node.level
    ]
    assert not dotted


@pytest.mark.parametrize(
    "source",
    [
        "import reports.metrics",
        "from reports import metrics",
        "def late():\n    from reports.metrics import METRICS",
        "import_string('reports.metrics.METRICS')",
    ],
)
def test_every_way_to_import_is_seen(source):
    assert imported(source) == {"reports"}
