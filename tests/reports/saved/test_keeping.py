"""Which views a person sees and may change, and what is kept of an address."""

from urllib.parse import parse_qsl, urlencode

import pytest
from django.core.exceptions import ValidationError
from django.http import QueryDict
from hypothesis import given, settings
from hypothesis import strategies as st

from attribution import scope
from attribution.models import Membership
from reports.filters import Address, address_of, ask
from reports.models import DefaultView, SavedView
from reports.saved import keeping
from reports.saved.state import KEPT, MOST_PAIRS, clean_state, pairs_of, state_of
from reports.saved.words import shows
from tests.factories import make_company, make_user

pytestmark = pytest.mark.django_db
STATE = "period=91d&channel=email&sort=-booked_rate&cols=leads&cols=booked_rate"


def names(user, company):
    return [view.name for view in keeping.seen_by(user, company)]


def test_one_sees_ones_own_and_the_teams_and_nobody_elses(company):
    anna, ben = make_user(company), make_user(company)
    keeping.save_new(anna, company, "b of Anna", STATE, shared=False)
    keeping.save_new(anna, company, "a of the team", STATE, shared=True)
    keeping.save_new(ben, company, "c of Ben", STATE, shared=False)
    assert names(anna, company) == ["b of Anna", "a of the team"]
    assert names(ben, company) == ["c of Ben", "a of the team"]


def test_views_of_another_company_and_of_one_that_was_left_are_not_seen(company):
    with scope.all_companies():
        other = make_company()
        anna = make_user(other)
        Membership.objects.create(company=company, user=anna, role="viewer")
        view = keeping.save_new(anna, other, "there", STATE, shared=False)
        keeping.start_with(anna, view)
    assert names(anna, company) == []
    assert keeping.find(anna, view.pk) is None  # out of scope
    with scope.company_scope([other.pk]):
        assert keeping.find(anna, view.pk) == view
    with scope.all_companies():
        Membership.objects.filter(user=anna, company=other).delete()
        del anna._company_roles
        assert keeping.find(anna, view.pk) is None


@pytest.mark.parametrize(
    ("role", "own", "team"),
    [
        ("viewer", True, False),
        ("utm_admin", True, False),
        ("owner", True, True),
        ("company_admin", True, True),
    ],
)
def test_sharing_needs_a_right(company, role, own, team):
    person, other = make_user(company, role), make_user(company, "owner")
    mine = keeping.save_new(person, company, "mine", STATE, shared=False)
    ours = keeping.save_new(other, company, "ours", STATE, shared=True)
    theirs = keeping.save_new(other, company, "theirs", STATE, shared=False)
    may = [keeping.may_change(person, view) for view in (mine, ours, theirs)]
    assert may == [own, team, False]


def test_a_name_is_once_among_ones_own_and_once_among_the_teams(company):
    anna, ben = make_user(company), make_user(company)
    keeping.save_new(anna, company, "  Four   weeks ", STATE, shared=False)
    keeping.save_new(anna, company, "Four weeks", STATE, shared=True)
    keeping.save_new(ben, company, "Four weeks", STATE, shared=False)
    for shared, whose in ((False, "You have"), (True, "The team has")):
        with pytest.raises(ValidationError, match=f"{whose} a view named “Four weeks” already"):
            keeping.save_new(anna, company, "Four weeks", STATE, shared=shared)
    assert SavedView.objects.count() == 3


@pytest.mark.parametrize(
    ("name", "said"), [("  ", "Give the view a name"), ("x" * 81, "at most 80 letters")]
)
def test_a_name_has_between_1_and_80_letters(company, name, said):
    with pytest.raises(ValidationError, match=said):
        keeping.save_new(make_user(company), company, name, STATE, shared=False)
    keeping.save_new(make_user(company), company, "x" * 80, STATE, shared=False)


def test_a_person_saves_100_views_in_a_company(company):
    anna = make_user(company)
    SavedView.objects.bulk_create(
        SavedView(company=company, name=str(n), state=STATE, author=anna, owner=anna)
        for n in range(keeping.MOST)
    )
    with pytest.raises(ValidationError, match="You have saved 100 views in this company"):
        keeping.save_new(anna, company, "one more", STATE, shared=True)
    keeping.save_new(make_user(company), company, "of another", STATE, shared=True)


def test_each_person_starts_with_one_view_and_takes_it_back(company):
    anna, ben = make_user(company), make_user(company)
    first = keeping.save_new(anna, company, "first", STATE, shared=True)
    second = keeping.save_new(anna, company, "second", STATE, shared=False)
    for view in (first, second):
        keeping.start_with(anna, view)
    keeping.start_with(ben, first)
    assert [keeping.default_of(one, company) for one in (anna, ben)] == [second, first]
    keeping.start_plain(anna, company)
    assert keeping.default_of(anna, company) is None
    first.delete()
    assert keeping.default_of(ben, company) is None
    assert DefaultView.objects.count() == 0


