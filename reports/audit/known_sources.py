"""Sources that need no explanation: the usual spellings of platforms, engines and own channels.

A company that lists its own sources (naming rules) is held to its list instead.
"""

KNOWN = frozenset(
    word
    for line in (
        "google googleads google-ads google_ads adwords youtube gmail bing microsoft microsoftads"
        " microsoft-ads msn yahoo duckduckgo ecosia yandex baidu qwant startpage naver brave",
        "facebook fb meta instagram ig messenger whatsapp threads linkedin tiktok pinterest"
        " snapchat reddit twitter x quora discord telegram youtube vimeo twitch tumblr xing",
        "chatgpt chatgpt.com openai perplexity copilot gemini claude",
        "newsletter email e-mail mail mailchimp klaviyo brevo sendinblue hubspot activecampaign"
        " sendgrid constantcontact crm sms push",
        "amazon ebay etsy criteo taboola outbrain adroll awin cj rakuten tradedoubler impact"
        " tripadvisor booking booking.com trivago yelp trustpilot spotify apple",
        "partner affiliate referral qr flyer print poster radio tv podcast event fair phone walk-in"
        " walkin offline direct website blog organic",
    )
    for word in line.split()
)


def is_known(source: str, allowed: frozenset[str]) -> bool:
    """Whether a tidy source is on the company's list; without one, on ours.

    Of an address such as `m.facebook.com` any part may be the name.
    """
    if allowed:
        return source in allowed
    return source in KNOWN or ("." in source and not KNOWN.isdisjoint(source.split(".")))
