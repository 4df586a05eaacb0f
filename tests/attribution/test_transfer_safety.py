"""The import pages under attack, or simply used twice: rights, tokens, hostile files."""

import re
import zipfile
from datetime import timedelta
from io import BytesIO

import pytest
from django.contrib import admin
from django.utils import timezone

from attribution import scope
from attribution.models import ImportRun, Lead
from attribution.transfer import waiting
from tests.attribution.uploads import (
    BAD,
    GOOD,
    LEADS,
    address,
    confirm,
    upload,
    waiting_run,
    words,
)
from tests.factories import make_company, make_lead, make_user

BOOKINGS = "attribution_booking"
SPEND = "spend_spendentry"
FILES = {
    LEADS: GOOD,
    BOOKINGS: "id,lead,status\nB1,known,booked\n",
    SPEND: "day,campaign,amount\n2026-03-01,spring,10.00\n",
}
MAY_IMPORT = {"owner", "company_admin"}
ROLES = ("viewer", "owner", "utm_admin", "company_admin")


@pytest.fixture
def owner(company):
    return make_user(company, "owner")


@pytest.fixture
def signed_in(client, owner):
    client.force_login(owner)
    return client


# Whose file, and for how long


def test_a_strangers_token_is_not_found(signed_in, client, company):
    run = waiting_run(signed_in, company)
    pages = [address(name, run.token) for name in ("import_check", "import_errors", "import_done")]
    colleague = make_user(company, "company_admin")
    with scope.all_companies():
        foreigner = make_user(make_company(), "company_admin")
    root = make_user(is_superuser=True)
    for user in (colleague, foreigner, root):
        client.force_login(user)
        for page in pages:
            assert client.get(page).status_code == 404, (user, page)
            assert client.post(page).status_code in (404, 405), (user, page)
        posted = client.post(address("process_import"), {"token": run.token})
        assert posted.status_code == 404, user
    assert not Lead.objects.exists()


def test_an_unknown_token_and_another_models_token_are_not_found(signed_in, company):
    run = waiting_run(signed_in, company)
    assert signed_in.get(address("import_check", "x" * 43)).status_code == 404
    assert signed_in.get(address("import_check", run.token, model=BOOKINGS)).status_code == 404
    answer = signed_in.post(address("process_import", model=BOOKINGS), {"token": run.token})
    assert answer.status_code == 404
    assert signed_in.post(address("process_import")).status_code == 404


def test_who_has_lost_the_right_confirms_no_longer(signed_in, company, owner):
    run = waiting_run(signed_in, company)
    owner.membership_set.update(role="viewer")
    assert signed_in.get(address("import_check", run.token)).status_code == 404
    posted = signed_in.post(address("process_import"), {"token": run.token})
    assert posted.status_code == 403
    assert not Lead.objects.exists()


def test_a_file_nobody_confirmed_is_cleared_by_the_next_upload(signed_in, company):
    old = waiting_run(signed_in, company)
    long_ago = timezone.now() - waiting.KEPT_FOR - timedelta(minutes=1)
    ImportRun.objects.filter(pk=old.pk).update(started_at=long_ago)
    new = waiting_run(signed_in, company, GOOD + "L3,2026-03-05,x\n")
    old.refresh_from_db()
    new.refresh_from_db()
    assert old.file_content is None
    assert new.file_content
    assert "no longer here" in words(signed_in.get(address("import_check", old.token)))
    assert signed_in.get(address("import_errors", old.token)).status_code == 404
    confirm(signed_in, old)
    assert not Lead.objects.exists()


# Once


def test_a_second_confirmation_says_already_imported(signed_in, company):
    run = waiting_run(signed_in, company)
    confirm(signed_in, run)
    again = confirm(signed_in, run)
    assert "was already imported" in again.content.decode()
    assert Lead.objects.count() == 2
    assert signed_in.get(address("import_check", run.token)).status_code == 302


def test_the_same_file_again_says_so_before_anything_is_done(signed_in, company):
    confirm(signed_in, waiting_run(signed_in, company))
    run = waiting_run(signed_in, company)
    answer = signed_in.get(address("import_check", run.token))
    assert "already imported" in words(answer)
    assert address("process_import") not in answer.content.decode()


def test_the_file_is_gone_once_it_is_in(signed_in, company):
    run = waiting_run(signed_in, company)
    confirm(signed_in, run)
    run.refresh_from_db()
    assert run.state == ImportRun.State.DONE
    assert run.file_content is None


# Rights


