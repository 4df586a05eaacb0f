"""Rates of exchange: how they are read from files, kept, and used."""

from attribution.rates.book import LOOK_BACK, PIVOT, Rates, rounded

__all__ = ["LOOK_BACK", "PIVOT", "Rates", "rounded"]
