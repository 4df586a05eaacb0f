"""Which campaign a name in a link comes near to."""

from attribution.links.campaigns import Known, KnownCampaigns

LOOKED_AT = [Known("implants-search", "Implants"), Known("implants-search-bing", "Implants, Bing")]
DISCOVERED = Known("implant-serach", "implant-serach", discovered=True)


def test_a_misspelt_name_that_leads_brought_in_makes_no_misspelt_word_right():
    known = KnownCampaigns([*LOOKED_AT, DISCOVERED])
    assert known.close_to("implants-serach") == LOOKED_AT[0]


def test_a_name_that_is_near_a_discovered_one_alone_is_told_of_it():
    known = KnownCampaigns([Known("winter", "Winter"), DISCOVERED])
    assert known.close_to("implant serach") == DISCOVERED


def test_a_campaigns_own_name_is_close_to_no_other():
    known = KnownCampaigns([*LOOKED_AT, DISCOVERED])
    assert known.close_to("Implants-Search") is None
    assert known.close_to("something else") is None
