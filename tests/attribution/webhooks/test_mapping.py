"""Declared mappings: names, constants and lists, checked before they are used."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attribution.capture.items import Refused
from attribution.webhooks import mapping, paths

DATA = {
    "contact": {"first": "Anna", "last": "Berg", "mail": "", "other mail": "anna@example.org"},
    "fields": [{"name": "city", "value": "Graz"}, {"name": "n", "value": 7}],
    "at": 1772445600,
    "exact": 1772445600123,
    "price": Decimal("12.50"),
    "hot": "yes",
    "state": "Confirmed",
    "tags": ["a", "b"],
    "answers": {"Your e-mail?": "x@example.org"},
}


def lead(**ways):
    return mapping.check({"lead": ways}).read("lead", DATA)[0]


def test_paths_lead_through_objects_and_lists():
    assert paths.find(DATA, "contact.first") == "Anna"
    assert paths.find(DATA, "fields.0.value") == "Graz"
    assert paths.find(DATA, "fields[name=n].value") == 7
    assert paths.find(DATA, 'answers."Your e-mail?"') == "x@example.org"
    for nothing in ("contact.middle", "fields.9.value", "contact.first.x", "fields[name=x].value"):
        assert paths.find(DATA, nothing) is None


@pytest.mark.parametrize(
    "path", ["", ".", "a.", "a..b", "a[b]", "a[=b]", 'a."b', '"a"b', "[", "x" * 301]
)
def test_a_path_that_cannot_be_read_is_refused(path):
    with pytest.raises(paths.BadPath):
        paths.parse(path)


@given(
    st.text(max_size=40), st.recursive(st.none() | st.integers() | st.text(max_size=5), st.lists)
)
def test_no_path_breaks_anything(path, data):
    try:
        paths.find(data, path)
    except paths.BadPath as problem:
        assert str(problem)


def test_the_first_way_that_says_something_counts():
    assert lead(email=["contact.mail", "contact.other mail"]) == {"email": "anna@example.org"}
    assert lead(email=["contact.mail", {"constant": "none@example.org"}]) == {
        "email": "none@example.org"
    }


def test_texts_are_joined_and_lists_written_out():
    assert lead(name={"join": ["contact.first", "contact.middle", "contact.last"]}) == {
        "name": "Anna Berg"
    }
    assert lead(city="tags") == {"city": "a, b"}


def test_numbers_are_moments_amounts_or_texts():
    assert lead(received_at="at") == {"received_at": "2026-03-02T10:00:00+00:00"}
    assert lead(received_at="exact") == {"received_at": "2026-03-02T10:00:00.123000+00:00"}
    assert lead(id="at") == {"id": "1772445600"}
    mapped = mapping.check({"booking": {"value": "price", "id": "price"}})
    assert mapped.read("booking", DATA)[0] == {"value": Decimal("12.50"), "id": "12.50"}


def test_their_words_become_ours_whatever_their_capitals():
    said = {"booking": {"status": "state"}, "words": {"status": {"confirmed": "booked"}}}
    assert mapping.check(said).read("booking", DATA)[0] == {"status": "booked"}


def test_only_some_events_are_taken():
    mapped = mapping.check({"only": {"state": ["Confirmed"]}})
    assert mapped.takes(DATA)
    assert not mapped.takes({"state": "Draft"})


def test_marks_are_yes_or_no():
    assert lead(hot="hot") == {"hot": True}
    with pytest.raises(Refused, match="neither yes nor no"):
        lead(hot="state")


def test_a_path_to_an_object_is_said_and_not_guessed():
    with pytest.raises(Refused, match="name the value inside"):
        lead(name="contact")


def test_constants_alone_find_nothing():
    assert mapping.check({"lead": {"utm_medium": {"constant": "form"}}}).read("lead", DATA) == (
        {"utm_medium": "form"},
        False,
    )


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ([], "a JSON object"),
        ({"leads": {}}, "no part of a mapping"),
        ({"lead": {"mail": "a"}}, "no field of a lead"),
        ({"booking": {"email": "a"}}, "no field of a booking"),
        ({"lead": {"email": 7}}, "Write a path"),
        ({"lead": {"email": {"regex": "(a+)+"}}}, "Write a path"),
        ({"lead": {"email": {"constant": "x" * 501}}}, "at most 500"),
        ({"lead": {"email": ["a"] * 11}}, "1 to 10 ways"),
        ({"lead": {"email": [["a"]]}}, "no other list"),
        ({"lead": {"name": {"join": [7]}}}, "list of paths"),
        ({"lead": {"email": "a..b"}}, "between two points"),
        ({"words": {"status": ["x"]}}, "their word"),
        ({"only": {"a": "b"}}, "a list of texts"),
    ],
)
def test_a_mapping_that_cannot_be_used_says_why(said, problem):
    with pytest.raises(mapping.BadMapping, match=problem):
        mapping.check(said)


def test_what_a_company_says_goes_before_what_the_tool_says():
    own = mapping.check({"lead": {"email": "mine"}, "words": {"status": {"x": "booked"}}})
    tool = mapping.check(
        {"lead": {"email": "a", "id": "b"}, "words": {"status": {"y": "cancelled"}}}
    )
    both = own.over(tool)
    assert both.lead == {"email": "mine", "id": "b"}
    assert both.words == {"status": {"y": "cancelled", "x": "booked"}}
