"""From a page of HTML to a PDF, by WeasyPrint where it is installed. Nothing is fetched."""

from functools import lru_cache
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.utils.translation import gettext

STYLE = "reports/pdf.css"


class CannotMake(Exception):  # noqa: N818 - reads as what is the matter
    """Why there can be no PDF on this server, in words for a person."""


def missing() -> str:
    """What this server lacks for a PDF, and the way out; empty when there is nothing."""
    try:
        _weasyprint()
    except CannotMake as why:
        return str(why)
    return ""


def as_pdf(html: str) -> bytes:
    """The document with its pages. Raises CannotMake."""
    weasyprint = _weasyprint()
    fetcher = weasyprint.urls.URLFetcher(allowed_protocols=["data"], allow_redirects=False)
    document = weasyprint.HTML(string=html, url_fetcher=fetcher)
    style = weasyprint.CSS(string=_style(), url_fetcher=fetcher)
    pdf: bytes = document.write_pdf(stylesheets=[style], pdf_variant="pdf/ua-1")
    return pdf


def _weasyprint() -> Any:
    """The package, which is loaded when the first PDF is made: it takes half a second."""
    try:
        import weasyprint
    except ImportError as error:
        raise CannotMake(
            gettext(
                "PDF is not installed on this server. Whoever runs it can add it with "
                "“pip install weasyprint==70.0”."
            )
        ) from error
    except OSError as error:
        raise CannotMake(
            gettext(
                "PDF needs Pango, which this server lacks. Whoever runs it can add it with "
                "“apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0”."
            )
        ) from error
    return weasyprint


@lru_cache(maxsize=1)
def _style() -> str:
    found = finders.find(STYLE)
    if not isinstance(found, str):
        raise FileNotFoundError(STYLE)
    return Path(found).read_text()
