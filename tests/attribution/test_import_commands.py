"""The commands: what they print, and their exit codes."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command, execute_from_command_line

from attribution import scope
from attribution.models import Booking, Company, ImportRun, Lead, Membership
from spend.models import SpendEntry
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def run(*arguments):
    out = StringIO()
    call_command(*map(str, arguments), stdout=out, stderr=out)
    return out.getvalue()


def fails(*arguments):
    """The exit code and all that is said."""
    out = StringIO()
    with pytest.raises(CommandError) as caught:
        call_command(*map(str, arguments), stdout=out, stderr=out)
    return caught.value.returncode, out.getvalue() + str(caught.value)


@pytest.fixture
def acme():
    run("create_company", "Acme", "--slug", "acme", "--timezone", "Europe/Berlin")
    with scope.all_companies():
        yield Company.objects.get()


@pytest.fixture
def write(tmp_path):
    def written(text, name="file.csv"):
        path = tmp_path / name
        path.write_text(text)
        return path

    return written


def test_leads_bookings_and_spend_go_in_by_command(acme, write):
    leads = write("id,received_at,campaign\nA,2026-03-01,Sale\n", "leads.csv")
    assert run("import_leads", leads, "--company", "acme").startswith(
        "leads.csv: 1 row: 1 new, 0 changed, 0 unchanged."
    )
    bookings = write("id,lead,status,value\n1,A,completed,12\n")
    run("import_bookings", bookings, "--company", "acme", "--currency", "EUR")
    spend = write("date,campaign,cost\n2026-03-01,Sale,5\n2026-03-01,Other,1\n")
    said = run("import_spend", spend, "--company", "acme")
    assert "Spend in the file: €6.00" in said
    assert "- not matched: Other: €1.00" in said
    assert (Lead.objects.get().revenue_minor, Booking.objects.count()) == (1200, 1)
    assert SpendEntry.objects.count() == 2
    assert set(ImportRun.objects.values_list("state", "author")) == {("done", None)}


def test_map_set_value_dates_and_decimal(acme, write):
    file = write("Key;Won;Worth;Day\nA;1;1.234,50;31/03/2026\nB;0;;01/02/2026\n")
    run(
        *(
            "import_leads",
            file,
            "--company",
            "acme",
            "--map",
            "Key=id",
            "--map",
            "Won=booking_status",
        ),
        *("--map", "Worth=value", "--map", "Day=received_at", "--set", "source=crm"),
        *("--value", "Won:1=completed", "--value", "Won:0=", "--dates", "dmy", "--decimal", ","),
    )
    a, b = Lead.objects.order_by("external_id")
    assert (a.utm_source, a.revenue_minor, str(a.day)) == ("crm", 123450, "2026-03-31")
    assert (b.booked, str(b.day)) == (False, "2026-02-01")


def test_a_refused_file_prints_each_error_on_a_line_and_exits_with_1(acme, write):
    file = write("date,campaign,amount\n2026-03-01,x,abc\nsoon,x,1\n")
    code, said = fails("import_spend", file, "--company", "acme")
    assert code == 1
    lines = said.splitlines()
    assert lines[0].startswith('row 2, column amount, "abc": This is not a number.')
    assert lines[1].startswith('row 3, column date, "soon": This is not a day')
    assert lines[-1] == "file.csv: 2 errors; nothing was saved."
    assert not SpendEntry.objects.exists()


def test_another_currency_than_the_company_s_is_kept_and_never_counted_as_its_own(acme, write):
    file = write("date,campaign,amount\n2026-03-01,x,1\n")
    said = run("import_spend", file, "--company", "acme", "--currency", "USD")
    assert "One amount in USD has no rate of exchange of its day" in said
    entry = SpendEntry.objects.get()
    assert (entry.amount_minor, entry.original_minor, entry.currency) == (None, 100, "USD")


def test_what_a_file_leaves_open_is_asked_and_nothing_is_saved(acme, write):
    file = write("date,campaign,amount\n01/02/2026,x,5.00\n03/04/2026,x,1.00\n")
    code, said = fails("import_spend", file, "--company", "acme")
    assert code == 2
    assert "--dates dmy|mdy" in said
    assert "01/02/2026" in said
    assert not SpendEntry.objects.exists()
    run("import_spend", file, "--company", "acme", "--dates", "dmy")
    assert [day.month for day in SpendEntry.objects.values_list("day", flat=True)] == [4, 2]


def test_a_dry_run_saves_nothing(acme, write):
    file = write("id,received_at\nA,2026-03-01\n")
    said = run("import_leads", file, "--company", "acme", "--dry-run")
    assert "1 new" in said
    assert said.endswith("This was a check: nothing was saved.\n")
    assert not Lead.objects.exists()
    assert not ImportRun.objects.exists()


def test_json_says_the_same(acme, write):
    file = write("id,received_at\nA,2026-03-01\n")
    outcome = json.loads(run("import_leads", file, "--company", "acme", "--json"))
    assert (outcome["rows"], outcome["new"], outcome["error_count"]) == (1, 1, 0)
    assert outcome["run"] == ImportRun.objects.get().pk


def test_wrong_use_exits_with_2(acme, write):
    file = write("id,received_at\nA,2026-03-01\n")
    code, said = fails("import_leads", file, "--company", "acmee")
    assert (code, said) == (2, 'There is no company "acmee". Did you mean "acme"?')
    code, said = fails("import_leads", "nowhere.csv", "--company", "acme")
    assert (code, said) == (2, "There is no file nowhere.csv.")
    for wrong in (["--map", "x"], ["--value", "x=1"], ["--dates", "ydm"]):
        with pytest.raises(SystemExit) as caught:
            execute_from_command_line(
                ["manage.py", "import_leads", str(file), "--company", "acme", *wrong]
            )
        assert caught.value.code == 2


def test_help_lists_the_columns(capsys):
    with pytest.raises(SystemExit):
        execute_from_command_line(["manage.py", "import_leads", "--help"])
    assert "received_at     When the lead came" in capsys.readouterr().out


CREATE = ["create_company", "Acme", "--slug", "acme", "--industry", "dental", "--currency", "EUR"]


def test_a_company_is_made_once_with_its_admin():
    user = make_user(username="anna")
    assert run(*CREATE, "--admin", "anna") == (
        'Company "Acme" was made (acme).\n"anna" is now its company admin.\n'
    )
    assert "is there already" in run(*CREATE, "--admin", "anna")
    with scope.all_companies():
        assert Membership.objects.get(user=user).role == "company_admin"
        assert Company.objects.get().industry == "dental"


COMPANY_FAULTS = [
    (["--timezone", "Berlin"], 1, "“Berlin” is no time zone. Use a name such as Europe/Berlin"),
    (["--currency", "EURO"], 1, "“EURO” is no currency"),
    (["--slug", "a b"], 1, "--slug: "),
    (["--admin", "nobody"], 2, 'There is no user "nobody".'),
]


@pytest.mark.parametrize(("arguments", "code", "text"), COMPANY_FAULTS)
def test_a_company_that_cannot_be_is_refused_whole(arguments, code, text):
    found, said = fails(*CREATE, *arguments)
    assert found == code
    assert text in said
    with scope.all_companies():
        assert not Company.objects.exists()


def test_another_company_of_the_same_short_name_is_refused():
    run(*CREATE)
    code, said = fails(*CREATE[:-1], "USD")
    assert (code, 'currency is "EUR", not "USD"' in said) == (1, True)


def test_the_same_file_read_in_another_way_says_that_it_counts_beside(acme, write):
    file = write("date,campaign,cost\n2026-03-01,Sale,5\n", "spend.csv")
    run("import_spend", file, "--company", "acme")
    again = ("import_spend", file, "--company", "acme", "--set", "source=google")
    for said in (run(*again, "--dry-run"), run(*again)):
        assert "This file was taken in before, on " in said
        assert "What is new now, 1, counts beside what that brought." in said
    assert "was taken in before" not in run(*again)


def test_an_unknown_word_can_be_translated_without_editing_the_file(acme, write):
    file = write("id,received_at,What came\nA,2026-03-01,Check-Out\n")
    said = fails("import_leads", file, "--company", "acme", "--map", "What came=booking_status")[1]
    assert '--value "What came:Check-Out=…"' in said
