"""The tools whose payloads are known. A further one is a class, and a line here."""

from attribution.webhooks.shapes.base import Event, Shape
from attribution.webhooks.shapes.calcom import Calcom
from attribution.webhooks.shapes.calendly import Calendly
from attribution.webhooks.shapes.custom import Custom
from attribution.webhooks.shapes.facebook import FacebookLeadAds
from attribution.webhooks.shapes.hubspot import HubSpot
from attribution.webhooks.shapes.typeform import Typeform

__all__ = ["SHAPES", "Event", "Shape", "shape_of"]

SHAPES: dict[str, type[Shape]] = {
    shape.name: shape for shape in (HubSpot, Typeform, Calendly, Calcom, FacebookLeadAds, Custom)
}


def shape_of(name: str) -> type[Shape]:
    """The shape of this name; one that is no longer known is read as any other tool's."""
    return SHAPES.get(name, Custom)
