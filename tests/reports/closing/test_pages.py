"""The pages of closed months, their file, and the report's way between both."""

import re
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.http import QueryDict

from attribution import scope
from attribution.models import Campaign, Lead
from reports.closing.closing import close
from reports.closing.look import look
from reports.filters import address_of, ask
from reports.models import ClosedMonth
from reports.rollup.refresh import refresh
from reports.saved.state import state_of
from reports.saved.words import shows
from tests.factories import make_booking, make_company, make_lead, make_spend, make_user
from tests.queries import reading
from tests.reports.march import ADDRESS, MARCH, make_march

LIST = "/admin/reports/months/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def clock():
    with time_machine.travel(datetime(2026, 4, 3, 9, tzinfo=UTC), tick=False) as clock:
        yield clock


@pytest.fixture
def owner(client, company, clock):
    make_march(company)
    refresh(company.pk)
    user = make_user(company, "owner", username="anna")
    client.force_login(user)
    return user


@pytest.fixture
def closed(company, owner, clock):
    """March, closed and then restated: a lead more, and 12.00 of spend."""
    closing = close(company, date(2026, 3, 1), owner)
    clock.shift(86_400)
    make_lead(company, "brand", came_by="api")
    make_spend(company, "brand", 1_200)
    refresh(company.pk)
    look(company)
    return closing


def html_of(client, url, **asked):
    with reading():
        answer = client.get(url, asked)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.content.decode())


def test_an_owner_closes_a_month_on_the_list(client, company, owner):
    html = html_of(client, LIST)
    assert "March 2026" in html and "Open" in html and "April 2026" not in html
    assert "11 named + 2 unattributed = 13 counted" in html and "€92.50" in html
    answer = client.post(f"{LIST}?company={company.slug}", {"month": "2026-03"}, follow=True)
    closing = ClosedMonth.objects.get()
    assert answer.redirect_chain == [(f"{LIST}{closing.pk}/", 302)]
    assert "March 2026 is closed." in answer.content.decode()
    html = html_of(client, LIST)
    assert "Closed</b>, 3 Apr 2026, 09:00, anna" in html
    assert "<button" not in html.split("March 2026")[1].split("</tr>")[0]


@pytest.mark.parametrize(
    ("month", "why"),
    [("2026-04", "April 2026 is not over"), ("x", "“x” is no month"), ("", "“” is no month")],
)
def test_what_cannot_be_closed_is_said(client, company, owner, month, why):
    answer = client.post(f"{LIST}?company={company.slug}", {"month": month}, follow=True)
    assert why in answer.content.decode()
    assert not ClosedMonth.objects.exists()


@pytest.mark.parametrize("role", ["viewer", "utm_admin"])
def test_others_see_and_do_not_close(client, company, closed, role):
    client.force_login(make_user(company, role))
    html = html_of(client, LIST)
    assert "March 2026" in html and 'name="month"' not in html
    assert client.post(LIST, {"month": "2026-02"}).status_code == 403
    assert client.post(f"{LIST}{closed.pk}/", {"reason": "no"}).status_code == 403


def test_one_month_shows_both_and_why(client, closed):
    html = html_of(client, f"{LIST}{closed.pk}/")
    assert "4 → <b>5</b>" in html and "€92.50 → €104.50" in html
    for text in (
        "leads that came late, by api (4 Apr 2026, 09:00)",
        "spend entered by hand (4 Apr 2026, 09:00)",
        "Seen 4 Apr 2026, 09:00",
        "+€12.00",
    ):
        assert text in html, text
    assert html.index('<th scope="row">Brand') < html.index('<th scope="row">Spring')
    assert "The latest change" not in html
    make_lead(closed.company, "brand")
    assert "The latest change is not among the restatements yet" in html_of(
        client, f"{LIST}{closed.pk}/"
    )


def test_its_file_has_every_figure(client, closed):
    answer = client.get(f"{LIST}{closed.pk}.csv")
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert lines[0] == "Seen,Campaign,Part,Figure,Old,New,Difference,Currency,Cause,By"
    assert lines[1].startswith("2026-04-04 09:00,Brand,,Leads,4,5,1,,")
    assert any(",Spend,,12.00,12.00,EUR," in line for line in lines)
    assert len(lines) == 5  # leads, entries, entries with an amount, spend


