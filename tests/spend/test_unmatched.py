"""Unmatched spend in its groups, and what deciding about platforms' ids does to it."""

from datetime import date

import pytest

from attribution import scope
from attribution.models import Campaign, ExchangeRate
from attribution.repair import law
from attribution.repair.apply import save
from attribution.repair.intents import Action, NameChoice, RepairNames, Undo, from_json, to_json
from attribution.repair.plan import Refused
from reports.query import ReportQuery
from reports.report import run_report
from reports.serialize import as_json
from spend.matching import Name, campaign_of, platform_ids
from spend.models import PlatformId, SpendEntry
from spend.unmatched.groups import GroupKey, Wanted, groups, sources, write_names
from spend.unmatched.mapping import Outdated, confirm, decide
from tests.attribution.import_files import take_in
from tests.factories import make_campaign, make_company, make_spend, make_user

pytestmark = pytest.mark.django_db

GOOGLE = """Campaign report
"March 1, 2026 - March 31, 2026"
Campaign,Campaign ID,Day,Currency code,Impr.,Clicks,Cost
"""
G1, G2 = ("google-ads", "1"), ("google-ads", "2")


@pytest.fixture
def company():
    with scope.all_companies():
        company = make_company(name="Acme", currency="EUR")
        for key in ("a", "b"):
            make_campaign(company, key)
        yield company


def google(*rows, currency="EUR"):
    return GOOGLE + "".join(
        f"{name},{number},{day},{currency},10,1,{cost}\n" for name, number, day, cost in rows
    )


def report(company):
    query = ReportQuery(company=company, start=date(2026, 2, 1), end=date(2026, 4, 30))
    return as_json(run_report(query))


def campaign(company, key):
    return Campaign.objects.get(company=company, key=key).pk


def decided(company, wish, author=None):
    return confirm(company, wish, author, decide(company, wish, author).fingerprint)


def astray(company):
    """Entries that stand elsewhere than names, rules and ids say."""
    book, ids = law.book(company), platform_ids(company)
    return [
        entry
        for entry in SpendEntry.objects.filter(company=company)
        if entry.campaign_id
        != campaign_of(
            Name(
                *(entry.campaign_key, entry.utm_source, entry.utm_medium),
                *(entry.source, entry.platform_id),
            ),
            book,
            ids,
        )
    ]


class TestGroups:
    def test_an_id_goes_before_the_name_and_money_is_kept_by_currency(self, company):
        ExchangeRate.objects.create(
            company=company, day=date(2026, 3, 1), base="EUR", quote="SEK", rate="10"
        )
        take_in(
            company,
            "spend",
            google(("Lost one", 1, "2026-03-01", 10), ("Lost 1", 1, "2026-03-03", 5)),
        )
        foreign = google(("lost one", 1, "2026-03-01", 100), ("lost one", 1, "2026-03-20", 70))
        take_in(company, "spend", foreign.replace("EUR", "SEK"), whole_days=False)
        make_spend(company, "Lost  ONE", 300)
        make_spend(company, "lost one", 400, day=date(2026, 3, 9))
        make_spend(company, "", 50)
        make_spend(company, "a", 99_999)
        found = groups(company)
        assert [group.key for group in found] == [
            GroupKey("google-ads", "1"),
            GroupKey(name="lost one"),
            GroupKey(),
        ]
        first, second, third = found
        # The file in crowns has replaced the entry of its name and day: 100 SEK are 10 EUR.
        assert first.money == [("EUR", 500), ("SEK", 17_000)]
        assert (first.amount_minor, first.entries, first.unknown) == (1_500, 3, 1)
        assert (first.first, first.last) == (date(2026, 3, 1), date(2026, 3, 20))
        assert first.where_from == ["google-ads"]
        assert first.name == ""  # two names: neither may stand for the id
        assert (second.amount_minor, second.entries, second.name) == (700, 2, "lost one")
        assert (third.amount_minor, third.name) == (50, "")
        write_names(company, found)
        assert [group.written for group in found] == [
            ("Lost 1", "Lost one"),
            ("Lost  ONE",),
            (),
        ]
        assert sources(company) == ["form", "google-ads"]

    def test_they_can_be_narrowed(self, company):
        take_in(company, "spend", google(("Lost", 17, "2026-03-01", 10)))
        make_spend(company, "found", 300, day=date(2026, 3, 9))

        def keys(**wanted):
            return [group.key for group in groups(company, Wanted(**wanted))]

        lost, found = GroupKey("google-ads", "17"), GroupKey(name="found")
        assert keys() == [lost, found]
        assert keys(first=date(2026, 3, 2)) == [found]
        assert keys(last=date(2026, 3, 2)) == [lost]
        assert keys(source="form") == [found]
        assert keys(search=" LOST") == keys(search="17") == keys(search="google") == [lost]

    def test_what_has_no_known_amount_comes_last(self, company):
        make_spend(company, "clicks only", None, clicks=5)
        make_spend(company, "cheap", 1)
        assert [group.key.name for group in groups(company)] == ["cheap", "clicks only"]
        assert groups(company)[1].money == []

    def test_a_platform_of_a_very_long_name_is_known_by_names_only(self, company):
        values = {"source": "x" * 40, "platform_id": "5"}
        make_spend(company, "lost", 100, **values)
        assert groups(company)[0].key == GroupKey(name="lost")