def test_what_becomes_ones_own_is_what_others_start_with_no_more(company):
    anna, ben = make_user(company, "owner"), make_user(company)
    view = keeping.save_new(anna, company, "ours", STATE, shared=True)
    for person in (anna, ben):
        keeping.start_with(person, view)
    keeping.change(anna, view, "mine", shared=False)
    assert keeping.default_of(ben, company) is None
    assert keeping.default_of(anna, company) == view
    assert DefaultView.objects.count() == 1


def test_an_account_that_goes_takes_its_own_views_and_leaves_the_teams(company):
    anna = make_user(company)
    keeping.start_with(anna, keeping.save_new(anna, company, "mine", STATE, shared=False))
    keeping.save_new(anna, company, "ours", STATE, shared=True)
    anna.delete()
    [left] = SavedView.objects.all()
    assert (left.name, left.author_id, left.owner_id) == ("ours", None, None)


def test_what_is_kept_is_what_the_report_knows(company):
    sent = (
        "?company=x&view=3&page=2&period=91d&q=a%00b&source=%EF&nonsense=1&medium=caf%C3%A9&sort="
    )
    assert clean_state(sent) == urlencode(
        [("period", "91d"), ("source", "\ufffd"), ("medium", "café")]
    )


@pytest.mark.parametrize("text", ["q=a&" * (MOST_PAIRS + 1), "q=" + "x" * 7_000])
def test_what_could_not_be_opened_again_is_not_kept(text):
    with pytest.raises(ValidationError, match="too many filters"):
        clean_state(text)


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=12)
PAIRS = st.lists(st.tuples(st.sampled_from(sorted(KEPT)), WORDS), max_size=12)


@settings(max_examples=60)
@given(PAIRS)
def test_a_state_that_was_kept_is_kept_the_same_again(pairs):
    state = clean_state(urlencode(pairs))
    assert pairs_of(state) == [pair for pair in pairs if pair[1]]
    assert clean_state(state) == state == state_of(Address(pairs_of(state)))


EVERYTHING = (
    "period=custom&from=2026-03-01&to=2026-03-31&compare=custom&compare_from=2026-01-01"
    "&compare_to=2026-01-31&changes=rows&group=source&then=campaign&then=city&campaign=spring"
    "&channel=email"
    "&source=google&source=bing&medium=cpc&status=active&tag=sale&type=Search&goal=Sell"
    "&goal=%28none%29&segment=b2b&location=Ulm&language=de&campaign_group=Big+%2B+Old"
    "&content=a&term=b&country=DE"
    "&region=Bayern&city=Ulm&visit_channel=email"
    "&origin=google&line=media&kind=test&model=linear&window=14&landing=https%3A&q=spring"
    "&sort=-booked&cols=leads&cols=booked&rows=25"
)


def test_everything_that_the_address_of_a_report_says_is_kept(company):
    """Of each parameter the report knows: none may be forgotten in the list of those that are."""
    given = dict(parse_qsl(EVERYTHING))
    # With such filters there are no figures as closed: tests/reports/closing looks at those.
    assert {*given, "basis", "as"} == KEPT
    # A model goes by the day of receipt alone.
    by_another_day = EVERYTHING.replace("&model=linear&window=14", "&basis=booked")
    for state in (EVERYTHING, by_another_day):
        asked = ask(QueryDict(state), company)
        address = address_of(asked, "-booked", ["leads", "booked"], "25", "rows")
        assert {name for name, _ in address.pairs} - {"company"} <= KEPT
        assert sorted(pairs_of(state_of(address))) == sorted(parse_qsl(state))


def test_what_a_view_shows_is_said_in_words(company):
    found = dict(shows(EVERYTHING, company).facts)
    assert found["Period"] == "1 Mar – 31 Mar 2026"
    assert found["Compared with"] == "1 Jan – 31 Jan 2026"
    assert found["Rows"] == "Source, then by campaign, city"
    assert "Campaign: spring; Channel: E-mail; Source: google; Source: bing" in found["Filters"]
    assert found["Columns"] == "Leads, Booked"
    assert found["Sorted by"] == "Booked, descending"


def test_what_can_no_longer_be_understood_is_said(company):
    told = shows("period=13d&group=moon&channel=pigeon&cols=feathers&sort=beak", company)
    assert len(told.ignored) == 3
    assert all("was ignored" in sentence for sentence in told.ignored)