def test_a_company_admin_opens_it_again(client, company, closed):
    client.force_login(make_user(company, "company_admin", username="boss"))
    page = f"{LIST}{closed.pk}/"
    assert (
        "Say why March 2026 is opened again" in client.post(page, {"reason": " "}).content.decode()
    )
    answer = client.post(page, {"reason": "a file was missing"}, follow=True)
    html = answer.content.decode()
    assert "March 2026 is open again." in html
    assert "closed on 3 Apr 2026, opened again on 4 Apr 2026 by boss: a file was missing" in html
    assert "Open this month again" not in html_of(client, page)


def test_the_report_says_that_a_month_is_closed_and_shows_it_as_closed(client, company, closed):
    html = html_of(client, ADDRESS, **MARCH)
    said = "1 was restated since (of all campaigns: +1 lead, +€12.00 spend)."
    assert said in html and '<option value="closed">As closed</option>' in html
    assert f'href="/admin/reports/months/?company={company.slug}"' in html
    html = html_of(client, ADDRESS, **MARCH, **{"as": "closed"})
    assert "11 named + 2 unattributed = 13 counted" in html
    assert "<b>as closed</b>" in html and '<option value="closed" selected>' in html
    assert "As closed: Mar 2026 (closed on 3 Apr 2026 by anna)." in html
    assert "€92.50" in html and "not valid" not in html
    assert "attribution/lead/?" not in html.split("<table")[1].split("</table>")[0]
    assert "as=closed" in html  # in the addresses of the page


def test_what_is_not_there_as_closed_is_shown_as_of_today_and_said(client, company, closed):
    asked = {"period": "custom", "from": "2026-03-01", "to": "2026-04-02", "as": "closed"}
    html = html_of(client, ADDRESS, **asked)
    assert "1 Apr – 2 Apr 2026 is not closed. The figures of today are shown." in html
    assert "1 closed month in this period." in html
    assert "As closed</option>" not in html
    html = html_of(client, ADDRESS, **MARCH, **{"as": "nonsense"})
    assert "“nonsense” is not a valid as" in html


@pytest.mark.parametrize("more", [{"group": "source"}, {"group": "group"}, {"cols": "budget"}, {}])
def test_the_file_is_of_the_same_figures(client, closed, more):
    asked = {**MARCH, "as": "closed", **more}
    lines = b"".join(client.get("/admin/reports/overview.csv", asked)).decode("utf-8-sig")
    assert "Closed months,as closed" in lines
    assert "11 named" in lines or more.get("group") == "source"
    assert client.get("/admin/reports/overview.xlsx", asked).status_code == 200
    assert client.get("/admin/reports/compare/", asked).status_code == 200
    html_of(client, ADDRESS, **asked)


def test_a_saved_view_keeps_it(company, closed):
    state = "period=custom&from=2026-03-01&to=2026-03-31&compare=none&as=closed"
    asked = ask(QueryDict(state), company)
    assert asked.query.as_closed and not asked.ignored
    kept = state_of(address_of(asked, "", ()))
    assert sorted(kept.split("&")) == sorted(state.split("&"))
    assert ("Closed months", "as closed") in shows(kept, company).facts


def test_the_command_says_the_same(company, closed, capsys):
    days = ["--company", company.slug, "--from", "2026-03-01", "--to", "2026-03-31"]
    call_command("report", *days, "--as", "closed")
    assert "As closed: Mar 2026" in capsys.readouterr().out
    with pytest.raises(CommandError, match="is not closed"):
        call_command("report", *days[:-1], "2026-04-01", "--as", "closed")


def test_nobody_sees_the_months_of_another_company(client, closed):
    with scope.all_companies():
        other = make_company()
        make_booking(make_lead(other, "secret"))
        theirs = close(other, date(2026, 3, 1), None)
    for url in (f"{LIST}{theirs.pk}/", f"{LIST}{theirs.pk}.csv", f"{LIST}?company={other.slug}"):
        assert client.get(url).status_code == 404
    assert client.post(f"{LIST}{theirs.pk}/", {"reason": "x"}).status_code == 404
    assert Lead.objects.count() and Campaign.objects.count()
