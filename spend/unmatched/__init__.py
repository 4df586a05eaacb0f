"""Spend that matches no campaign: what waits, and whose it is from now on."""
