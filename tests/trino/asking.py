"""Every shipped statement on a lake, by Trino and by DuckDB."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from salesetl.engines.duckdb_lake import DuckDbLake
from salesetl.registry import all_tables, table_named
from salesetl.statements import Statement, statements, tables_below, views_below
from tests.trino.comparing import differences
from tests.trino.hive_tables import HiveTable, hive_table
from tests.trino.server import Trino, TrinoError

SQL = Path(__file__).parents[2] / "sql" / "athena"


@dataclass(frozen=True)
class Found:
    """What came of a statement: how many rows, and how they differ from those of DuckDB."""

    kind: str
    name: str
    rows: int
    faults: list[str]


@dataclass(frozen=True)
class Asked:
    """A lake that is a schema of Trino, its tables with partitions registered or projected."""

    trino: Trino
    lake: Path
    schema: str
    tables: Path

    def findings(self) -> Iterator[Found]:
        """Make all tables and views, and compare these and all queries."""
        self.trino.run(f"create schema {self.schema}")
        with closing(DuckDbLake(str(self.lake))) as own:
            # Names are of one pipeline only in these.
            for namespace in sorted(namespaces_of_statements()):
                yield from self._tables(own, namespace)
            made: set[str] = set()
            for each in statements().values():
                for view in [*views_below(each.name), each]:
                    if view.is_view and view.name not in made:
                        made.add(view.name)
                        own.create(view.text)
                        yield self._view(own, view)
                if not each.is_view:
                    yield self._compared(own, each.folder, each.name, each.text)

    def tables_alone(self, namespace: str) -> Iterator[Found]:
        """Make and compare the tables of one pipeline, some of whose names others have too."""
        self.trino.run(f"create schema {self.schema}")
        with closing(DuckDbLake(str(self.lake))) as own:
            yield from self._tables(own, namespace)

    def _tables(self, own: DuckDbLake, namespace: str) -> Iterator[Found]:
        for table in all_tables():
            if table.namespace == namespace:
                own.add_table(table, may_be_empty=True)
        for path in sorted((self.tables / namespace).glob("*.sql")):
            yield self._table(own, hive_table(path.read_text()))

    def _table(self, own: DuckDbLake, table: HiveTable) -> Found:
        place = self.lake / table.folder
        # On S3 a prefix without objects is no mistake.
        place.mkdir(parents=True, exist_ok=True)
        try:
            self.trino.run(table.statement(self.lake, place), self.schema)
            if table.partitions and not table.is_projected:
                names = f"'{self.schema}', '{table.name}', 'FULL'"
                self.trino.run(
                    f"call system.sync_partition_metadata({names})", self.schema
                )
        except TrinoError as error:
            return Found("table", table.name, 0, [str(error)])
        query = f"select * from {table.name}"
        for name in table.injected:
            values = sorted(
                folder.name.partition("=")[2] for folder in place.glob(f"{name}=*")
            )
            listed = ", ".join(f"'{value}'" for value in values or ["none"])
            query += f" where {name} in ({listed})"
        return self._compared(own, "table", table.name, query, ordered=False)

    def _view(self, own: DuckDbLake, view: Statement) -> Found:
        try:
            self.trino.run(view.text, self.schema)
        except TrinoError as error:
            return Found("view", view.name, 0, [str(error)])
        query = f"select * from {view.name}"
        return self._compared(own, "view", view.name, query, ordered=False)

    def _compared(
        self, own: DuckDbLake, kind: str, name: str, sql: str, *, ordered: bool = True
    ) -> Found:
        try:
            answer = self.trino.run(sql, self.schema)
        except TrinoError as error:
            return Found(kind, name, 0, [str(error)])
        names, rows = own.rows(sql)
        _, described = own.rows(f"select column_type from (describe {sql})")
        types = [kind for (kind,) in described]
        faults = differences(answer, names, types, rows, ordered=ordered)
        return Found(kind, name, len(answer.rows), faults)


def namespaces_of_statements() -> set[str]:
    """Return the pipelines whose tables the shipped statements ask."""
    return {
        table_named(name).namespace
        for each in statements()
        for name in tables_below(each)
    }


def partition_columns(table: str) -> list[str]:
    """Return the columns whose values are in the names of folders."""
    return list(table_named(table).partition_by)
