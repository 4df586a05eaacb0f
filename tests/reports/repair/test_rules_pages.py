"""The pages of UTM rules: the list, the box to test a link, and the form of one rule."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from attribution import scope
from attribution.models import Membership, Reading, Repair, RepairDraft, Rule, RuleVersion
from attribution.repair import rules as shipped
from attribution.repair.intents import (
    MoveRule,
    RuleText,
    SaveRule,
    ShipRules,
    SwitchRule,
    from_json,
)
from attribution.verdict import Field, How
from tests.factories import make_campaign, make_company, make_lead

URL = "/admin/reports/utm-rules/"
ADD = "/admin/reports/utm-rule/add/"


@pytest.fixture
def made(company):
    """Adds rules, each at the end of its list."""
    with scope.all_companies():
        RuleVersion.objects.filter(company=company).update(is_off=True)  # those that came along
        repair = Repair.objects.create(
            company=company, kind="rule", title="Rules", made_at=company.created_at
        )

    def add(*values, field="campaign", how="exact", at=None, **others):
        rule = Rule.objects.create(company=at or company, field=field)
        given = {"how": how, "values": list(values), "position": 100 + rule.pk} | others
        RuleVersion.objects.create(company=at or company, repair=repair, rule=rule, **given)
        return rule.pk

    return add


def rows(client, **asked):
    return client.get(URL, asked).context["rows"]


def asked_for(client, address, data):
    """What the draft asks for that was made of the form."""
    answer = client.post(address, data)
    assert answer.status_code == 302, answer.context["form"].errors
    draft = RepairDraft.objects.get()
    assert answer["Location"] == reverse("reports:preview", args=[draft.token])
    assert draft.reason == data["reason"]
    return from_json(draft.intent)


def faults(client, address, data):
    answer = client.post(address, data)
    assert answer.status_code == 200
    assert not RepairDraft.objects.exists()
    return {name: list(errors) for name, errors in answer.context["form"].errors.items()}


class TestList:
    def test_rules_in_their_order_with_what_they_say_and_what_they_were_used_for(
        self, client, sign_in, company, autumn, made
    ):
        make_lead(company, "autum_clearnce")
        make_lead(company, "autum_clearnce")
        first = made("autum_clearnce", "autumn clearnce", campaign=autumn, note="Meta ads")
        made("session-", how="prefix")
        made("autum_clearnce", campaign=autumn, only_source="google")
        Reading.objects.update(campaign_rule=first)
        sign_in()
        one, two, three = rows(client)
        assert (one.number, one.says) == (
            *(1, "utm_campaign is one of autum_clearnce, autumn clearnce"),
        )
        assert (one.becomes, one.note, one.usage.leads) == ("Autumn clearance", "Meta ads", 2)
        assert (two.says, two.becomes) == ("utm_campaign begins with session-", "left unattributed")
        assert (two.usage, two.hidden_by) == (None, "")
        assert (three.only, three.hidden_by) == ("only: source google", "hidden by rule 1")
        text = client.get(URL).content.decode()
        assert "2 Mar 2026" in text
        assert text.count("never used") == 2

    def test_each_field_has_a_list_of_its_own(self, client, sign_in, company, made):
        made("news", field="medium", text="email")
        made("a")
        off = made("b", is_off=True)
        sign_in()
        (medium,) = rows(client, field="medium")
        assert (medium.number, medium.says, medium.becomes) == (1, "utm_medium is news", "email")
        assert [(row.number, row.is_off) for row in rows(client)] == [(1, False), (2, True)]
        assert rows(client)[1].id == off
        assert len(rows(client, field="nonsense")) == 2

    def test_many_rules_come_in_pages(self, client, sign_in, made):
        for number in range(52):
            made(f"name {number}")
        sign_in()
        answer = client.get(URL)
        assert len(answer.context["rows"]) == 50
        second = client.get(URL + answer.context["next_url"]).context["rows"]
        assert [row.number for row in second] == [51, 52]
        assert (second[0].is_first, second[1].is_last) == (False, True)

    def test_the_number_of_queries_does_not_grow(self, client, sign_in, company, autumn, made):
        made("a", campaign=autumn)
        sign_in()
        client.get(URL)
        with CaptureQueriesContext(connection) as few:
            client.get(URL)
        for number in range(20):
            made(f"name {number}", campaign=autumn)
            make_lead(company, f"name {number}")
        with CaptureQueriesContext(connection) as many:
            client.get(URL)
        assert len(many) == len(few) <= 15


class TestButtons:
    @pytest.mark.parametrize(
        ("button", "intent"),
        [
            ("up", MoveRule(7, up=True)),
            ("down", MoveRule(7, up=False)),
            ("off", SwitchRule(7)),
            ("on", SwitchRule(7, on=True)),
        ],
    )
    def test_each_leads_to_a_preview(self, client, sign_in, company, button, intent):
        sign_in()
        assert asked_for(client, URL, {"reason": "order", button: "7"}) == intent

    def test_a_reason_is_asked_for(self, client, sign_in, company):
        sign_in()
        assert faults(client, URL, {"up": "7"}) == {
            "reason": ["Say why: it stands in the history."]
        }

    @pytest.mark.parametrize("data", [{}, {"up": "x"}, {"up": "²"}, {"off": "9" * 40}])
    def test_a_form_that_no_page_has_sent(self, client, sign_in, company, data):
        sign_in()
        assert faults(client, URL, {"reason": "x"} | data) == {
            "__all__": ["Choose what to do with which rule."]
        }

    def test_rules_that_come_along_are_offered_where_they_are_missing(
        self, client, sign_in, company
    ):
        sign_in()
        text = client.get(URL, {"field": "source"}).content.decode()
        assert f"{len(shipped.SHIPPED)} rules that make Facebook" in text
        assert asked_for(client, URL, {"reason": "one source", "ship": "yes"}) == ShipRules()

    def test_they_are_not_offered_where_they_are(self, client, sign_in, made):
        for one in shipped.SHIPPED:
            made(*one.values, field="source", text=one.text)
        sign_in()
        answer = client.get(URL, {"field": "source"})
        assert "Preview adding them" not in answer.content.decode()
        assert len(answer.context["rows"]) >= len(shipped.SHIPPED)


class TestTestBox:
    def test_each_step_stands_there_in_words(self, client, sign_in, autumn, made):
        made("aut", how="prefix")
        made("autum_clearnce", campaign=autumn)
        made("fb", field="source", text="facebook")
        made("zzz", field="source", text="zzz")
        sign_in()
        link = "https://e.org/?utm_source=FB&utm_medium=CPC&utm_campaign=Autum_clearnce"
        tested = client.get(URL, {"test": link, "field": "medium"}).context["tested"]
        steps = dict(tested.steps)
        assert steps["As captured"] == (
            "utm_source “FB”, utm_medium “CPC”, utm_campaign “Autum_clearnce”"
        )
        assert steps["Tidy"] == "utm_source “fb”, utm_medium “cpc”, utm_campaign “autum_clearnce”"
        assert steps["Source"].startswith("“fb” becomes “facebook” by rule ")
        assert steps["Source"].endswith("(utm_source is fb).")
        assert steps["Medium"] == "No rule speaks of it: “cpc”"
        assert steps["Campaign"] == (
            "No campaign is called “autum_clearnce”: the lead makes it, as a discovered one. "
            "It is left without a campaign by rule 1 (utm_campaign begins with aut)."
        )
        assert steps["Also matched, but later"] == "rule 2 (utm_campaign is autum_clearnce)"
        assert tested.result == "Counts for no campaign, source facebook, medium cpc."

    def test_a_new_name_that_is_near_a_known_one_is_told_of_it(self, client, sign_in, autumn):
        sign_in()
        answer = client.get(URL, {"test": "https://e.org/?utm_campaign=autum_clearnce"})
        assert answer.context["tested"].result.startswith(
            "Counts for the new campaign “autum_clearnce”, source empty"
        )
        text = answer.content.decode()
        assert "The new name is close to “Autumn clearance”" in text
        assert "value=autum_clearnce&amp;campaign=autumn_clearance" in text

    def test_a_known_name_a_merged_one_and_none(self, client, sign_in, company, autumn):
        make_campaign(company, "autumn", name="Autumn", merged_into=autumn)
        sign_in()

        def campaign(link):
            tested = client.get(URL, {"test": f"https://e.org/{link}"}).context["tested"]
            return dict(tested.steps)["Campaign"], tested.result.split(", source")[0]

        assert campaign("?utm_campaign=autumn_clearance") == (
            "It counts for the campaign of that name.",
            "Counts for “Autumn clearance”",
        )
        assert campaign("?utm_campaign=autumn") == (
            "It counts for the campaign of that name. That has become part of “Autumn clearance”.",
            "Counts for “Autumn clearance”",
        )
        assert campaign("?utm_source=news") == (
            "It has none: Source or medium, but no campaign. No rule speaks of such leads.",
            "Counts for no campaign",
        )

    def test_testing_writes_nothing(self, client, sign_in, company):
        sign_in()
        client.get(URL, {"test": "https://e.org/?utm_campaign=new"})
        assert not Reading.objects.exists()
        assert company.campaign_set.count() == 0


class TestForm:
    GOOD = {"how": "exact", "values": "Autum_Clearnce\n\n autumn clearnce ", "reason": "typo"}

    def test_a_rule_on_campaigns(self, client, sign_in, autumn):
        sign_in()
        data = self.GOOD | {"campaign": "Autumn clearance", "note": "Meta", "only_source": "fb"}
        assert asked_for(client, ADD, data) == SaveRule(
            RuleText(
                field=Field.CAMPAIGN,
                how=How.EXACT,
                values=("Autum_Clearnce", "autumn clearnce"),
                only_source="fb",
                campaign=autumn.pk,
                note="Meta",
            )
        )

    def test_a_rule_on_sources(self, client, sign_in, company):
        sign_in()
        data = {"how": "contains", "values": "faceb", "text": "facebook", "reason": "x"}
        assert asked_for(client, f"{ADD}?field=source", data) == SaveRule(
            RuleText(field=Field.SOURCE, how=How.CONTAINS, values=("faceb",), text="facebook")
        )

    def test_leads_without_a_name_are_left(self, client, sign_in, company):
        sign_in()
        data = {"how": "exact", "values": "", "only_reason": "direct", "leave": "on", "reason": "x"}
        assert asked_for(client, ADD, data) == SaveRule(
            RuleText(field=Field.CAMPAIGN, how=How.EXACT, values=("",), only_reason="direct")
        )

    @pytest.mark.parametrize(
        ("changed", "faulty"),
        [
            ({"values": "-"}, "values"),
            ({"values": ""}, "values"),
            ({"reason": ""}, "reason"),
            ({"campaign": "nobody"}, "campaign"),
            ({"campaign": ""}, "campaign"),
            ({"leave": "on"}, "campaign"),
            ({"how": "regex"}, "how"),
            ({"only_reason": "direct"}, "values"),
            ({"only_reason": "by_person"}, "only_reason"),
        ],
    )
    def test_what_is_wrong_stands_beside_its_field(self, client, sign_in, autumn, changed, faulty):
        sign_in()
        data = self.GOOD | {"campaign": "autumn_clearance"} | changed
        assert list(faults(client, ADD, data)) == [faulty]

    def test_what_another_page_knows_is_filled_in(self, client, sign_in, company):
        sign_in()
        form = client.get(f"{ADD}?value=a&value=b&campaign=c").context["form"]
        assert (form["values"].value(), form["campaign"].value()) == ("a\nb", "c")

    def test_a_rule_is_shown_as_it_is_and_may_say_something_else(
        self, client, sign_in, autumn, made
    ):
        made("other")
        pk = made("autum", how="prefix", campaign=autumn, only_medium="cpc", note="n")
        sign_in()
        page = f"/admin/reports/utm-rule/{pk}/"
        answer = client.get(page)
        assert "Rule 2 on campaigns" in answer.content.decode()
        form = answer.context["form"]
        shown = {name: form[name].value() for name in ("how", "values", "campaign", "only_medium")}
        assert shown == {
            "how": "prefix",
            "values": "autum",
            "campaign": "autumn_clearance",
            "only_medium": "cpc",
        }
        data = shown | {"values": "autumn", "reason": "wider", "note": "n"}
        text = RuleText(
            field=Field.CAMPAIGN,
            how=How.PREFIX,
            values=("autumn",),
            only_medium="cpc",
            campaign=autumn.pk,
            note="n",
        )
        assert asked_for(client, page, data) == SaveRule(text, pk)

    def test_the_same_rule_is_not_added_twice(self, client, sign_in, autumn, made):
        made("autum_clearnce", "autumn clearnce", campaign=autumn)
        sign_in()
        data = self.GOOD | {"campaign": "autumn_clearance"}
        assert faults(client, ADD, data) == {"values": ["This is what rule 1 already says."]}

    def test_a_rule_whose_repair_was_undone_is_not_there(self, client, sign_in, company, made):
        pk = made("a")
        Repair.objects.update(undone_at=company.created_at)
        sign_in()
        assert client.get(f"/admin/reports/utm-rule/{pk}/").status_code == 404


class TestRoles:
    @pytest.mark.parametrize("role", ["viewer", "owner"])
    def test_others_neither_see_nor_change_rules(self, client, sign_in, made, role):
        page = f"/admin/reports/utm-rule/{made('a')}/"
        sign_in(role)
        for address in (URL, ADD, page):
            assert client.get(address).status_code == 403
            assert client.post(address, {"reason": "x", "up": "1"}).status_code == 403

    @pytest.mark.parametrize("role", ["utm_admin", "company_admin"])
    def test_those_who_repair_do(self, client, sign_in, made, role):
        page = f"/admin/reports/utm-rule/{made('a')}/"
        sign_in(role)
        assert [client.get(one).status_code for one in (URL, ADD, page)] == [200, 200, 200]

    def test_rules_of_another_company_are_not_there(self, client, sign_in, made):
        with scope.all_companies():
            other = make_company(slug="other")
            foreign = made("a", at=other)
        user = sign_in()
        assert client.get(f"/admin/reports/utm-rule/{foreign}/").status_code == 404
        assert client.get("/admin/reports/utm-rule/987654/").status_code == 404
        assert client.get(f"{URL}?company=other").status_code == 404
        with scope.all_companies():
            Membership.objects.create(company=other, user=user, role="viewer")
        assert client.get(f"{URL}?company=other").status_code == 403
