"""Spreads an amount over days (or campaigns) so that the parts add up to the cent."""

from itertools import pairwise


def spread(minor: int, parts: int) -> list[int]:
    """Parts in minor units that add up to `minor` and differ by at most 1.

    Cumulative rounding: part i is round(minor·(i+1)/parts) − round(minor·i/parts), halves up.
    A negative amount is the mirror image of its positive one. ValueError for less than one part.
    """
    if parts < 1:
        raise ValueError(f"An amount is spread over 1 part or more, not {parts}.")
    size, sign = abs(minor), -1 if minor < 0 else 1
    ends = [(2 * size * number + parts) // (2 * parts) for number in range(parts + 1)]
    return [sign * (end - start) for start, end in pairwise(ends)]
