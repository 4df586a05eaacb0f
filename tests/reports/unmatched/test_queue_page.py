"""The page of unmatched spend: what it shows to whom, and what it makes of what is chosen."""

import pytest
from django.urls import reverse

from attribution import scope
from attribution.models import Campaign, Membership, Repair, RepairDraft
from attribution.repair.apply import save
from attribution.repair.intents import Action, NameChoice, RuleText, SaveRule, from_json
from attribution.verdict import Field, How
from spend.models import PlatformId, SpendEntry
from tests.factories import make_campaign, make_company, make_spend, make_user
from tests.reports.repair.pages import text_of
from tests.reports.unmatched.queue import BY_ID, IDS, NAMELESS, SLIP, URL, confirmed, sent


def rows_of(answer):
    return {tuple(row.group.key): row for row, __ in answer.context["rows"]}


def errors_of(answer):
    assert not RepairDraft.objects.exists()
    assert not PlatformId.objects.exists()
    form = answer.context["sent"]
    return [*form.errors, form.reason_error, *(one for row in form.rows for one in row.errors)]


class TestWhatItShows:
    def test_every_group_with_its_money(self, client, sign_in, queue):
        sign_in()
        answer = client.get(URL)
        assert list(rows_of(answer)) == [BY_ID, SLIP, NAMELESS]
        text = text_of(answer)
        assert "€37.50 of spend matches no campaign: 3 groups, 4 entries." in text
        assert "Herbst [DE] google-ads, campaign id 77 came from google-ads:eu €30.00 2" in text
        assert "2 Mar – 4 Mar 2026" in text
        assert "Unmatched spend counts in all totals." in text

    def test_a_suggestion_is_filled_in_but_never_ticked(self, client, sign_in, queue):
        sign_in()
        row = rows_of(client.get(URL))[SLIP]
        assert (row.action, row.to, row.ticked) == ("assign", "autumn_clearance", False)
        assert "Autumn clearance. Differs by a slip of typing" in row.offer

    @pytest.mark.parametrize(
        ("role", "by_id", "by_name"),
        [
            ("company_admin", ["assign", "make"], ["assign", "make"]),
            ("owner", ["assign"], []),
            ("utm_admin", ["make"], ["assign", "make"]),
            ("viewer", [], []),
        ],
    )
    def test_everybody_sees_it_and_who_can_decide(
        self, client, sign_in, queue, role, by_id, by_name
    ):
        sign_in(role)
        answer = client.get(URL)
        rows = rows_of(answer)
        assert [one.value for one in rows[BY_ID].actions] == by_id
        assert [one.value for one in rows[SLIP].actions] == by_name
        assert rows[NAMELESS].actions == []
        text = text_of(answer)
        assert ("Preview what is chosen" in text) is (role != "viewer")
        if not by_name:
            assert "UTM admins and company admins send a name to a campaign" in text
        if "assign" not in by_id:
            assert "Owners and company admins say whose a platform&#x27;s id is." in text
        if role == "viewer":
            assert client.post(URL, sent((BY_ID, "assign", "x"))).status_code == 403

    def test_owners_choose_from_their_own_campaigns(self, client, sign_in, company, queue):
        owner = sign_in("owner")
        make_campaign(company, "mine", owner=owner)
        make_campaign(company, "theirs", owner=make_user(company, "owner"))
        offered = {one.key for one in client.get(URL).context["campaigns"]}
        assert offered == {"mine", "autumn_clearance"}

    def test_it_can_be_narrowed_and_says_what_it_ignored(self, client, sign_in, queue):
        sign_in()
        assert list(rows_of(client.get(URL, {"source": "google-ads:eu"}))) == [BY_ID]
        assert list(rows_of(client.get(URL, {"q": "CLEARENCE"}))) == [SLIP]
        days = {"from": "2026-03-03", "to": "2026-03-31"}
        answer = client.get(URL, days)
        assert list(rows_of(answer)) == [BY_ID]
        assert "€10.00 of spend matches no campaign (3 Mar – 31 Mar 2026)" in text_of(answer)
        assert "No unmatched spend is like this." in text_of(client.get(URL, {"q": "nothing"}))
        assert len(rows_of(client.get(URL, {"source": "never was", "page": "9"}))) == 3
        assert "was ignored" in text_of(client.get(URL, {"period": "eon"}))

    def test_an_empty_queue_says_so(self, client, sign_in, company):
        sign_in()
        assert "Nothing to match: all spend has a campaign." in text_of(client.get(URL))

    def test_a_name_that_a_rule_leaves_alone_leads_to_the_rule(
        self, client, sign_in, company, queue
    ):
        text = RuleText(field=Field.CAMPAIGN, how=How.EXACT, values=("autumn_clearence",))
        rule = save(company, SaveRule(text), None).ruleversions.get().rule_id
        sign_in()
        answer = client.get(URL)
        row = rows_of(answer)[SLIP]
        assert row.actions == []
        assert reverse("reports:rule", args=[rule]) in answer.content.decode()

    def test_who_can_decide_about_none_of_them_is_offered_no_button(
        self, client, sign_in, company, queue
    ):
        """Owners decide about ids; a name is sent to its campaign by those who repair."""
        sign_in("owner")
        assert "Preview what is chosen" in client.get(URL).content.decode()
        SpendEntry.objects.exclude(platform_id="").delete()
        alone = client.get(URL).content.decode()
        assert "autumn_clearence" in alone
        assert "UTM admins and company admins send a name to a campaign" in alone
        assert "Preview what is chosen" not in alone
        refused = client.post(URL, {"reason": ""}).content.decode()
        assert "Tick the groups first." in refused
        assert "autumn_clearence" in refused  # under the name that it has

    def test_fifty_a_page_and_as_many_queries_as_for_one(
        self, client, sign_in, company, queue, django_assert_max_num_queries
    ):
        sign_in()
        for number in range(52):
            make_spend(company, f"name {number}", 10, source="google-ads", platform_id=str(number))
        with django_assert_max_num_queries(15):
            answer = client.get(URL)
        assert len(rows_of(answer)) == 50
        second = client.get(URL + answer.context["next_url"])
        assert len(rows_of(second)) == 5
        assert len(answer.content) < 200_000

    def test_spend_of_other_companies_is_not_there(self, client, sign_in, queue):
        user = sign_in()
        with scope.all_companies():
            other = make_company(name="Alpine", slug="alpine")
            Membership.objects.create(company=other, user=user, role="viewer")
            make_spend(other, "skiing", 100)
        assert "skiing" not in client.get(URL + "?company=" + "company").content.decode()
        assert "skiing" in client.get(URL + "?company=alpine").content.decode()
        assert client.get(URL + "?company=never").status_code == 404

    def test_the_home_page_and_the_report_lead_here(self, client, sign_in, company, queue):
        sign_in()
        text = client.get("/admin/reports/overview/?from=2026-03-01&to=2026-03-31").content.decode()
        assert f"{URL}?company={company.slug}&amp;from=2026-03-01&amp;to=2026-03-31" in text