class TestIds:
    def test_all_entries_of_the_id_follow_and_come_back(self, company):
        take_in(
            company,
            "spend",
            google(("Lost", 1, "2026-03-01", 10), ("Gone", 1, "2026-03-02", 5)),
        )
        make_spend(company, "lost", 700)
        before = report(company)
        decided(company, {G1: campaign(company, "a")})
        spent = SpendEntry.objects.filter(campaign__key="a")
        assert sorted(spent.values_list("amount_minor", flat=True)) == [500, 1_000]
        assert report(company) != before
        assert [group.key for group in groups(company)] == [GroupKey(name="lost")]
        assert not astray(company)
        decided(company, {G1: None})
        assert report(company) == before
        assert not astray(company)
        assert not PlatformId.objects.exists()

    def test_several_ids_of_one_campaign_at_once(self, company):
        take_in(company, "spend", google(("x", 1, "2026-03-01", 1), ("y", 2, "2026-03-01", 2)))
        author = make_user(company, "company_admin")
        decided(company, dict.fromkeys((G1, G2), campaign(company, "b")), author)
        assert {one.author for one in PlatformId.objects.all()} == {author}
        assert not groups(company)

    def test_the_same_id_of_another_platform_stays(self, company):
        make_spend(company, "x", 100, source="meta-ads", platform_id="1")
        make_spend(company, "x", 200, source="google-ads:eu", platform_id="1")
        decided(company, {G1: campaign(company, "a")})
        assert [group.key for group in groups(company)] == [GroupKey("meta-ads", "1")]

    def test_later_files_find_it(self, company):
        take_in(company, "spend", google(("x", 1, "2026-03-01", 1)))
        decided(company, {G1: campaign(company, "a")})
        take_in(company, "spend", google(("quite another name", 1, "2026-03-02", 1)))
        assert not groups(company)
        assert not astray(company)

    def test_what_was_decided_meanwhile_is_seen(self, company):
        take_in(company, "spend", google(("x", 1, "2026-03-01", 1)))
        wish = {G1: campaign(company, "a")}
        shown = decide(company, wish, None).fingerprint
        decided(company, {G1: campaign(company, "b")})
        with pytest.raises(Refused, match="has been decided by now"):
            confirm(company, wish, None, shown)
        with pytest.raises(Refused, match="not known any more"):
            decide(company, {G2: None}, None)
        with pytest.raises(Refused, match="not there any more"):
            decide(company, {G2: 987_654}, None)
        shown = decide(company, {G1: None}, None).fingerprint
        save(company, merging(company, "b", "a"), None)
        with pytest.raises(Outdated):
            confirm(company, {G1: None}, None, shown)
        assert PlatformId.objects.get().campaign.key == "b"
        assert SpendEntry.objects.get().campaign.key == "a"

    def test_owners_decide_about_their_own_campaigns(self, company):
        owner, other = make_user(company, "owner"), make_user(company, "owner")
        Campaign.objects.filter(key="a").update(owner=owner)
        Campaign.objects.filter(key="b").update(owner=other)
        take_in(company, "spend", google(("x", 1, "2026-03-01", 1)))
        with pytest.raises(Refused, match="belongs to another owner"):
            decide(company, {G1: campaign(company, "b")}, owner)
        decided(company, {G1: campaign(company, "a")}, owner)
        with pytest.raises(Refused, match="belongs to another owner"):
            decide(company, {G1: None}, other)

    def test_owners_take_nothing_from_the_campaigns_of_others(self, company):
        owner, other = make_user(company, "owner"), make_user(company, "owner")
        Campaign.objects.filter(key="a").update(owner=owner)
        Campaign.objects.filter(key="b").update(owner=other)
        make_spend(company, "b", 100, source="google-ads", platform_id="1")
        make_spend(company, "x", 100, source="google-ads", platform_id="1")
        with pytest.raises(Refused, match="belongs to another owner"):
            decide(company, {G1: campaign(company, "a")}, owner)

    def test_an_id_of_a_withdrawn_campaign_says_nothing_until_it_is_back(self, company):
        make_spend(company, "new", 100, source="google-ads", platform_id="2")
        made = save(company, RepairNames((NameChoice(key="new", action=Action.MAKE),)), None)
        make_spend(company, "x", 100, source="google-ads", platform_id="1")
        decided(company, {G1: campaign(company, "new")})
        save(company, Undo(made.pk), None)
        assert len(groups(company)) == 2
        assert not astray(company)
        save(company, RepairNames((NameChoice(key="new", action=Action.MAKE),)), None)
        assert not groups(company)
        assert not astray(company)

    def test_learning_an_id_matches_what_waited_under_it(self, company):
        take_in(company, "spend", google(("old name", 1, "2026-03-01", 10)))
        take_in(company, "spend", google(("a", 1, "2026-03-02", 20)))
        assert not groups(company)
        assert not astray(company)


