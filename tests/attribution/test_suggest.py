"""What is suggested for a name that nobody knows, and above all what is not."""

import random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from attribution.suggest import Candidate, Likeness, Refusal, Suggester, Suggestion, Why
from attribution.variants import folded, meanings

# A company's campaigns, as the table below meets them.
CAMPAIGNS = (
    "autumn_clearance",
    "spring_sale",
    "retargeting_us",
    "retargeting_uk",
    "retargeting_de",
    "newsletter_q3",
    "newsletter_q4",
    "black_friday_2025",
    "black_friday_2026",
    "webinar_march",
    "webinar_october",
    "landingpage_v1",
    "implants-test-a",
    "shoes_men",
    "shoes_women",
    "prospecting lookalike 2%",
    "display-remarketing",
    "search-brand",
    "search-competitor",
    "invisalign_consultation",
    "jardín y terraza",
    "frühjahrsputz",
    "messe_münchen",
    "hochzeit saal",
    "leadgenus_form",
    "coupon 10€",
    "summer party 🎉",
    "распродажа_осень",
    "春のセール開催中",
    "kitchen_studio_austria",
    "open_house_monday",
    "teeth_whitening_small",
    "premium_membership",
    "google_ads_video",
    "3_for_2_glasses",
    "flights_us_uk",
    "photo_book",
    "photo_brook",
    "winner_takes_all",
    "anniversary_gala_dinner",
)

OFFERED = {
    # Slips of typing.
    "autum_clearnce": "autumn_clearance",
    "autumn_clearence": "autumn_clearance",
    "autumnn_clearance": "autumn_clearance",
    "autmun_clearance": "autumn_clearance",
    "atumn_clearance": "autumn_clearance",
    "spirng_sale": "spring_sale",
    "spring_slae": "spring_sale",
    "sprring_sale": "spring_sale",
    "newslettr_q3": "newsletter_q3",
    "newsletetr_q4": "newsletter_q4",
    "blak_friday_2025": "black_friday_2025",
    "black_firday_2026": "black_friday_2026",
    "webinr_march": "webinar_march",
    "webinar_ocotber": "webinar_october",
    "landingpaeg_v1": "landingpage_v1",
    "implnats-test-a": "implants-test-a",
    "shooes_women": "shoes_women",
    "prospectng lookalike 2%": "prospecting lookalike 2%",
    "display-remarketting": "display-remarketing",
    "search-compettior": "search-competitor",
    "invisaling_consultation": "invisalign_consultation",
    "invislign_consultaton": "invisalign_consultation",
    "frühjarsputz": "frühjahrsputz",
    "fruehjahrsputz": "frühjahrsputz",
    "kitchen_stduio_austria": "kitchen_studio_austria",
    "open_huose_monday": "open_house_monday",
    "retargetng_us": "retargeting_us",
    "retagreting_uk": "retargeting_uk",
    "anniversry_gala_dinner": "anniversary_gala_dinner",
    "anniversary_gala_dinnner": "anniversary_gala_dinner",
    "psring_sale": "spring_sale",
    "распрдажа_осень": "распродажа_осень",
    "premuim_membership": "premium_membership",
    "implants-tests-a": "implants-test-a",
    "search-brands": "search-brand",
    "teeth_whitening_smal": "teeth_whitening_small",
    "photo_broook": "photo_brook",
    # The same words, written otherwise.
    "spring-sale": "spring_sale",
    "springsale": "spring_sale",
    "spring.sale": "spring_sale",
    "sale_spring": "spring_sale",
    "blackfriday2025": "black_friday_2025",
    "black friday/2025": "black_friday_2025",
    "2025_black_friday": "black_friday_2025",
    "q3_newsletter": "newsletter_q3",
    "newsletter q 3": "newsletter_q3",
    "jardin y terraza": "jardín y terraza",
    "messe_munchen": "messe_münchen",
    "frühjahrs-putz": "frühjahrsputz",
    "brand_search": "search-brand",
    "retargeting-us": "retargeting_us",
    "prospecting-lookalike-2": "prospecting lookalike 2%",
    "leadgen_us_form": "leadgenus_form",
    # The same.
    "retargeting_uk": "retargeting_uk",
    "summer party 🎉": "summer party 🎉",
    "春のセール開催中": "春のセール開催中",
}

