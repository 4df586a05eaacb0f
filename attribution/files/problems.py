"""What can be wrong with a file, and with one cell of it."""


class FileProblem(Exception):  # noqa: N818 - it is a problem of the file, not ours
    """Why a file is refused: what is wrong with it, and the way out."""


class CellError(ValueError):
    """Why a cell is refused. The caller adds row, column and value."""

    def __init__(self, problem: str, way_out: str) -> None:
        super().__init__(f"{problem} {way_out}")
        self.problem = problem
        self.way_out = way_out