def merging(company, source, target):
    from attribution.repair.intents import Merge

    return Merge((campaign(company, source),), campaign(company, target))


class TestNames:
    def test_a_rule_takes_them_and_undoing_it_gives_them_back(self, company):
        make_spend(company, "lost", 100)
        make_spend(company, "gone", 50)
        before = report(company)
        wish = RepairNames(
            tuple(
                NameChoice(key=key, action=Action.ASSIGN, campaign=campaign(company, "a"))
                for key in ("lost", "gone")
            )
        )
        assert from_json(to_json(wish)) == wish
        repair = save(company, wish, None)
        assert repair.title == "2 names of spend"
        version = repair.ruleversions.get()
        assert version.values == ["gone", "lost"]
        assert not groups(company)
        save(company, Undo(repair.pk), None)
        assert report(company) == before
        assert not astray(company)

    def test_one_becomes_a_campaign_and_undoing_it_gives_it_back(self, company):
        make_spend(company, "Brand new", 100)
        before = report(company)
        choice = NameChoice(
            key="brand new", action=Action.MAKE, name="Brand New!", channel="display"
        )
        repair = save(company, RepairNames((choice,)), None)
        made = SpendEntry.objects.get().campaign
        assert (made.key, made.name, made.channel) == ("brand new", "Brand New!", "display")
        assert repair.title == "brand new: made a campaign"
        save(company, Undo(repair.pk), None)
        assert report(company) == before
        assert [group.key.name for group in groups(company)] == ["brand new"]

    def test_what_cannot_be_decided_is_refused(self, company):
        def refused(*choices):
            with pytest.raises(Refused) as found:
                save(company, RepairNames(choices), None)
            return str(found.value)

        empty = NameChoice(key="", action=Action.MAKE)
        assert "names no campaign" in refused(empty)
        assert "Tick the names" in refused()
        twice = NameChoice(key="x", action=Action.MAKE)
        assert "chosen twice" in refused(twice, twice)
        there = NameChoice(key="a", action=Action.MAKE)
        assert "already" in refused(there)
