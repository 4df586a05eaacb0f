"""The PDF holds what the page shows, fetches nothing, and says so where it cannot be made."""

import io
import re
from datetime import UTC, datetime

import pytest
import time_machine

from attribution import scope
from attribution.models import Campaign, Company
from reports.pdf import making
from reports.plainly import told, view_for
from tests.factories import make_campaign, make_lead, make_user
from tests.reports.march import ADDRESS, MARCH

pypdf = pytest.importorskip("pypdf")
PDF = ADDRESS.rstrip("/") + ".pdf"
QUESTION = MARCH | {"cols": ["leads", "booked_rate", "spend", "revenue"], "compare": "previous"}
STATE = (
    "period=custom&from=2026-03-01&to=2026-03-31&compare=previous"
    "&cols=leads&cols=booked_rate&cols=spend&cols=revenue"
)
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(bool(making.missing()), reason=f"NO PDF: {making.missing()}"),
]


@pytest.fixture(autouse=True)
def june():
    with time_machine.travel(datetime(2026, 6, 1, 12, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def march(march_rows, db, client):
    with scope.company_scope([march_rows]):
        company = Company.objects.get(pk=march_rows)
        client.force_login(make_user(company, "owner", username="reader"))
        yield company


def read(client, **more):
    answer = client.get(PDF, QUESTION | more)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    file = pypdf.PdfReader(io.BytesIO(answer.content))
    return file, squeezed("\n".join(page.extract_text() for page in file.pages))


def squeezed(text):
    """Without any space: where lines are broken, words may be."""
    return re.sub(r"[\s\u00a0]+", "", text)


def test_it_holds_the_figures_of_the_page(client, march):
    file, text = read(client)
    reader = march.membership_set.get(user__username="reader").user
    content = told(view_for(reader, march, STATE), "Campaign performance")
    lines = [line for group in content.groups for line in group.lines] + content.sums
    assert len(lines) > 10
    shown = [words for line in lines for words in (line.label, *(c.text for c in line.cells))]
    shown += [card.value for card in content.cards] + content.proof + content.columns
    shown += [f"{what}:{how}" for what, how in content.facts]
    assert [one for one in shown if squeezed(one) not in text] == []
    assert "Page1of" in text
    assert "Whatthefiguresmean" in text
    assert "Booked÷leads" in text
    assert file.metadata.title == f"Campaign performance – {march.name}, 1 Mar – 31 Mar 2026"


def test_one_campaign_has_its_own_figures_and_days(client, march):
    make_campaign(march, "spring-2", name="Spring again")  # its key begins alike
    make_lead(march, "spring-2")
    _file, text = read(client, of=Campaign.objects.get(key="spring").pk, group="source")
    assert "OnlySpring;thesumsbelowareofthewholereport" in text
    assert "Leads6" in text
    assert "Springagain" not in text
    assert "Brand" not in text
    assert "Totalcounted14" in text
    other = client.get(PDF, QUESTION | {"of": 999_999_999})
    assert other.status_code == 404


def test_rows_that_are_split_are_there_with_what_they_are_split_into(client, march):
    _file, text = read(client, then="source", basis="booked")
    assert "Campaign×Source" in text
    assert "thedaytheleadbookedfirst" in text
    spring, google = text.index("Spring"), text.index("google")
    assert spring < google
    assert text.index("Totalcounted") > 0


def test_nothing_is_fetched_and_names_are_no_markup(client, march, tmp_path, monkeypatch):
    secret = tmp_path / "s"  # a name has 200 characters
    secret.write_text("seven times seven")
    evil = f'<img src="file://{secret}"><object data="file://{secret}"></object>'
    make_campaign(march, "evil", name=evil)
    for _ in range(5):
        make_lead(march, "evil")
    _file, text = read(client)
    assert squeezed(evil) in text
    monkeypatch.setattr("urllib.request.OpenerDirector.open", None)
    made = making.as_pdf(f'<p>Hello {evil} <img src="http://127.0.0.1:9/x"></p>')
    file = pypdf.PdfReader(io.BytesIO(made))
    assert "seven" not in file.pages[0].extract_text()
    assert not getattr(file, "attachments", None)


def test_a_server_without_the_package_says_how_to_get_it(client, march, monkeypatch):
    def without():
        raise making.CannotMake("PDF is not installed on this server.")

    monkeypatch.setattr(making, "_weasyprint", without)
    assert "overview.pdf" in client.get(ADDRESS, MARCH).content.decode()
    answer = client.get(PDF, QUESTION)
    assert answer.status_code == 404
    assert "PDF is not installed" in answer.content.decode()


def test_it_is_for_those_who_may_export(client, march):
    client.force_login(make_user())
    assert client.get(PDF, QUESTION).status_code in (302, 403)
