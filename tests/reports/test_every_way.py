"""One question, asked on every way out, has one answer: each figure is that of the report."""

import io
import json
import os
import re
from dataclasses import replace
from decimal import Decimal
from io import StringIO
from random import Random
from urllib.parse import urlencode

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core.management import call_command
from django.http import QueryDict
from django.test import Client

from attribution import scope
from attribution.files.writing import unguard
from attribution.models import Company
from reports import cards, formatting, tables
from reports.api.tools import Person, use
from reports.dimensions import SAID
from reports.filters import ask
from reports.metrics import BUDGET_COLUMNS, METRICS
from reports.pdf import document, making
from reports.plainly import told, view_for
from reports.report import run_report
from reports.sending import mail
from reports.series import has_curves
from tests.effort import EFFORT
from tests.factories import make_user
from tests.reports.api.conftest import Reader
from tests.reports.histories import NOW
from tests.reports.march import ADDRESS
from tests.reports.ways_expected import Expected
from tests.reports.ways_read import Tables, csv_lines, mail_lines, squeezed, xlsx_lines
from tests.reports.ways_world import make_world, question

pytestmark = [pytest.mark.django_db, pytest.mark.on_sqlite]
QUESTIONS = 10 * EFFORT
REAL_PDFS = min(EFFORT, 2)
LINK_TO_ALL = re.compile(r" Show all \d+$")  # beside "5 more"; see test_row_alone.py
FIRST_SEED = int(os.environ.get("WAYS_SEED", "0"))
JSON_LISTS = (
    *("campaign", "channel", "source", "medium", "status", "tag", "line"),
    *("content", "term", "country", "region", "city"),
    *SAID,
)


@pytest.fixture(scope="module")
def world(module_rows):
    with module_rows(), time_machine.travel(NOW, tick=False), scope.all_companies():
        company = make_world(Random(6), steps=60)
        return company.pk, make_user(company, "owner", username="asks").pk


class Ways:
    """One person and one program, who ask the same company."""

    def __init__(self, company, user):
        self.company, self.user = company, user
        self.person = Person(user.pk)
        self.reader = Reader(company, "owner")
        self.browser = Client()
        self.browser.force_login(user)

    def file(self, ending, state):
        answer = self.browser.get(f"{ADDRESS.rstrip('/')}{ending}?{state}")
        assert answer.status_code == 200
        return answer.getvalue()


@pytest.fixture
def ways(world, settings):
    settings.READ_PER_MINUTE = 0
    with time_machine.travel(NOW, tick=False), scope.company_scope([world[0]]):
        company = Company.objects.get(pk=world[0])
        yield Ways(company, User.objects.get(pk=world[1]))


class Asked:
    """A question as it is put to every way, and the report that is the answer."""

    def __init__(self, seed, company):
        pairs = question(Random(seed), company.slug)
        given = QueryDict(urlencode(pairs))
        asked = ask(given, company)
        assert asked.ignored == []
        whole = replace(asked.query, counts=True, by_line=True, budgets=True)
        report = run_report(whole)
        # Where there is no spend, the page shows no costs: the other ways are not asked for them.
        self.sort = tables.clean_sort(given.get("sort"), report)
        self.columns = tables.clean_columns(given.getlist("cols"), report)
        self.pairs = [pair for pair in pairs if pair[0] not in ("sort", "cols")]
        self.pairs += [("sort", self.sort), *(("cols", name) for name in self.columns)]
        self.state = urlencode(self.pairs)
        self.whole = report  # of all columns: a campaign may have nothing but a budget
        if BUDGET_COLUMNS.isdisjoint({*self.columns, self.sort.removeprefix("-")}):
            report = run_report(replace(whole, budgets=False))
            keys = {row.key for row in report.rows}
            more = [row for row in self.whole.rows if row.key not in keys]
            assert not any(row.leads or row.values["spend"] for row in more)
        self.report = report
        changes = ("changes", "rows") in pairs and whole.compared is not None
        self.expected = Expected(report, self.sort, self.columns, changes=changes)

    def get(self, name, usual=""):
        return next((value for key, value in self.pairs if key == name), usual)

    def all(self, name):
        return [value for key, value in self.pairs if key == name]


def test_every_way_says_the_same(ways):
    leads = figures = 0
    for seed in range(FIRST_SEED, FIRST_SEED + QUESTIONS):
        asked = Asked(seed, ways.company)
        assert asked.report.proof.holds
        for check in (page, files, command, programs, digest, pdf):
            try:
                figures += check(ways, asked)
            except AssertionError as difference:
                raise AssertionError(f"{check.__name__} of {asked.state}") from difference
        leads += asked.report.total.values["leads"]
    assert leads > 10 * QUESTIONS
    assert figures > 1000 * QUESTIONS / EFFORT
    print(f"\n{QUESTIONS} questions, {figures} figures, 0 differences")