REFUSED = {
    # Regions and languages.
    "retargeting_ux": Why.VARIANT,
    "retargeting_fr": Why.NOTHING_NEAR,
    "retargeting_dee": Why.VARIANT,
    "retargetingux": Why.MORE_WORDS,
    "leadgenuk_form": Why.VARIANT,
    "leadgen_form": Why.NOTHING_NEAR,
    "kitchen_studio_australia": Why.VARIANT,
    "uk_us_flights": Why.NOTHING_NEAR,
    "flights_uk_us": Why.NOTHING_NEAR,
    # Periods.
    "newsletter_q2": Why.NUMBER,
    "newsletter_q": Why.NUMBER,
    "black_friday_2024": Why.NUMBER,
    "black_friday_20255": Why.NUMBER,
    "black_friday_26": Why.NUMBER,
    "black_friday": Why.NOTHING_NEAR,
    "black_friday_2025_2": Why.NUMBER,
    "webinar_may": Why.NOTHING_NEAR,
    "webinar_marc": Why.VARIANT,
    "webinar_märz": Why.NOTHING_NEAR,
    "open_house_sunday": Why.VARIANT,
    "open_house_onday": Why.OTHER_WORD,
    # Numbers, versions, sizes, audiences, tests.
    "landingpage_v2": Why.NUMBER,
    "landingpage_w1": Why.VARIANT,
    "implants-test-b": Why.VARIANT,
    "implants-test": Why.VARIANT,
    "shoes_man": Why.VARIANT,
    "shoes_woman": Why.VARIANT,
    "shoes_kids": Why.NOTHING_NEAR,
    "prospecting lookalike 3%": Why.NUMBER,
    "display-retargeting": Why.VARIANT,
    "search-branded": Why.NOTHING_NEAR,
    "coupon 20€": Why.NUMBER,
    "coupon 10$": Why.NUMBER,
    "summer party 🎃": Why.NUMBER,
    "premier_membership": Why.VARIANT,
    "2_for_3_glasses": Why.NOTHING_NEAR,
    "spring_sale_2": Why.NUMBER,
    "spring_sales_new": Why.NOTHING_NEAR,
    # Other words.
    "photo_bok": Why.SHORT_WORD,
    "springxsale": Why.MORE_WORDS,
    "spring_tale": Why.OTHER_WORD,
    "the_spring_sale": Why.NOTHING_NEAR,
    "winter_takes_all": Why.OTHER_WORD,
    "anniversary_gala_diner": Why.OTHER_WORD,
    "夏のセール開催中": Why.SHORT_WORD,
    "google_ads_vido": Why.VARIANT,
    "hochzeit_wahl": Why.NOTHING_NEAR,
    "open_horse_monday": Why.OTHER_WORD,
    # Nothing to compare.
    "q3": Why.TOO_SHORT,
    "us": Why.TOO_SHORT,
    "": Why.TOO_SHORT,
    "???": Why.TOO_SHORT,
    "6215762744671": Why.NOTHING_NEAR,
    "{{campaign.name}}": Why.NOTHING_NEAR,
    "something else": Why.NOTHING_NEAR,
}


def suggester(*names):
    return Suggester(Candidate(name, number) for number, name in enumerate(names))


ALL = suggester(*CAMPAIGNS)


def test_the_table_is_large_and_of_both_kinds():
    assert len(OFFERED) >= 30
    assert len(REFUSED) >= 30


@pytest.mark.parametrize(("value", "meant"), OFFERED.items())
def test_it_is_offered(value, meant):
    answer = ALL.suggest(value)
    assert isinstance(answer, Suggestion), answer
    assert answer.candidate.text == meant


@pytest.mark.parametrize(("value", "why"), REFUSED.items())
def test_it_is_refused(value, why):
    answer = ALL.suggest(value)
    assert isinstance(answer, Refusal), answer
    assert answer.why == why, answer


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("winer_sale", ["winter_sale", "winner_sale"]),
        ("spring sale", ["spring_sale", "spring-sale"]),
        ("sumer_party", ["summer-party", "summer_party"]),
    ],
)
def test_two_that_are_equally_near_are_a_tie(value, names):
    answer = suggester(*names).suggest(value)
    assert isinstance(answer, Refusal)
    assert answer.why == Why.TIE
    assert {candidate.text for candidate in answer.nearest} == set(names)


def test_two_names_of_one_campaign_are_no_tie():
    names = [Candidate("summer_party", 7), Candidate("summer-party", 7)]
    answer = Suggester(names).suggest("sumer_party")
    assert isinstance(answer, Suggestion)
    assert answer.candidate.id == 7


def test_a_name_that_two_campaigns_bear_is_a_tie():
    answer = Suggester([Candidate("spring", 1), Candidate("spring", 2)]).suggest("spring")
    assert answer == Refusal(Why.TIE, (Candidate("spring", 1), Candidate("spring", 2)))


def test_a_word_of_another_campaign_is_no_slip():
    assert isinstance(suggester("dental_crowns").suggest("dental_crowds"), Refusal)
    assert isinstance(suggester("dental_implants").suggest("dental_implant"), Suggestion)
    answer = suggester("dental_implants", "hair_implant").suggest("dental_implant")
    assert isinstance(answer, Refusal)
    assert answer.why == Why.WORD_IN_USE


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("dental", "rental"),
        ("heating", "eating"),
        ("cleaning", "leaning"),
        ("hair", "chair"),
        ("price", "rice"),
        ("light", "night"),
        ("shipping", "shopping"),
        ("hotel", "hostel"),
        ("shop", "ship"),
        ("mountain", "fountain"),
        ("internal", "external"),
        ("marketing", "targeting"),
        ("retargeting", "remarketing"),
        ("exclusive", "inclusive"),
        ("training", "draining"),
        ("plane", "plant"),
    ],
)
def test_two_right_words_are_not_slips_of_each_other(a, b):
    assert isinstance(suggester(f"{a} of the season").suggest(f"{b} of the season"), Refusal)
    assert isinstance(suggester(f"{b} of the season").suggest(f"{a} of the season"), Refusal)


