"""Campaigns called "Total: …" among the totals of a report: sums by hand."""

import pytest

from attribution import scope
from spend.formats.rows import PART, UNCLEAR, WHOLE
from tests.attribution.import_files import check
from tests.factories import make_company
from tests.spend.formats.files_of_spend import laid_out
from tests.spend.formats.test_files_of_others import GOOGLE, read

HEAD = "Campaign,Campaign status,Currency code,Cost\n"
SHOES = "Shoes,Enabled,EUR,40.00\nBoots,Enabled,EUR,60.00\n"  # 100.00


def report(*rows, head=HEAD, text=SHOES):
    """In euros, of a month."""
    return GOOGLE.format("2026-03-01 - 2026-03-31", head + text + "\n".join(rows))


def counted(text):
    """The sum of the rows that count, and why others do not."""
    _, rows, skipped = read(text)
    return sum(row[3] for row in rows), skipped


class TestByTheTotalOfAll:
    def test_what_it_holds_is_a_campaign(self):
        """40 + 60 + 25 = 125, which the report says."""
        text = report("Total: Brand,Enabled,EUR,25.00", "Total: Account, --,EUR,125.00")
        assert counted(text) == (12500, [WHOLE])

    def test_what_it_holds_already_is_a_total(self):
        rows = ["Total: Brand, --,EUR,40.00", "Total: Boots, --,EUR,60.00"]
        text = report(*rows, "Total: Account, --,EUR,100.00")
        assert counted(text) == (10000, [PART, PART, WHOLE])

    def test_one_may_be_a_campaign_beside_totals(self):
        """40 + 60 + 25 = 125; 125 of the search network are a part of them, and not more."""
        rows = ["Total: Brand,Enabled,EUR,25.00", "Total: Search, --,EUR,125.00"]
        text = report(*rows, "Total: Campaigns, --,EUR,125.00")
        assert counted(text) == (12500, [PART, WHOLE])

    def test_rows_may_have_been_rounded(self):
        rows = [
            f"c{number},Enabled,EUR,0.33" for number in range(30)
        ]  # of a third: 10.00, not 9.90
        text = report(
            "Total: Brand,Enabled,EUR,5.00",
            "Total: Account, --,EUR,15.00",
            text="\n".join(rows) + "\n",
        )
        assert counted(text) == (1490, [WHOLE])

    @pytest.mark.parametrize(("total", "added"), [("305.00", 30500), ("300.00", 30000)])
    def test_of_many_rows_its_amount_is_no_rounding(self, total, added):
        """1,200 of 0.25 are 300.00: half a cent of each would be 6.00."""
        text = "".join(f"c{number},Enabled,EUR,0.25\n" for number in range(1200))
        rows = ["Total: Brand,Enabled,EUR,5.00", f"Total: Account, --,EUR,{total}"]
        assert counted(report(*rows, text=text))[0] == added


class TestWithoutATotalOfAll:
    @pytest.mark.parametrize(
        ("row", "skipped"),
        [
            ("Total: Everything, --,EUR,100.00", [PART]),  # 40 + 60, by another name
            ("Total: Search, --,EUR,70.00", [PART]),  # a network of Google's
            ("Total: Suchnetzwerk, --,EUR,70.00", [PART]),
            ("Total: Máximo rendimiento, --,EUR,70.00", [PART]),
            ("Total: Génération de demande, --,EUR,70.00", [PART]),
            ("Total: Brand, --,EUR,0.00", [PART]),
        ],
    )
    def test_totals(self, row, skipped):
        assert counted(report(row)) == (10000, skipped)

    def test_a_total_of_rows_that_name_what_it_is_of(self):
        head = "Campaign,Product,Currency code,Cost\n"
        text = "A,Brand,EUR,40.00\nB,Other,EUR,60.00\nC,Brand,EUR,5.00\n"
        assert counted(report("Total: Brand, --,EUR,45.00", head=head, text=text)) == (
            10500,
            [PART],
        )

    def test_a_campaign_has_a_status(self):
        assert counted(report("Total: Brand,Paused,EUR,25.00")) == (12500, [])

    @pytest.mark.parametrize(
        "row",
        [
            "Total: Brand,--,EUR,25.00",  # neither a status nor a sum
            "Total: Brand,Paused,EUR,100.00",  # a status, and 40 + 60
            "Total: Search,Paused,EUR,25.00",  # a status, and a network of Google's
        ],
    )
    def test_what_nobody_can_tell_is_asked(self, db, row):
        text = report(row)
        assert laid_out(text).skip(row.split(",")).reason == UNCLEAR.reason
        with scope.all_companies():
            company = make_company(currency="EUR")
        [error] = check(company, "spend", text).errors
        assert (error.line, error.column, error.value) == (6, "Campaign", row.split(",")[0])
        assert error.way_out.startswith("Delete the row if it is a total")


def test_without_a_campaign_a_total_has_a_label_and_says_nothing_else():
    """40 + 60 + 5 = 105: the campaign's name was lost, its type was not."""
    head = "Campaign status,Campaign,Campaign type,Currency code,Cost\n"
    text = "Enabled,Shoes,Search,EUR,40.00\nEnabled,Boots,Search,EUR,60.00\n"
    lost = "Enabled,,Display,EUR,5.00"
    total = "Łącznie: kampanie, --, --,EUR,105.00"
    assert counted(report(lost, total, head=head, text=text)) == (10500, [PART])


@pytest.mark.parametrize("heading", ["Campaign ID", "Day"])
def test_a_report_with_ids_or_days_needs_no_sums(heading):
    text = report(head=f"Campaign,{heading},Currency code,Cost\n", text="")
    assert not laid_out(text).rules.names
    id_or_day = "17" if heading == "Campaign ID" else "2026-03-01"
    rows = [f"Total: Brand,{id_or_day},EUR,25.00", "Total: Search, --,EUR,25.00"]
    assert counted(text + "\n".join(rows)) == (2500, [PART])