@pytest.mark.skipif(bool(making.missing()), reason=f"NO PDF: {making.missing()}")
def test_the_text_of_a_pdf_says_the_same(ways):
    pypdf = pytest.importorskip("pypdf")
    for seed in range(FIRST_SEED, FIRST_SEED + REAL_PDFS):
        asked = Asked(seed, ways.company)
        made = pypdf.PdfReader(io.BytesIO(ways.file(".pdf", asked.state)))
        text = "".join("".join(page.extract_text() for page in made.pages).split())
        for label, cells in map(asked.expected.shown, printed(asked.expected)):
            for said in (label, *(part for one, below in cells for part in (one, *below))):
                assert "".join(said.split()) in text, asked.state


def numbers(lines):
    return sum(len(cells) for _label, cells in lines)


def page(ways, asked):
    """The table as the page shows it, which leaves out what is far down in a long split."""
    expected = asked.expected
    found = Tables(ways.file("/", f"{asked.state}&rows=200").decode())
    most = expected.most_inner()
    wanted = [
        *expected.rows(most),
        expected.unattributed(),
        *expected.reasons(),
        *expected.inner(asked.report.unattributed, most=most),
        *expected.unmatched(tables.MOST_NAMES),
        expected.total(),
        *expected.excluded(),
    ]
    shown = [
        (LINK_TO_ALL.sub("", label), without_trend(cells, asked))
        for label, cells in found.lines("cp-table")
    ]
    assert [label for label, _ in shown] == [squeezed(one.label or "(no name)") for one in wanted]
    for (label, cells), line in zip(shown, wanted, strict=True):
        for is_there, (text, below) in zip(cells, expected.shown(line)[1], strict=True):
            assert text is None or is_there[0] == text, label
            assert below is None or is_there[1] == below, label
    names = cards.WITH_SPEND if asked.report.shows_spend else cards.WITHOUT_SPEND
    currency, total = asked.report.query.company.currency, asked.report.total.values
    assert found.cards == [
        [str(METRICS[name].label), formatting.kpi(total[name], METRICS[name].unit, currency)]
        for name in names
    ]
    return numbers(shown) + len(names)


def without_trend(cells, asked):
    """The page draws the leads over time in a column of its own."""
    if "leads" not in asked.columns or not has_curves(asked.report.query):
        return cells
    at = asked.columns.index("leads") + 1
    return cells[:at] + cells[at + 1 :]


def files(ways, asked):
    expected, levels = asked.expected, len(asked.report.query.levels)
    wanted = [
        *expected.rows(),
        expected.unattributed(),
        *expected.inner(asked.report.unattributed),
        *expected.reasons(),
        *expected.unmatched(),
        expected.total(),
        *expected.kinds(),
    ]
    cells = [expected.filed(line) for line in wanted]
    names = [line_names(line, levels) for line in wanted]
    head, rows, about = csv_lines(ways.file(".csv", asked.state))
    assert all(len(row) == len(head) for row in rows)
    groups = [row[0] for row, line in zip(rows, wanted, strict=True) if line.is_group]
    assert groups == [line.label for line in wanted if line.is_group]
    assert [[unguard(text) for text in row[1 : 1 + levels]] for row in rows] == names
    assert [row[2 + levels :] for row in rows] == [
        ["" if one is None else f"{one:f}" if isinstance(one, Decimal) else str(one) for one in row]
        for row in cells
    ]
    head, sheet, also = xlsx_lines(ways.file(".xlsx", asked.state))
    assert all(len(row) == len(head) for row in sheet)
    assert [[unguard(text or "") for text in row[1 : 1 + levels]] for row in sheet] == names
    assert [row[2 + levels :] for row in sheet] == [
        [float(one) if isinstance(one, Decimal) else one for one in row] for row in cells
    ]
    proof = asked.report.proof.lead_text
    assert dict(map(tuple, about))["Proof"] == dict(map(tuple, also))["Proof"] == proof
    return 2 * sum(map(len, cells))


def line_names(line, levels):
    """The names of the rows above and its own, each in the column of its level."""
    label = {"Total counted": "Total"}.get(line.label, line.label)
    found = [*line.above, "" if line.is_group else label]
    return [*found, *[""] * (levels - len(found))]


def command(_ways, asked):
    options = ["--company", asked.get("company"), "--json", f"--sort={asked.sort}"]
    options += ["--from", asked.get("from"), "--to", asked.get("to")]
    how = asked.get("compare")
    if how == "custom":
        how = f"{asked.get('compare_from')}..{asked.get('compare_to')}"
    options += ["--compare", how, "--basis", asked.get("basis"), "--model", asked.get("model")]
    options += ["--group-by", ",".join([asked.get("group"), *asked.all("then")])]
    options += ["--kinds", ",".join(["primary", *asked.all("kind")])]
    options += ["--search", asked.get("q"), "--landing", asked.get("landing")]
    options += [f"--window={one}" for one in asked.all("window")]
    options += [
        f"--{name.replace('_', '-')}={one}" for name in JSON_LISTS for one in asked.all(name)
    ]
    out = StringIO()
    call_command("report", *options, stdout=out)
    return compare_told(json.loads(out.getvalue()), asked, list(METRICS))


