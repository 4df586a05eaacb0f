"""The import pages: three steps, what they say of a file, and how a file is read differently."""

import pytest

from attribution import scope
from attribution.models import ImportRun, Lead
from tests.attribution.uploads import BAD, GOOD, address, confirm, upload, waiting_run, words
from tests.factories import make_company, make_user


@pytest.fixture
def owner(company):
    return make_user(company, "owner")


@pytest.fixture
def signed_in(client, owner):
    client.force_login(owner)
    return client


# The three steps


def test_a_good_file_is_shown_first_and_saved_when_confirmed(signed_in, company, owner):
    answer = upload(signed_in, company)
    run = ImportRun.objects.get()
    assert answer.url == address("import_check", run.token)
    page = words(signed_in.get(answer.url))
    assert "Rows 2 New 2 Changed 0 Same as before 0 Errors 0" in page
    assert not Lead.objects.exists()
    done = confirm(signed_in, run)
    assert done.redirect_chain[-1][0] == address("import_done", run.token)
    assert Lead.objects.count() == 2
    page = words(done)
    assert "2 rows were imported" in page
    assert owner.username in page
    assert "1 Mar – 4 Mar 2026" in page
    asked = f"company={company.slug}&amp;from=2026-03-01&amp;to=2026-03-04"
    assert f"/admin/reports/overview/?{asked}" in done.content.decode()
    assert f"/admin/attribution/lead/?{asked}" in done.content.decode()


def test_the_list_of_these_days_opens(signed_in, company):
    done = confirm(signed_in, waiting_run(signed_in, company))
    rows = signed_in.get(done.context["rows_url"])
    assert rows.status_code == 200
    assert "L1" in words(rows)


def test_the_first_step_explains_columns_and_offers_a_sample_that_goes_in(signed_in, company):
    page = words(signed_in.get(address("import")))
    assert "received_at required" in page
    sample = b"".join(signed_in.get(address("import_sample")).streaming_content)
    run = waiting_run(signed_in, company, sample)
    assert "Errors 0" in words(signed_in.get(address("import_check", run.token)))


def test_only_companies_with_the_right_can_be_chosen(signed_in, company, owner):
    with scope.all_companies():
        seen_only, foreign = make_company(), make_company()
        make_user(seen_only, "company_admin")
        seen_only.membership_set.create(user=owner, role="viewer")
    page = signed_in.get(address("import")).content.decode()
    assert company.slug in page
    assert f'value="{seen_only.slug}"' not in page
    for other in (seen_only, foreign):
        answer = upload(signed_in, other)
        assert answer.status_code == 200
        assert "company" in answer.context["form"].errors


# What is wrong with a file


def test_errors_name_row_column_value_and_way_out_and_leave_no_button(signed_in, company):
    run = waiting_run(signed_in, company, BAD)
    answer = signed_in.get(address("import_check", run.token))
    page = words(answer)
    assert "Errors ✗ 1" in page
    assert "2 received_at not a day" in page
    assert address("process_import") not in answer.content.decode()


def test_a_confirmation_without_the_button_saves_nothing_either(signed_in, company):
    run = waiting_run(signed_in, company, GOOD + "L3,not a day,Spring\n")
    page = words(confirm(signed_in, run))
    assert not Lead.objects.exists()
    assert "The file was refused" in page
    assert "not a day" in page


def test_all_errors_can_be_downloaded(signed_in, company):
    rows = "".join(f"L{n},bad {n},x\n" for n in range(150))
    run = waiting_run(signed_in, company, "id,received_at,utm_campaign\n" + rows)
    page = signed_in.get(address("import_check", run.token))
    assert "The first 100 of 150" in words(page)
    file = signed_in.get(address("import_errors", run.token))
    lines = b"".join(file.streaming_content).decode("utf-8-sig").splitlines()
    assert len(lines) == 151
    assert lines[0] == "row,column,value,problem,what to do"
    assert lines[150].startswith("151,received_at,bad 149,")


def test_a_file_that_is_no_table_is_refused_at_once_in_one_sentence(signed_in, company):
    answer = upload(signed_in, company, "<html></html>", name="leads.csv")
    assert answer.status_code == 200
    assert "only CSV and XLSX are read" in words(answer)
    assert not ImportRun.objects.exists()


