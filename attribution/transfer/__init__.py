"""Import and export inside the admin: what stands before ScopedAdmin among the bases."""

from attribution.transfer.export_pages import ExportPages
from attribution.transfer.import_pages import ImportPages

__all__ = ["ExportPages", "ImportPages"]