def programs(ways, asked):
    """Over HTTP and by the tool of an AI: the same bytes, and the columns of the page alone."""
    by_http = ways.reader.read("report", asked_by_program(asked))
    given = {name: values for name, values in asked_by_program(asked).items() if values != [""]}
    by_tool = use(ways.person, "report", given)
    assert json.loads(json.dumps(by_tool)) == by_http
    return 2 * compare_told(by_http, asked, asked.columns)


def asked_by_program(asked):
    found = {"rows": ["200"]}
    for name, value in asked.pairs:
        found.setdefault(name, []).append(value)
    return found


def compare_told(found, asked, columns):
    """JSON has all columns, so it has rows of campaigns with nothing but a budget, too."""
    expected, report = asked.expected, asked.whole
    wanted = [expected.told(row, columns) for row in report.ranking(asked.sort)]
    assert [only(row, one) for row, one in zip(found["rows"], wanted, strict=True)] == wanted
    for name, row in (("unattributed", report.unattributed), ("total", report.total)):
        one = expected.told(row, columns)
        assert only(found[name], one) == one
    assert [
        {name: one[name] for name in ("label", "leads", "booked", "completed")}
        for one in found["unattributed"]["reasons"]
    ] == [{"label": line.label, **plain(line.values)} for line in expected.reasons()]
    assert found["excluded"]["kinds"] == {one.kind: one.leads for one in report.excluded}
    spent = found["unmatched_spend"]
    unmatched = [spent["spend"], *((one["name"], one["spend"]) for one in spent["names"])]
    digits = expected.digits
    assert unmatched == [
        written(report.unmatched_spend.values["spend"], digits),
        *(
            (
                one.name,
                one.amount_minor and written(Decimal(one.amount_minor).scaleb(-digits), digits),
            )
            if one.amount_minor != 0
            else (one.name, written(Decimal(0), digits))
            for one in report.unmatched_names
        ),
    ]
    assert found["proof"]["leads_text"] == report.proof.lead_text
    return sum(map(deep, wanted)) + 2 * len(columns)


def only(row, wanted):
    """What is wanted of a row, however deep."""
    found = {name: row.get(name) for name in wanted}
    if "rows" in wanted:
        found["rows"] = [
            only(one, other) for one, other in zip(row["rows"], wanted["rows"], strict=True)
        ]
    return found


def deep(told):
    return len(told) + sum(map(deep, told.get("rows", ())))


def plain(values):
    return {name: float(one) if isinstance(one, Decimal) else one for name, one in values.items()}


def written(value, digits):
    return None if value is None else f"{formatting.half_up(value, digits):f}"


def digest(ways, asked):
    """The mail in both forms: the first of the ranking, without what rows are split into."""
    expected, query = asked.expected, asked.report.query
    content = told(view_for(ways.user, ways.company, asked.state), "Mine")
    ranking = asked.report.ranking(asked.sort)
    first = {row.key for row in ranking.ranked[: mail.RANKED_SHOWN]}
    wanted = [line for line in expected.rows() if not line.above and line.row.key in first]
    wanted += [
        expected.unattributed(),
        *expected.reasons(),
        *expected.unmatched(tables.MOST_NAMES),
        expected.total(),
        *expected.excluded(),
    ]
    assert {row.label for row in ranking.ranked[: mail.RANKED_SHOWN]} == {
        one.label for one in content.ranked[: mail.RANKED_SHOWN]
    }
    shown = [expected.shown(line) for line in wanted]
    headings = [str(METRICS[name].label) for name in asked.columns]
    lines = mail_lines(mail.as_text(content, ""), headings, mail.LABEL_WIDTH)
    assert [cells for _label, cells in lines] == [[text for text, _ in cells] for _, cells in shown]
    for (label, _cells), (name, _texts) in zip(lines, shown, strict=True):
        assert name.startswith(label.rstrip("…").strip()) or label.startswith(name)
    found = Tables(mail.as_html(content, "")).lines(-1)
    assert found == joined(shown)
    assert content.proof[0] == asked.report.proof.lead_text
    assert query.start.isoformat() in asked.state
    return numbers(lines) + numbers(found)


def joined(shown):
    """What stands below a figure is one text there."""
    return [
        (label, [(text, ["; ".join(below)] if below else []) for text, below in cells])
        for label, cells in shown
    ]


def printed(expected):
    return [
        *expected.rows(),
        expected.unattributed(),
        *expected.inner(expected.report.unattributed),
        *expected.reasons(),
        *expected.unmatched(tables.MOST_NAMES),
        expected.total(),
        *expected.excluded(),
    ]


def pdf(ways, asked):
    """What is laid out as a PDF, down to its longest table."""
    view = view_for(ways.user, ways.company, asked.state)
    found = Tables(document.of_view(view).html).lines(-1)
    wanted = joined(map(asked.expected.shown, printed(asked.expected)))
    left = max(len(list(asked.expected.rows())) - document.MOST_ROWS, 0)
    if left:
        wanted = wanted[: document.MOST_ROWS] + wanted[document.MOST_ROWS + left :]
    assert found == wanted
    return numbers(found)
