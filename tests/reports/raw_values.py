"""Raw values as they are captured or written in files, and by hand what each of them means."""

# Raw utm_campaign → tidy name, or the reason that it gives.
CAMPAIGNS = {
    "Spring": ("spring", ""),
    " SPRING ": ("spring", ""),
    "spring%20sale": ("spring sale", ""),
    "Spring+Sale": ("spring sale", ""),
    "Straße": ("strasse", ""),
    "STRASSE": ("strasse", ""),
    "E\u0301te\u0301": ("été", ""),
    "ÉTÉ": ("été", ""),
    "spr\u0456ng": ("spr\u0456ng", ""),  # a Ukrainian і
    "50% off": ("50% off", ""),
    "a%252Bb": ("a b", ""),
    "{{campaign.name}}": ("", "broken_tag"),
    "(not set)": ("", None),
    "": ("", None),  # None: it depends on what else the lead carries
}
SOURCES = {
    "Google": "google",
    " google": "google",
    "FaceBook": "facebook",
    "newsletter": "newsletter",
    "(direct)": "",
    "": "",
}
MEDIUMS = {"CPC": "cpc", "cpc ": "cpc", "E-Mail": "e-mail", "none": "", "": ""}
NAMES = ("spring", "Spring%20Sale", "Été", "strasse", "brand", "SPRNIG", "(none)")
NAME_KEYS = ("spring", "spring sale", "été", "strasse", "brand", "sprnig", "")
STATUSES = ("booked", "completed", "completed", "cancelled", "no_show")
KINDS = ("primary",) * 6 + ("follow_up", "test", "bot", "blocked", "duplicate")
TWICE = "https://acme.test/?utm_campaign=a&utm_campaign=b"


def channel(source, medium):
    """The channel of a campaign that a lead with these tidy values discovers, by hand."""
    if medium == "cpc":
        return "paid_social" if source == "facebook" else "paid_search"
    return "email" if medium == "e-mail" or source == "newsletter" else "other"
