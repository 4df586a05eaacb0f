"""The top level stays as it is, modules stay short, and no page loads anything from elsewhere."""

import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
APPS = ("campaignperf", "attribution", "spend", "reports")
TOP_LEVEL = {
    *APPS,
    "templates",
    "tests",
    "manage.py",
    "requirements.txt",
    "README.md",
    "pyproject.toml",
    "Makefile",
    "docs",
    "bench",
}
MADE_BY_RUNNING = {"db.sqlite3", "db.sqlite3-wal", "db.sqlite3-shm", "staticfiles", "media"}
LONGEST_MODULE = 400
VAGUE_NAMES = {"utils.py", "helpers.py", "misc.py", "common.py", "data.py", "info.py"}
ELSEWHERE = re.compile(r"""(?:https?:)?//(?!www\.w3\.org/)[a-z0-9-]+(?:\.[a-z0-9-]+)+""", re.I)


def modules():
    for folder in (*APPS, "tests", "bench"):
        yield from (PROJECT / folder).rglob("*.py")


def test_the_top_level_is_exactly_what_was_agreed():
    found = {path.name for path in PROJECT.iterdir() if not path.name.startswith((".", "__"))}
    assert found - MADE_BY_RUNNING == TOP_LEVEL


def test_no_module_is_long():
    long = {
        str(module.relative_to(PROJECT)): lines
        for module in modules()
        if (lines := len(module.read_text().splitlines())) > LONGEST_MODULE
    }
    assert not long


def test_no_module_has_a_vague_name():
    assert not [str(module) for module in modules() if module.name in VAGUE_NAMES]


def page_files():
    files = [*(PROJECT / "templates").rglob("*")]
    for app in APPS:
        files += (PROJECT / app).glob("static/**/*")
        files += (PROJECT / app).glob("templates/**/*")
    return [path for path in files if path.suffix in {".html", ".css", ".js", ".svg", ".txt"}]


def test_no_template_or_static_file_names_another_host():
    named = {
        f"{path.relative_to(PROJECT)}: {found.group()}"
        for path in page_files()
        for found in ELSEWHERE.finditer(path.read_text())
    }
    assert not named


@pytest.mark.parametrize(
    "text", ["https://cdn.example.com/x.js", 'src="//example.com/x.js"', "url(http://a.example/b)"]
)
def test_another_host_would_be_seen(text):
    assert ELSEWHERE.search(text)


def test_templates_hold_no_inline_code_or_style():
    """The content security policy would block it."""
    inline = re.compile(r"<style\b|\sstyle=|\son[a-z]+=|<script\b(?![^>]*\b(?:src|type)=)", re.I)
    found = {
        f"{path.relative_to(PROJECT)}: {match.group()}"
        for path in page_files()
        if path.suffix in {".html", ".svg"}
        for match in inline.finditer(path.read_text())
    }
    assert not found


@pytest.mark.parametrize("name", ["requirements.txt", "tests/requirements.txt"])
def test_every_requirement_is_pinned(name):
    lines = [line.split("#")[0].strip() for line in (PROJECT / name).read_text().splitlines()]
    packages = [line for line in lines if line and not line.startswith("-r ")]
    assert packages
    assert not [line for line in packages if "==" not in line]
