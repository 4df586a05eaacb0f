"""Three small hotels by the sea, booked from Japan and from abroad."""

from reports.demo.plans import CampaignPlan, CompanyPlan, strays

HOTEL = CompanyPlan(
    slug="minatohama-hotels",
    name="Minatohama Hotels",
    industry="hotel",
    timezone="Asia/Tokyo",
    currency="JPY",
    leads=4_400,
    seasons=(0.75, 0.8, 1.15, 1.3, 1.15, 0.9, 1.25, 1.3, 0.9, 1.05, 1.0, 0.85),
    weekdays=(0.95, 0.9, 0.9, 0.95, 1.05, 1.15, 1.2),
    growth=1.1,
    dip=11,
    lag=1.5,
    ahead=(7, 75),
    campaigns=(
        CampaignPlan(
            name="Sea view weekends", key="sea view weekend", channel="paid_search",
            source="google", medium="cpc", click_id="gclid",
            weight=8, booked=0.33, shown=0.82, value=38_000, cost_per_lead=3_400, owned=True,
        ),
        CampaignPlan(
            name="Hotel comparison sites", key="comparison-sites", channel="affiliate",
            source="compare", medium="affiliate",
            weight=7, booked=0.41, shown=0.8, value=34_000, cost_per_lead=4_200,
        ),
        CampaignPlan(
            name="Cherry blossom", key="cherry blossom", channel="paid_social",
            source="instagram", medium="paid_social", click_id="fbclid", status="ended",
            weight=9, started=270, ended=215, booked=0.27, shown=0.84, value=46_000,
            cost_per_lead=3_900, agency_fee=60_000,
        ),
        CampaignPlan(
            name="Family summer", key="family-summer", channel="display",
            source="adnetwork", medium="display",
            weight=3, started=200, ended=95, status="ended", booked=0.14, shown=0.8, value=61_000,
            cost_per_lead=5_200,
        ),
        CampaignPlan(
            name="Guests come back", key="guests-come-back", channel="email",
            source="newsletter", medium="email",
            weight=5, booked=0.46, shown=0.88, value=41_000, sends=4_000, daily_cost=450,
        ),
        CampaignPlan(
            name="Travel bloggers", key="travel-bloggers", channel="organic_social",
            source="instagram", medium="social",
            weight=3, booked=0.19, shown=0.8, value=39_000,
        ),
        CampaignPlan(
            name="Hot spring video", key="hot-spring-video", channel="video",
            source="youtube", medium="video",
            weight=2, started=140, booked=0.16, shown=0.8, value=40_000, cost_per_lead=4_600,
        ),
        CampaignPlan(
            name="Map listing", key="map-listing", channel="organic_search",
            source="maps", medium="organic",
            weight=6, booked=0.37, shown=0.81, value=29_000,
        ),
        CampaignPlan(
            name="Railway posters", key="railway-posters", channel="offline",
            source="poster", medium="qr", status="paused",
            weight=1.2, started=260, ended=50, booked=0.24, shown=0.78, value=33_000,
            daily_cost=9_000,
        ),
        CampaignPlan(
            name="Wedding parties", key="wedding-parties", channel="referral",
            source="planners", medium="referral",
            weight=0.2, started=220, booked=0.3, shown=0.9, value=420_000,
        ),
        CampaignPlan(
            name="", key="sea-view-wekend", channel="paid_search",
            source="google", medium="cpc", click_id="gclid", known=False,
            weight=0.3, started=70, ended=48, booked=0.3, value=38_000,
        ),
    ),
    strays=strays(4.0, value=36_000),
    misspelt_spend="Sea veiw weekend",
    pages=("/", "/rooms", "/offers", "/spa", "/weddings", "/en/rooms"),
    places=(
        ("Japan", "Tokyo", 44),
        ("Japan", "Yokohama", 18),
        ("Japan", "Osaka", 12),
        ("Japan", "Nagoya", 8),
        ("Taiwan", "Taipei", 7),
        ("South Korea", "Busan", 6),
        ("Australia", "Perth", 5),
    ),
    first_names=(
        "Akino", "Benio", "Chizune", "Daichiro", "Emika", "Fumizo", "Genta", "Hanoka", "Isamu",
        "Junzo", "Kazuha", "Mizuki", "Natsuo", "Oriha", "Renji", "Sayane", "Tomoka", "Yuzuki",
    ),
    last_names=(
        "Aozora", "Fujinami", "Hamabe", "Isogawa", "Kazemori", "Matsukage", "Minatono", "Namioka",
        "Shiokaze", "Tsukihara", "Umibara", "Yukishiro",
    ),
    phone="",
)  # fmt: skip