class TestByItsId:
    def test_seen_confirmed_and_taken_back(self, client, sign_in, company, queue):
        user = sign_in()
        answer = client.post(URL, sent((BY_ID, "assign", "Autumn clearance"), reason=""))
        text = text_of(answer)
        assert not PlatformId.objects.exists()
        assert "google-ads 77 → Autumn clearance" in text
        assert "herbst [de] 77 not matched → Autumn clearance 2 €30.00" in text
        # 2–4 March: 10.00 before, 40.00 afterwards, for four leads.
        assert "Autumn clearance €10.00 → €40.00 €2.50 → €10.00 worse" in text
        assert "Spend not matched €7.50 from €37.50" in text
        assert "All spend €47.50 unchanged" in text
        assert "Confirm: match 2 entries" in text
        done = client.post(URL, confirmed(answer))
        assert done["Location"] == f"{URL}?company={company.slug}"
        known = PlatformId.objects.get()
        assert (known.platform, known.external_id, known.author) == ("google-ads", "77", user)
        after = client.get(URL)
        assert BY_ID not in rows_of(after)
        assert "The id is known from now on." in after.content.decode()

        listed = text_of(client.get(IDS))
        assert "77 google-ads Autumn clearance" in listed
        removal = client.post(IDS, {"remove": known.pk})
        assert "google-ads 77 → Autumn clearance not known any more" in text_of(removal)
        assert "Spend not matched €37.50 from €7.50" in text_of(removal)
        back = client.post(IDS, confirmed(removal))
        assert back["Location"] == f"{IDS}?company={company.slug}"
        assert not PlatformId.objects.exists()
        assert BY_ID in rows_of(client.get(URL))

    def test_what_changed_meanwhile_is_said_and_nothing_saved(
        self, client, sign_in, company, queue
    ):
        sign_in()
        answer = client.post(URL, sent((BY_ID, "assign", "autumn_clearance")))
        twice = client.post(URL, confirmed(answer, shown="something else"))
        assert twice.status_code == 409
        assert "Something else was decided meanwhile." in text_of(twice)
        assert not PlatformId.objects.exists()
        client.post(URL, confirmed(answer))
        again = client.post(URL, confirmed(answer))
        assert again.status_code == 409
        assert "has been decided by now" in text_of(again)

    @pytest.mark.parametrize(
        "wish",
        [
            *("", "[]", "[1, 2, 3]", '["a", "b", "c"]', '["a", "b", true]'),
            *('["a", "b\\u0000", 1]', '["a", "\\ud800", 1]', f'["a", "b", {2**70}]'),
            '["a", "b", 987654321]',
        ],
    )
    def test_tampering_decides_nothing(self, client, sign_in, queue, wish):
        sign_in()
        data = {"shown": "x", "wish": wish, "then": "https://elsewhere.example/"}
        assert client.post(URL, data).status_code == 409
        assert not PlatformId.objects.exists()

    def test_owners_and_their_own_campaigns(self, client, sign_in, company, queue, autumn):
        owner, other = sign_in("owner"), make_user(company, "owner")
        Campaign.objects.filter(pk=autumn.pk).update(owner=other)
        answer = client.post(URL, sent((BY_ID, "assign", "autumn_clearance")))
        assert "belongs to another owner" in " ".join(errors_of(answer))
        Campaign.objects.filter(pk=autumn.pk).update(owner=owner)
        answer = client.post(URL, sent((BY_ID, "assign", "autumn_clearance")))
        client.post(URL, confirmed(answer))
        assert PlatformId.objects.count() == 1
        client.force_login(other)
        assert client.get(IDS).context["rows"][0][1] is False
        known = PlatformId.objects.get()
        assert "belongs to another owner" in text_of(client.post(IDS, {"remove": known.pk}))
        client.force_login(make_user(company, "viewer"))
        assert client.post(IDS, {"remove": known.pk}).status_code == 403
        assert client.post(IDS, {"remove": known.pk, "shown": "x"}).status_code == 403


