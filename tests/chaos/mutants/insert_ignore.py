"""Upserts become INSERT IGNORE: a row that the database refuses is dropped in silence, and sums never grow."""

from moodstream.store.tables import Table

FAULTS = ("kill -9 of a service",)


def plant() -> None:
    def upsert(table: Table, rows: int) -> str:
        row = f"({', '.join(['%s'] * len(table.columns))})"
        return f"INSERT IGNORE INTO {table.name} ({', '.join(table.columns)}) VALUES {', '.join([row] * rows)}"

    Table.upsert = upsert  # type: ignore[method-assign]
