"""Looks figures up in the results of a run; None where something was not measured."""

from typing import Any


class Figures:
    """The results of one run of `bench.run`."""

    def __init__(self, results: dict[str, Any]) -> None:
        self.results = results
        self._by = {(found["engine"], found["leads"]): found for found in results["measured"]}

    def sizes(self, engine: str) -> list[int]:
        return sorted(leads for one, leads in self._by if one == engine)

    def of(self, leads: int, engine: str = "postgresql") -> dict[str, Any]:
        found: dict[str, Any] = self._by.get((engine, leads), {})
        return found

    def sql(
        self, leads: int, name: str, kind: str = "sums", engine: str = "postgresql"
    ) -> float | None:
        """Milliseconds of the report's statements, rows fetched."""
        found = self.of(leads, engine).get(kind)
        return found[name]["sql"]["total"] if found else None

    def duck(self, leads: int, name: str, shape: str = "leads", threads: int = 2) -> float | None:
        """CPU time shared out among the threads: what free cores would need at best.

        Wall time would flatter us: on a busy machine the threads wait for each other.
        """
        found = self.results["duck"].get(str(leads))
        return found[f"{shape} {threads}"][name]["cpu"] / threads if found else None

    def umami(self, leads: int, name: str) -> float | None:
        found = self.of(leads).get("umami")
        return found[name]["total"] if found else None

    def write(self, leads: int, name: str) -> float | None:
        found = self.of(leads).get("writes")
        return found[name]["ratio"] if found else None

    def rebuild(self, leads: int) -> float | None:
        found = self.of(leads).get("rebuild")
        return found["total"] if found else None

    def page(self, leads: int, name: str, rows: int) -> dict[str, Any] | None:
        for page in self.of(leads).get("pages", ()):
            if (page["range"], page["rows"]) == (name, rows):
                found: dict[str, Any] = page
                return found
        return None

    def pages(self) -> list[dict[str, Any]]:
        """Every page without marks, with its database."""
        return [
            {"leads": found["leads"], "engine": found["engine"]} | page
            for found in self.results["measured"]
            for page in found["pages"]
        ]

    @staticmethod
    def ratio(above: float | None, below: float | None) -> float | None:
        return None if above is None or not below else above / below