@pytest.mark.parametrize("model", FILES)
@pytest.mark.parametrize("role", [*ROLES, None, "anonymous"])
def test_the_right_to_import(client, company, role, model):
    make_lead(company, external_id="known")
    if role == "anonymous":
        expected = 302
    else:
        client.force_login(make_user(company if role else None, role or ""))
        expected = 200 if role in MAY_IMPORT else 403 if role else 302
    assert client.get(address("import", model=model)).status_code == expected
    assert client.get(address("import_sample", model=model)).status_code == expected
    answer = upload(client, company, FILES[model], model=model)
    run = ImportRun.objects.first()
    if role not in MAY_IMPORT:
        assert answer.status_code == expected
        assert run is None
        posted = client.post(address("process_import", model=model), {"token": "x"})
        assert posted.status_code == expected
    else:
        assert "imported" in words(confirm(client, run, model))
        assert ImportRun.objects.get().new == FILES[model].count("\n") - 1


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("model", FILES)
def test_the_list_offers_import_only_with_the_right(client, company, role, model):
    client.force_login(make_user(company, role))
    page = client.get(address("changelist", model=model)).content.decode()
    assert (address("import", model=model) in page) == (role in MAY_IMPORT)


@pytest.mark.parametrize("page", ["import_sample", "import_errors", "import_done"])
def test_pages_that_only_show_take_no_post(signed_in, company, page):
    args = [] if page == "import_sample" else [waiting_run(signed_in, company).token]
    assert signed_in.post(address(page, *args)).status_code == 405


def test_only_a_post_confirms(signed_in, company):
    run = waiting_run(signed_in, company)
    answer = signed_in.get(address("process_import"), {"token": run.token})
    assert answer.status_code == 405
    assert not Lead.objects.exists()


def test_only_csv_and_xlsx(signed_in):
    pages = admin.site.get_model_admin(Lead)
    names = [one().get_title() for one in pages.get_import_formats()]
    assert names == ["csv", "xlsx"]
    assert [one().get_title() for one in pages.get_export_formats()] == names


# Hostile files

ATTACK = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'


def test_file_names_headings_and_cells_are_shown_as_text(signed_in, company):
    cell = ATTACK.replace('"', '""')
    text = f'id,received_at,"{cell}"\n"{cell}","{cell}",x\n'
    run = waiting_run(signed_in, company, text, name="<img src=x onerror=alert(1)>.csv")
    page = signed_in.get(address("import_check", run.token)).content.decode()
    assert "&lt;img src=x" in page
    run = waiting_run(signed_in, company, f'id,received_at,"{cell}"\n"{cell}",2026-03-01,x\n')
    ImportRun.objects.filter(pk=run.pk).update(file_name=ATTACK)
    check = signed_in.get(address("import_check", run.token)).content.decode()
    done = confirm(signed_in, run).content.decode()
    again = confirm(signed_in, run).content.decode()
    for html in (page, check, done, again):
        assert "<img src=x" not in html
        assert "<script>alert" not in html


INLINE = re.compile(
    r"<[^>]*\s(style|on\w+)=|<script(?![^>]*\ssrc=)(?![^>]*json)|<style|javascript:"
)


def test_no_page_has_inline_code_or_style(signed_in, company):
    bad = waiting_run(signed_in, company, BAD)
    good = waiting_run(signed_in, company)
    pages = [
        signed_in.get(address("import")),
        upload(signed_in, company, "", name="empty.csv"),
        signed_in.get(address("import_check", bad.token)),
        signed_in.get(address("import_check", good.token)),
        confirm(signed_in, good),
        signed_in.get(address("changelist")),
        signed_in.get(address("export")),
    ]
    for page in pages:
        assert page.status_code == 200
        assert not INLINE.search(page.content.decode())
    assert INLINE.search('<p style="color:red">')  # the search itself finds something
    assert INLINE.search("<script>alert(1)</script>")


def bomb_of_cells():
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"<row/>" * 10_000_000)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"a," * 5000 + b"b\n" + b"1\n", "columns"),
        (b"id,received_at\n" + b"x" * 100_000 + b",2026-03-01\n", "characters"),
        (b"id\n" + b"1\n" * 100_001, "rows"),
        (b"a: &a [x]\nb: *a\n", "Errors ✗"),
        (b"id,received_at\n1,2026-03-01,3,4\n", "4 cells"),
        (bomb_of_cells, "unpacks"),
    ],
    ids=["empty", "columns", "cell", "rows", "yaml", "long row", "zip bomb"],
)
def test_a_file_beyond_the_limits_is_refused_in_words(signed_in, company, content, said):
    answer = upload(signed_in, company, content() if callable(content) else content)
    if answer.status_code == 302:
        answer = signed_in.get(answer.url)
    assert answer.status_code == 200
    assert said in words(answer)
    assert address("process_import") not in answer.content.decode()
    assert not Lead.objects.exists()


def test_an_upload_over_the_limit_is_refused(signed_in, company, settings):
    settings.UPLOAD_MAX_BYTES = 100
    answer = upload(signed_in, company, GOOD + "x" * 100)
    assert "at most" in words(answer)
    assert not ImportRun.objects.exists()
