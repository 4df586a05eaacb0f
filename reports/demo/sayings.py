"""What the demo owners say of their campaigns: type, goal, segment, location, language, tags."""

from typing import NamedTuple

from attribution.models import Campaign, Company
from spend.models import CampaignGroup, GroupMember


class Said(NamedTuple):
    """Of one campaign; some say nothing."""

    type: str
    goal: str
    segment: str
    location: str
    language: str
    tags: str
    group: str = ""
    is_template: bool = False


SAID = {
    # Morgentau Dental
    "brand search": Said(
        "Always on", "Bookings", "Returning patients", "Berlin", "German", "brand; search"
    ),
    "implants-search": Said(
        "Always on", "Leads", "50 and over", "Berlin", "German", "implants; search", "Implants",
        is_template=True,
    ),
    "implants-search-bing": Said(
        "Always on", "Leads", "50 and over", "Potsdam", "German", "implants; search", "Implants"
    ),
    "clear aligners": Said(
        "Promotion", "Leads", "Young adults", "Berlin", "German", "aligners; social", "Aligners"
    ),
    "aligners_video": Said(
        "Promotion", "Awareness", "Young adults", "Berlin", "English", "aligners; video",
        "Aligners",
    ),
    "whitening summer": Said(
        "Promotion", "Bookings", "Young adults", "Berlin", "German", "social; summer"
    ),
    "emergency-search": Said("Always on", "Bookings", "", "Berlin", "German", "search"),
    "recall-newsletter": Said(
        "Always on", "Bookings", "Returning patients", "", "German", "newsletter"
    ),
    "kids-first-visit": Said("Promotion", "Leads", "Families", "Berlin", "German", "social"),
    # the language school
    "evening-courses": Said("Always on", "Leads", "Working people", "", "English", "search"),
    "spanish for work": Said("Always on", "Leads", "Working people", "", "Spanish", "search; work"),
    "company-training": Said("Always on", "Leads", "Companies", "", "English", "b2b; work"),
    "free trial": Said("Promotion", "Bookings", "Students", "", "English", "social; trial"),
    "new year": Said("Promotion", "Bookings", "Returning learners", "", "English", "newsletter"),
    # the hotel
    "sea view weekend": Said("Always on", "Bookings", "Couples", "Tokyo", "Japanese", "search"),
    "cherry blossom": Said(
        "Promotion", "Bookings", "Couples", "Osaka", "English", "spring; social"
    ),
    "family-summer": Said("Promotion", "Awareness", "Families", "Tokyo", "Japanese", "summer"),
}  # fmt: skip


def say_all(company: Company) -> None:
    """Writes it down, and puts campaigns into their groups."""
    for campaign in Campaign.objects.filter(company=company, key__in=SAID):
        said = SAID[campaign.key]._asdict()
        group = said.pop("group")
        for name, value in said.items():
            setattr(campaign, name, value)
        campaign.save(update_fields=list(said))
        if group:
            row, __ = CampaignGroup.objects.get_or_create(company=company, name=group)
            GroupMember.objects.create(company=company, group=row, campaign=campaign)
