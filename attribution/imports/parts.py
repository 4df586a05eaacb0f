"""Reads rows by the thousand, column by column: a text seen before costs one look-up."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

REMEMBERED = 10_000  # texts of each part

Values = tuple[Any, ...]
Columns = Sequence[Sequence[str]]  # the texts of many rows
Encode = Callable[[Values], Any]
Lines = Callable[[Sequence[int]], list[Any]]
Whole = Callable[..., list[Any] | None]


class Part(NamedTuple):
    """Columns of the staging table that follow from columns of the file, and from nothing else.

    `find` gets the texts of one row, and gives its values and whether the row is marked. It raises
    CellError. Without columns of the file the values are the same for every row.

    `whole` gets its columns and finds what is staged for all rows in one go, where texts are seldom
    seen twice. None: they have to be looked at one by one. No row is marked then.
    """

    names: tuple[str, ...]
    columns: tuple[int, ...]
    find: Callable[..., tuple[Values, bool]]
    whole: Whole | None = None


class Remembered(dict[Any, Any]):
    """What is staged for a text, or for several: found when it is asked for the first time."""

    def __init__(self, part: Part, encode: Encode) -> None:
        super().__init__()
        self._columns = part.columns
        self._find = part.find
        self._whole = part.whole
        self._encode = encode
        self._is_one = len(part.columns) == 1
        self._marked: set[Any] = set()

    def __missing__(self, key: Any) -> Any:
        values, marked = self._find(key) if self._is_one else self._find(*key)
        if marked:
            self._marked.add(key)
        found = self[key] = self._encode(values)
        return found

    def at_once(self, columns: Columns) -> list[Any] | None:
        """What is staged for all rows, if that can be found in one go."""
        return self._whole(*(columns[index] for index in self._columns)) if self._whole else None

    def keys_of(self, columns: Columns) -> Sequence[Any]:
        """Each row's own key."""
        if self._is_one:
            return columns[self._columns[0]]
        return list(zip(*(columns[index] for index in self._columns), strict=True))

    def marked(self, keys: Sequence[Any]) -> int:
        """How many of these rows are marked."""
        return sum(map(self._marked.__contains__, keys)) if self._marked else 0

    def forget_many(self) -> None:
        """Memory stays as it is, however long the file."""
        if len(self) > REMEMBERED:
            self.clear()
            self._marked.clear()


class PartReader:
    """Turns columns of cells into columns of what is staged; see `Staging.load_chunks`."""

    def __init__(
        self,
        parts: Sequence[Part],
        encode: Encode,
        encode_lines: Lines | None,
        *,
        says_constants: bool,
    ) -> None:
        """`encode_lines` None: nobody asks which line of the file a row was. `says_constants`:
        what all rows say alike is staged with each of them.
        """
        self._encode = encode
        self._encode_lines = encode_lines
        fixed = [part for part in parts if not part.columns]
        self._moving = [part for part in parts if part.columns]
        self._remembered = [Remembered(part, encode) for part in self._moving]
        self.constants: dict[str, Any] = {}
        for part in fixed:
            self.constants |= dict(zip(part.names, part.find()[0], strict=True))
        said = self.constants if says_constants else {}
        self._fixed = encode(tuple(said.values())) if said else None
        moving = [name for part in self._moving for name in part.names]
        line = ["file_row"] if encode_lines else []
        self.names = [*line, *moving, *said]

    def read(self, lines: Sequence[int], columns: Columns) -> tuple[list[Any], int]:
        """One list for each part, and how many rows are marked. Raises CellError, and then
        whoever knows the rows has to look at them one by one.
        """
        found = [self._encode_lines(lines)] if self._encode_lines else []
        marked = 0
        for remembered in self._remembered:
            remembered.forget_many()
            at_once = remembered.at_once(columns)
            if at_once is not None:
                found.append(at_once)
                continue
            keys = remembered.keys_of(columns)
            found.append(list(map(remembered.__getitem__, keys)))
            marked += remembered.marked(keys)
        if self._fixed is not None:
            found.append([self._fixed] * len(lines))
        return found, marked

    def row(self, values: Values, order: Sequence[int]) -> Any:
        """A row that was read by itself; `order`: where each of `names` stands in it."""
        return self._encode(tuple([values[place] for place in order]))
