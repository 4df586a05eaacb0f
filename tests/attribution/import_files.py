"""Files for import tests, made from their text, and taken in as the command line does."""

from io import BytesIO

from attribution import scope
from attribution.imports import engine
from attribution.imports.options import ImportOptions


def file_of(text, encoding="utf-8"):
    return BytesIO(text.encode(encoding))


def take_in(company, kind, text, name="file.csv", author=None, **options):
    source = text if isinstance(text, BytesIO) else file_of(text)
    with scope.company_scope([company.pk]):
        return engine.take_in(company, kind, source, name, ImportOptions(**options), author)


def check(company, kind, text, name="file.csv", author=None, **options):
    source = text if isinstance(text, BytesIO) else file_of(text)
    with scope.company_scope([company.pk]):
        return engine.check(company, kind, source, name, ImportOptions(**options), author)


def texts(outcome):
    """The errors in words, as a person reads them."""
    return [error.text for error in outcome.errors]
