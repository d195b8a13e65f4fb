"""Makes a source profile for delimited text from what a sample of it shows."""

from __future__ import annotations

from collections.abc import Sequence

from salesetl.characters import name_key
from salesetl.model.table import Table
from salesetl.model.types import T
from salesetl.suggesting.amount_entries import AmountEntries
from salesetl.suggesting.amounts_found import find_amounts
from salesetl.suggesting.asking import Asker
from salesetl.suggesting.calling_off import filter_called_off
from salesetl.suggesting.candidates import Candidates, is_date, named_like
from salesetl.suggesting.date_entries import put_dates
from salesetl.suggesting.draft import Draft
from salesetl.suggesting.identity import identity_of
from salesetl.suggesting.joins import Join, join_of, put_lookups
from salesetl.suggesting.layout_entries import put_layout, put_nulls
from salesetl.suggesting.number_choice import with_number_form
from salesetl.suggesting.table_samples import TableSample
from salesetl.suggesting.total_rows import without_totals


def table_profile(
    table: Table, sample: TableSample, others: Sequence[TableSample], asker: Asker
) -> Draft:
    """Make the profile of a contract for a sample, with columns of other files; or ask."""
    return _TableProfile(table, sample, others, asker).made()


class _TableProfile:
    """A profile for a table while it is being made."""

    def __init__(
        self,
        table: Table,
        sample: TableSample,
        others: Sequence[TableSample],
        asker: Asker,
    ) -> None:
        self._table, self._sample, self._asker = table, sample, asker
        self._draft = Draft()
        self._own, self._filtered_by = without_totals(
            self._draft, sample.columns, sample.text.path
        )
        columns = list(self._own)
        self._joins: list[Join] = []
        for other in others:
            self._joins.append(join_of(columns, other))
            columns += self._joins[-1].columns
        brought = {each.name for each in columns[len(self._own) :]}
        self._candidates = with_number_form(
            Candidates(table.schema, columns, brought=brought), table, asker
        )
        self._columns = {each.name: each for each in columns}
        # The columns of the file by those of the contract, and others that the profile names.
        self._mapped: dict[str, str] = {}
        self._used: set[str] = set()

    def made(self) -> Draft:
        """Return the profile."""
        put_layout(self._draft, self._sample)
        amounts = find_amounts(self._table, self._candidates, self._asker)
        self._map_date()
        AmountEntries(
            self._draft,
            self._table,
            self._candidates,
            self._sample.text.path,
            self._asker,
            self._mapped,
            self._used,
        ).put(amounts)
        self._map_texts()
        self._map_key()
        taken = self._mapped.values()
        others = [each for name, each in self._columns.items() if name not in taken]
        self._used |= filter_called_off(self._draft, others, self._asker)
        self._put_columns()
        used = {*taken, *self._used, *self._filtered_by}
        put_nulls(self._draft, [self._columns[name] for name in used])
        put_lookups(self._draft, self._joins, used)
        return self._draft

    def _map_date(self) -> None:
        """Map the date, and write its forms; the order of day and month is asked if it is open."""
        role = next((each.name for each in self._table.schema if is_date(each)), None)
        if role is None:
            return
        found = self._candidates.of(role) or list(self._candidates.dates)
        if not found:
            self._draft.remarks.append(
                f"no column looks like {role}: name it below [columns]"
            )
            return
        name = found[0]
        self._mapped[role] = name
        # A point before the decimals and commas between fields are rather of the United States.
        is_american = (
            self._candidates.number.decimal == "." and self._sample.delimiter == ","
        )
        put_dates(
            self._draft,
            [self._columns[name]],
            self._candidates,
            self._asker,
            is_american=is_american,
        )

    def _map_texts(self) -> None:
        """Map the texts that are left, each to a column that means nothing else."""
        taken = {*self._mapped.values(), *self._used}
        for each in self._table.schema:
            if not isinstance(each.dataType, T.StringType) or each.name in (
                *self._table.key,
                self._table.currency,
            ):
                continue
            found = [
                name for name in self._candidates.of(each.name) if name not in taken
            ]
            if not found:
                self._draft.put(f"constants.{each.name}", "", "no column has it")
                continue
            self._mapped[each.name] = found[0]
            taken.add(found[0])

    def _map_key(self) -> None:
        own = [each.name for each in self._own]
        if len(self._table.key) != 1:
            for role in self._table.key:
                self._mapped |= {role: name for name in named_like(role, own)[:1]}
            return
        [key] = self._table.key
        others = [name for name in self._mapped.values() if name in own]
        others += [name for name in own if name in self._used]
        # Numbers are written in many ways; a count of equal rows has a digest of them.
        others = [name for name in others if name not in self._candidates.numbers]
        found = identity_of(self._own, key, list(dict.fromkeys(others)))
        if len(found.parts) == 1 and not found.counts_lines:
            self._mapped[key] = found.parts[0]
            return
        entries: dict[str, object] = {"column": key, "parts": list(found.parts)}
        if found.counts_lines:
            entries["line_number"] = True
        self._draft.put_section("key", entries)
        self._used |= set(found.parts)

    def _put_columns(self) -> None:
        """Write the names of the columns that are taken as they are."""
        made = self._draft.entries.get("expressions", {})
        for each in self._table.schema:
            name = self._mapped.get(each.name)
            if name is None or each.name in made:
                continue
            if name_key(name) != each.name:
                self._draft.put(f"columns.{each.name}", name)