class TestByItsName:
    def test_goes_the_way_of_repairs(self, client, sign_in, company, queue, autumn):
        sign_in("utm_admin")
        answer = client.post(URL, sent((SLIP, "assign", "autumn_clearance")))
        draft = RepairDraft.objects.get()
        where = reverse("reports:preview", args=[draft.token])
        assert answer["Location"].startswith(f"{where}?period=custom&from=2026-03-02&to=2026-03-02")
        (choice,) = from_json(draft.intent).choices
        assert choice == NameChoice(
            key="autumn_clearence", action=Action.ASSIGN, campaign=autumn.pk
        )
        page = client.get(answer["Location"])
        assert "Spend that goes with its name" in text_of(page)
        assert page.context["back_url"] == f"{URL}?company={company.slug}"
        assert "Confirm: move €7.00 of spend" in text_of(page)  # of no lead, and not of nothing
        done = client.post(where, {"shown": page.context["plan"].fingerprint}, follow=True)
        assert "€7.00 of spend moved." in done.content.decode()
        assert SpendEntry.objects.get(campaign_key="autumn_clearence").campaign == autumn
        repair = Repair.objects.get()
        assert repair.reason == "a slip in the file"
        back = client.post(
            reverse("reports:repair", args=[repair.pk]), {"reason": "it was none"}, follow=True
        )
        assert "Undo: move €7.00 of spend back" in text_of(back)

    def test_becomes_a_campaign(self, client, sign_in, queue):
        sign_in()
        client.post(URL, sent((SLIP, "make", "Autumn, second")))
        (choice,) = from_json(RepairDraft.objects.get().intent).choices
        assert choice == NameChoice(
            key="autumn_clearence", action=Action.MAKE, name="Autumn, second", channel="paid_search"
        )

    def test_ids_first_then_names(self, client, sign_in, company, queue):
        sign_in()
        both = sent((BY_ID, "assign", "autumn_clearance"), (SLIP, "assign", "autumn_clearance"))
        answer = client.post(URL, both)
        assert "comes next" in text_of(answer)
        done = client.post(URL, confirmed(answer))
        draft = RepairDraft.objects.get()
        assert done["Location"].startswith(reverse("reports:preview", args=[draft.token]))
        assert client.get(done["Location"]).status_code == 200
        elsewhere = confirmed(answer, then="//elsewhere.example/")
        assert "elsewhere" not in client.post(URL, elsewhere).content.decode()