def test_a_page_full_of_errors_and_columns_stays_small(signed_in, company):
    headers = ["id", "received_at", *(f"{'wide ' * 20}{n}" for n in range(98))]
    row = ",".join("bad" * 10 for _ in headers)
    text = "\n".join([",".join(headers), *[row] * 1000])
    run = waiting_run(signed_in, company, text)
    answer = signed_in.get(address("import_check", run.token))
    assert answer.context["outcome"].error_count
    assert len(answer.content) <= 300_000


def test_click_ids_are_offered_to_headings_that_may_mean_one(signed_in, company):
    """And proposed to no other, however much it sounds like one: mkt_tok."""
    text = "received_at,Google Click ID,Town,mkt_token\n2026-03-01,x,Graz,y\n"
    run = waiting_run(signed_in, company, text)
    form = signed_in.get(address("import_check", run.token)).context["form"]
    offered = {field.label: [name for name, _ in field.field.choices] for field in form.columns()}
    assert "gclid" in offered["Google Click ID"]
    assert "gclid" not in offered["Town"]
    assert "city" in offered["Town"]
    assert form.proposed == {"Town": "city"}


# Reading a file differently


def columns_of(answer):
    """The form of the check page as a browser would send it back."""
    form = answer.context["form"]
    return {name: form[name].value() or "" for name in form.fields}


def choose(answer, **wanted):
    """The same form with other columns chosen, by heading."""
    form, posted = answer.context["form"], columns_of(answer)
    for number, header in enumerate(form.headers):
        if header in wanted:
            posted[f"column_{number}"] = wanted.pop(header)
    return posted | wanted


def test_a_heading_that_is_not_known_can_be_assigned(signed_in, company):
    run = waiting_run(signed_in, company, "id,received_at,Werbung\nL1,2026-03-01,Spring\n")
    url = address("import_check", run.token)
    page = signed_in.get(url)
    assert "Columns not used: Werbung" in words(page)
    signed_in.post(url, choose(page, Werbung="utm_campaign"))
    assert "Columns not used" not in words(signed_in.get(url))
    confirm(signed_in, run)
    assert Lead.objects.get().campaign.key == "spring"


def test_a_missing_column_is_one_error_with_a_way_out_on_this_page(signed_in, company):
    run = waiting_run(signed_in, company, "id,Wann\nL1,01.03.2026\n")
    url = address("import_check", run.token)
    page = signed_in.get(url)
    assert "--map" not in words(page)
    assert "Say which column it is, under “Read the file differently”" in words(page)
    signed_in.post(url, choose(page, Wann="received_at"))
    page = signed_in.get(url)
    assert "Errors ✗ 1" in words(page)
    signed_in.post(url, choose(page, day_order="dmy"))
    confirm(signed_in, run)
    assert Lead.objects.get().day.isoformat() == "2026-03-01"


def test_a_column_that_is_recognised_can_become_another(signed_in, company):
    text = "id,received_at,created,utm_campaign\nL1,2026-03-01,2026-03-09,x\n"
    run = waiting_run(signed_in, company, text)
    url = address("import_check", run.token)
    signed_in.post(url, choose(signed_in.get(url), created="received_at", received_at="booked_at"))
    confirm(signed_in, run)
    assert Lead.objects.get().day.isoformat() == "2026-03-09"


def test_values_are_translated_and_constants_set(signed_in, company):
    text = "id,booking_status\nL1,1\nL2,0\n"
    run = waiting_run(signed_in, company, text)
    url = address("import_check", run.token)
    said = {
        "constants": "received_at = 2026-01-15\n",
        "values": "booking_status: 1 = completed\n",
    }
    signed_in.post(url, choose(signed_in.get(url), **said))
    page = signed_in.get(url)
    assert "Errors 0" in words(page)
    assert columns_of(page)["constants"].strip() == "received_at = 2026-01-15"
    confirm(signed_in, run)
    assert Lead.objects.filter(completed=True).count() == 1


@pytest.mark.parametrize("said", [{"constants": "received_at"}, {"values": "no colon = 1"}])
def test_a_line_that_says_nothing_is_explained(signed_in, company, said):
    run = waiting_run(signed_in, company)
    url = address("import_check", run.token)
    answer = signed_in.post(url, choose(signed_in.get(url), **said))
    assert answer.status_code == 200
    assert "Write:" in words(answer)
