"""Flags of notes in a chart: however near their days are, each can be read and tapped."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from reports.notes.flags import FINGER, NARROWEST, Flag, Mark, apart, flags


def lone(*places):
    """One note at each of these places, in per cent of the width."""
    marks = [Mark(number, date(2026, 3, 1), "Fair") for number in range(1, len(places) + 1)]
    return [Flag([one], x, x) for one, x in zip(marks, places, strict=True)]


def test_neighbours_share_a_flag_where_a_chart_has_no_room_for_two():
    notes = lone(10, 14, 50)
    assert [one.words for one in apart(notes, 1000)] == ["1", "2", "3"]
    assert [one.words for one in apart(notes, 300)] == ["1–2", "3"]  # 12 px between the first two
    assert apart(notes, 300)[0].middle(300) == 12


@given(st.lists(st.floats(1, 99), max_size=30), st.sampled_from(list(NARROWEST.values())))
def test_flags_never_touch_and_lose_no_note(places, width):
    notes = lone(*sorted(places))
    found = apart(notes, width)
    assert [one.number for flag in found for one in flag.notes] == list(range(1, len(notes) + 1))
    for wider in (width, 2 * width):
        middles = [flag.middle(width) * wider / 100 for flag in found]
        for flag, other, here, there in zip(found, found[1:], middles, middles[1:], strict=False):
            assert there - here >= max(flag.half + other.half, FINGER)
    for flag in found:
        assert flag.middle(width) * width / 100 - flag.half + 1e-9 >= 0
        assert flag.middle(width) * width / 100 + flag.half <= width + 1e-9


def test_a_flag_leads_to_its_first_note_and_says_all():
    placed = {0: lone(0)[0].notes, 1: [Mark(2, date(2026, 3, 2), "A <b>stand</b>")]}
    drawn = flags(placed, lambda place: 10.0 + place, 194)
    assert drawn.count('href="#note-1"') == len(NARROWEST) and "#note-2" not in drawn
    assert "<title>Note 1: Fair; Note 2: A &lt;b&gt;stand&lt;/b&gt;</title>" in drawn
    assert drawn.count(">1–2</text>") == len(NARROWEST)
    assert not flags({}, float, 194)
