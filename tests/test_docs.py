"""What the documents say is what the program does."""

import re
import shlex

import pytest
from django.apps import apps
from django.core.management import get_commands, load_command_class

from reports.metrics import METRICS
from tests.shared_data import PROJECT

README = (PROJECT / "README.md").read_text()
DICTIONARY = (PROJECT / "docs" / "data-dictionary.md").read_text()
MODELS = [
    model
    for name in ("attribution", "spend", "reports")
    for model in apps.get_app_config(name).get_models()
]


def section(text, heading):
    """The text under a heading, up to the next one of its level."""
    parts = re.split(rf"^## {re.escape(heading)}$", text, flags=re.MULTILINE)
    assert len(parts) == 2, f"There must be one section “## {heading}”."
    return re.split(r"^## ", parts[1], flags=re.MULTILINE)[0]


def names_in(table):
    """The names in backticks in the first column of a table."""
    return {
        name
        for line in table.splitlines()
        if line.startswith("| `")
        for name in re.findall(r"`(\w+)`", line.split("|")[1])
    }


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_the_data_dictionary_names_every_column(model):
    columns = {field.name for field in model._meta.concrete_fields}
    assert names_in(section(DICTIONARY, model.__name__)) == columns


def test_the_readme_defines_each_metric_as_the_program_does():
    rows = re.findall(r"^\| (.+?) \| (.+?) \|$", section(README, "What the numbers mean"), re.M)
    defined = [(str(metric.label), str(metric.help)) for metric in METRICS.values()]
    assert rows[1:] == defined  # without the heading


def test_every_setting_from_the_environment_is_described():
    settings = PROJECT / "campaignperf" / "settings"
    code = "".join(path.read_text() for path in settings.glob("*.py"))
    deployment = (PROJECT / "docs" / "deployment.md").read_text()
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', code))
    assert {name for name in read if f"`{name}`" not in deployment + README} == set()


def command_lines():
    """The calls of manage.py in the README, continuation lines joined."""
    text = README.replace("\\\n", " ")
    found = re.findall(r"^(?:manage|\.venv/bin/python manage\.py) (.+)$", text, re.M)
    return [shlex.split(line, comments=True) for line in found]


@pytest.mark.parametrize("words", command_lines(), ids=lambda words: " ".join(words)[:60])
def test_the_readme_calls_commands_with_options_that_exist(words):
    app = get_commands()[words[0]]
    command = load_command_class(app, words[0]) if isinstance(app, str) else app
    command.create_parser("manage.py", words[0]).parse_args(words[1:])


def test_links_between_documents_lead_somewhere():
    for path in [PROJECT / "README.md", *(PROJECT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text()):
            assert (path.parent / target).exists(), f"{path.name} links to {target}"
