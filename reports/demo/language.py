"""A language school in New York."""

from reports.demo.plans import CampaignPlan, CompanyPlan, strays

LANGUAGE = CompanyPlan(
    slug="harborlight-languages",
    name="Harborlight Languages",
    industry="language school",
    timezone="America/New_York",
    currency="USD",
    leads=6_200,
    seasons=(1.45, 1.1, 0.95, 0.9, 0.85, 0.8, 0.75, 1.15, 1.4, 1.05, 0.85, 0.7),
    weekdays=(1.15, 1.15, 1.1, 1.05, 0.8, 0.75, 1.05),
    growth=1.2,
    dip=60,
    lag=5.0,
    ahead=(4, 30),
    campaigns=(
        CampaignPlan(
            name="Evening courses", key="evening-courses", channel="paid_search",
            source="google", medium="cpc", click_id="gclid",
            weight=8, booked=0.26, shown=0.76, value=430, cost_per_lead=38, agency_fee=500,
        ),
        CampaignPlan(
            name="Spanish for work", key="spanish for work", channel="paid_search",
            source="google", medium="cpc", click_id="gclid",
            weight=7, booked=0.29, shown=0.81, value=510, cost_per_lead=44, owned=True,
        ),
        CampaignPlan(
            name="Free trial lesson", key="free trial", channel="paid_social",
            source="facebook", medium="paid_social", click_id="fbclid",
            weight=12, booked=0.34, shown=0.48, value=240, cost_per_lead=17,
        ),
        CampaignPlan(
            name="Short clips", key="short-clips", channel="video",
            source="tiktok", medium="paid_video", click_id="ttclid",
            weight=3, started=180, booked=0.1, shown=0.5, value=230, cost_per_lead=26,
        ),
        CampaignPlan(
            name="Company training", key="company-training", channel="paid_social",
            source="linkedin", medium="paid_social", click_id="li_fat_id",
            weight=1.4, booked=0.2, shown=0.85, value=2400, cost_per_lead=140, agency_fee=700,
        ),
        CampaignPlan(
            name="New year, new language", key="new year", channel="email",
            source="newsletter", medium="email", status="ended",
            weight=9, started=330, ended=285, booked=0.3, shown=0.7, value=300,
            sends=9_000, daily_cost=6,
        ),
        CampaignPlan(
            name="Weekly newsletter", key="weekly-newsletter", channel="email",
            source="newsletter", medium="email",
            weight=5, booked=0.33, shown=0.78, value=320, sends=14_000, daily_cost=9,
        ),
        CampaignPlan(
            name="Affiliate study guides", key="study-guides", channel="affiliate",
            source="studyguides", medium="affiliate",
            weight=4, booked=0.15, shown=0.7, value=280, cost_per_lead=30,
        ),
        CampaignPlan(
            name="Friends bring friends", key="friends", channel="referral",
            source="students", medium="referral",
            weight=3, booked=0.48, shown=0.86, value=360,
        ),
        CampaignPlan(
            name="Campus flyers", key="campus-flyers", channel="offline",
            source="flyer", medium="qr", status="paused",
            weight=2.5, started=300, ended=75, booked=0.22, shown=0.6, value=250, daily_cost=22,
        ),
        CampaignPlan(
            name="Text reminder", key="text-reminder", channel="sms",
            source="sms", medium="sms",
            weight=1, started=120, booked=0.4, shown=0.75, value=260, daily_cost=4,
        ),
        CampaignPlan(
            name="Japanese beginners", key="japanese-beginners", channel="paid_search",
            source="google", medium="cpc", click_id="gclid",
            weight=1.1, started=21, booked=0.3, shown=0.8, value=420, cost_per_lead=36,
        ),
        CampaignPlan(
            name="Open house", key="open-house", channel="offline",
            source="radio", medium="radio", status="archived",
            weight=5, started=400, ended=388, booked=0.3, shown=0.65, value=270, daily_cost=180,
        ),
        CampaignPlan(
            name="", key="evening-course", channel="paid_search",
            source="google", medium="cpc", click_id="gclid", known=False,
            weight=0.3, started=95, ended=60, booked=0.26, value=430,
        ),
    ),
    strays=strays(4.5, value=330),
    misspelt_spend="Free trail",
    flood=33,
    new_campaigns_per_day=5,
    pages=("/", "/courses", "/spanish", "/trial", "/companies", "/prices"),
    places=(
        ("United States", "New York", 62),
        ("United States", "Jersey City", 12),
        ("United States", "Newark", 8),
        ("United States", "Yonkers", 6),
        ("United States", "Hoboken", 6),
        ("Canada", "Toronto", 3),
        ("Mexico", "Puebla", 3),
    ),
    first_names=(
        "Aurelia", "Bram", "Calla", "Dashiell", "Edda", "Fenn", "Greer", "Hollis", "Ione", "Jarrah",
        "Kestrel", "Linnea", "Maren", "Nico", "Orla", "Perrin", "Quill", "Rosalind", "Soren",
        "Tamsin",
    ),
    last_names=(
        "Alderbrook", "Brightsea", "Cloverdell", "Driftmere", "Emberly", "Foxgrove", "Glasswater",
        "Hartwillow", "Inkwell", "Juniperson", "Kitehill", "Larkmoor", "Mistvale", "Northlight",
        "Oakenfold", "Pinecrest", "Riverstone", "Saltmarsh", "Thistledown", "Windermoor",
    ),
    phone="+1 202 555 0{:03d}",
)  # fmt: skip