def test_a_month_that_may_be_two_is_none():
    assert isinstance(suggester("webinar_july").suggest("webinar_juuly"), Suggestion)
    assert isinstance(suggester("webinar_july").suggest("webinar_juny"), Refusal)


def test_per_cent_and_likeness_say_how_near_it_is():
    assert ALL.suggest("autum_clearnce") == Suggestion(
        Candidate("autumn_clearance", 0),
        86,
        Likeness.SLIP,  # 13 of 15 letters
    )
    assert ALL.suggest("spring-sale") == Suggestion(
        Candidate("spring_sale", 1), 100, Likeness.WRITTEN
    )
    assert ALL.suggest("spring_sale") == Suggestion(Candidate("spring_sale", 1), 100, Likeness.SAME)


def test_a_refusal_names_what_was_near():
    answer = ALL.suggest("newsletter_q2")
    assert answer == Refusal(Why.NUMBER, (Candidate("newsletter_q3", 5),))


def test_sources_are_suggested_like_campaigns():
    sources = suggester("facebook", "google", "newsletter", "bing", "instagram", "t.co", "x")
    assert sources.suggest("facbook").candidate.text == "facebook"
    assert sources.suggest("insatgram").candidate.text == "instagram"
    for value in ("fb", "ig", "y", "goggles", "facebook.com", "bong"):
        assert isinstance(sources.suggest(value), Refusal), value


def test_without_candidates_nothing_is_near():
    assert Suggester([]).suggest("spring_sale") == Refusal(Why.NOTHING_NEAR)


def test_variant_words_know_months_and_regions_in_several_languages():
    assert meanings("october") == meanings("oktober") == meanings("octubre")
    assert meanings("us") and meanings("germany") and meanings("deutschland") and meanings("polish")
    assert meanings("de") > meanings("germany")  # a country and a language
    assert not meanings("clearance") and not meanings("implants")


def test_accents_are_folded_and_letters_of_other_scripts_are_kept():
    assert folded("Jardín Łódź Straße Æther") == "jardin lodz strasse aether"
    assert folded("한국 東京") == "한국 東京"


# Names that are like each other, and names of anything at all.
WORDS = (
    "spring",
    "sprng",
    "sale",
    "us",
    "uk",
    "q3",
    "2025",
    "2026",
    "march",
    "brand",
    "é",
    "shoes",
)
NAMES = st.one_of(
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).flatmap(
        lambda words: st.sampled_from("-_ /").map(lambda mark: mark.join(words))
    ),
    st.text(max_size=30),
    st.text(alphabet="ab1-_", max_size=12),
)


@given(st.lists(NAMES, min_size=1, max_size=8, unique=True))
def test_a_value_equal_to_a_candidate_is_that_candidate(names):
    known = suggester(*names)
    for number, name in enumerate(names):
        assert known.suggest(name) == Suggestion(Candidate(name, number), 100, Likeness.SAME)


@given(st.lists(NAMES, max_size=8), NAMES)
@example(["\ud800spring", "\x00\x00\x00\x00", "x" * 400], "\ud800sprng")
@example(["x" * 400], "x" * 399)
def test_a_suggestion_is_one_of_the_candidates(names, value):
    answer = suggester(*names).suggest(value)
    told = answer.nearest if isinstance(answer, Refusal) else (answer.candidate,)
    assert {(candidate.id, candidate.text) for candidate in told} <= set(enumerate(names))


@given(st.lists(NAMES, max_size=8), NAMES, st.randoms(use_true_random=False))
def test_the_order_of_the_candidates_has_no_influence(names, value, chance: random.Random):
    candidates = [Candidate(name, number) for number, name in enumerate(names)]
    answer = Suggester(candidates).suggest(value)
    chance.shuffle(candidates)
    assert Suggester(candidates).suggest(value) == answer


@given(NAMES, NAMES)
@example("autum_clearnce", "autumn_clearance")
@example("aaaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaaaaaa")  # 85 per cent to the letter
def test_what_is_refused_one_way_is_refused_the_other_way(a, b):
    there, back = suggester(b).suggest(a), suggester(a).suggest(b)
    assert type(there) is type(back)
    if isinstance(there, Refusal) and Why.TOO_SHORT not in (there.why, back.why):
        assert there.why == back.why


@given(NAMES, st.sampled_from(["1", "2", "2025", "us", "uk", "🎉"]))
def test_a_number_region_or_sign_at_the_end_is_never_passed_over(name, variant):
    assert not isinstance(suggester(name).suggest(f"{name}_{variant}"), Suggestion)
