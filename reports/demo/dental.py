"""A group of dental practices in Berlin."""

from reports.demo.plans import CampaignPlan, CompanyPlan, strays

DENTAL = CompanyPlan(
    slug="morgentau-dental",
    name="Morgentau Dental",
    industry="dental",
    timezone="Europe/Berlin",
    currency="EUR",
    leads=9_400,
    seasons=(1.15, 1.1, 1.1, 1.0, 0.95, 0.9, 0.8, 0.78, 1.05, 1.12, 1.1, 0.75),
    weekdays=(1.3, 1.2, 1.12, 1.05, 0.85, 0.5, 0.6),
    growth=1.4,
    dip=24,
    lag=3.0,
    ahead=(2, 21),
    campaigns=(
        CampaignPlan(
            name="Brand search", key="brand search", channel="paid_search", source="google",
            medium="cpc", click_id="gclid", weight=13, booked=0.42, shown=0.88, value=190,
            cost_per_lead=14, owned=True, peak=24,
            peak_note="The evening news showed the practice.",
        ),
        CampaignPlan(
            name="Implants search", key="implants-search", channel="paid_search", source="google",
            medium="cpc", click_id="gclid", weight=9, booked=0.24, shown=0.8, value=640,
            cost_per_lead=62, agency_fee=900,
        ),
        CampaignPlan(
            name="Implants search on Bing", key="implants-search-bing", channel="paid_search",
            source="bing", medium="cpc", click_id="msclkid", weight=2.2, booked=0.27, shown=0.82,
            value=610, cost_per_lead=48,
        ),
        CampaignPlan(
            name="Clear aligners", key="clear aligners", channel="paid_social", source="facebook",
            medium="paid_social", click_id="fbclid", weight=8, booked=0.18, shown=0.72, value=520,
            cost_per_lead=41, agency_fee=600, owned=True,
        ),
        CampaignPlan(
            name="Aligners video", key="aligners_video", channel="video", source="youtube",
            medium="video", weight=1.6, started=210, booked=0.12, shown=0.7, value=500,
            cost_per_lead=66,
        ),
        CampaignPlan(
            name="Whitening before summer", key="whitening summer", channel="paid_social",
            source="instagram", medium="paid_social", click_id="fbclid", weight=7, started=240,
            ended=150, status="ended", booked=0.31, shown=0.79, value=260, cost_per_lead=29,
        ),
        CampaignPlan(
            name="Emergency dentist", key="emergency-search", channel="paid_search",
            source="google", medium="cpc", click_id="gclid", weight=6, booked=0.55, shown=0.92,
            value=140, cost_per_lead=23,
        ),
        CampaignPlan(
            name="Recall newsletter", key="recall-newsletter", channel="email", source="newsletter",
            medium="email", weight=6, booked=0.5, shown=0.9, value=110,
        ),
        CampaignPlan(
            name="Referral partners", key="referral-partners", channel="referral",
            source="partners", medium="referral", weight=3, booked=0.45, shown=0.9, value=260,
        ),
        CampaignPlan(
            name="Retargeting", key="retargeting-display", channel="display", source="adnetwork",
            medium="display", weight=2.5, booked=0.09, shown=0.7, value=160, cost_per_lead=55,
        ),
        CampaignPlan(
            name="Kids' first visit", key="kids-first-visit", channel="paid_social",
            source="facebook", medium="paid_social", click_id="fbclid", weight=3, ended=41,
            status="paused", booked=0.36, shown=0.83, value=80, cost_per_lead=27,
        ),
        CampaignPlan(
            name="Opening of the practice at the park", key="opening park", channel="offline",
            source="flyer", medium="qr", weight=6, started=330, ended=296, status="archived",
            booked=0.33, shown=0.8, value=130, daily_cost=70,
        ),
        CampaignPlan(
            name="Directory entries", key="directory-entries", channel="organic_search",
            source="directory", medium="organic", weight=6, booked=0.38, shown=0.85, value=150,
        ),
        CampaignPlan(
            name="City posters", key="city-posters", channel="offline", source="poster",
            medium="qr", weight=0, started=75, daily_cost=38,
        ),
        CampaignPlan(
            name="Podcast spot", key="podcast-spot", channel="other", source="podcast",
            medium="audio", weight=0.3, started=60, booked=0.4, value=300, daily_cost=12,
        ),
        CampaignPlan(
            name="Influencer test", key="influencer-test", channel="organic_social",
            source="instagram", medium="social", weight=0.9, started=19, booked=0.3, value=280,
            owned=True,
        ),
        CampaignPlan(
            name="", key="implant-serach", channel="paid_search", source="google", medium="cpc",
            click_id="gclid", weight=0.2, started=120, booked=0.24, value=640, known=False,
        ),
    ),
    strays=strays(5.5, value=230),
    misspelt_spend="Clear aligner",
    pages=("/", "/termin", "/implantate", "/aligner", "/notdienst", "/praxen/park"),
    places=(
        ("Germany", "Berlin", 70),
        ("Germany", "Potsdam", 14),
        ("Germany", "Bernau", 6),
        ("Germany", "Oranienburg", 5),
        ("Poland", "Słubice", 3),
        ("Austria", "Vienna", 2),
    ),
    first_names=(
        "Anneke", "Bastian", "Cosima", "Detlef", "Elif", "Femke", "Gesa", "Henrik", "Ilka",
        "Jannis", "Käthe", "Levin", "Merle", "Nuri", "Olga", "Pelin", "Ruben", "Svea",
        "Tjark", "Wiebke",
    ),
    last_names=(
        "Apfelbach", "Birkental", "Dornwald", "Eschenhof", "Farnweg", "Grünmoos", "Haselstein",
        "Immergrund", "Kieselau", "Lärchenfeld", "Mühlenrain", "Nebelhorst", "Quellbach",
        "Rehwinkel", "Silberdistel", "Tannengrat", "Uferling", "Wacholderin",
    ),
    phone="+49 30 23125 {:03d}",
)  # fmt: skip