class TestWhatIsWrong:
    def test_stands_beside_it_and_nothing_is_lost(self, client, sign_in, queue):
        sign_in()

        def errors(*rows, **others):
            return " ".join(errors_of(client.post(URL, sent(*rows, **others))))

        assert "Tick the groups first." in errors()
        assert "Choose a campaign of the list" in errors((BY_ID, "assign", ""))
        assert "No campaign is called “nobody”" in errors((BY_ID, "assign", "nobody"))
        assert "Choose what to do." in errors((BY_ID, "explode", "x"))
        assert "Say why" in errors((SLIP, "assign", "autumn_clearance"), reason="")
        assert "Nothing names its campaign" in errors((NAMELESS, "assign", "autumn_clearance"))
        gone = client.post(URL, sent((("google-ads", "1", ""), "assign", "autumn_clearance")))
        assert "“google-ads 1” is not unmatched any more" in text_of(gone)
        kept = client.post(URL, sent((BY_ID, "assign", "nobody")))
        row = rows_of(kept)[BY_ID]
        assert (row.to, row.ticked) == ("nobody", True)
        assert "Herbst [DE]" in text_of(kept)
        broken = {"key-1": "{", "tick-1": "on", "key-x": "[]", "key-2": "[1,2,3]"}
        assert client.post(URL, broken).status_code == 200


class TestKnownIds:
    def test_they_are_found_by_any_of_their_texts(
        self, client, sign_in, company, autumn, django_assert_max_num_queries
    ):
        user = sign_in()
        spring = make_campaign(company, "spring", name="Frühling")
        for number, campaign in enumerate([autumn, spring] * 30):
            PlatformId.objects.create(
                company=company,
                platform="meta-ads",
                external_id=str(1000 + number),
                campaign=campaign,
                author=user,
            )
        with django_assert_max_num_queries(15):
            answer = client.get(IDS)
        assert len(answer.context["rows"]) == 50
        assert len(client.get(IDS + answer.context["next_url"]).context["rows"]) == 10
        assert len(client.get(IDS, {"q": "FRÜH"}).context["rows"]) == 30
        assert len(client.get(IDS, {"q": "1059"}).context["rows"]) == 1
        assert "No known id is like this." in text_of(client.get(IDS, {"q": "x" * 300}))

    def test_one_that_is_gone_says_so(self, client, sign_in, company):
        sign_in()
        for number in ("", "x", "9" * 30, "7"):
            answer = client.post(IDS, {"remove": number})
            assert "somebody has removed it" in text_of(answer)
