"""Customers of retail, as their snapshot of each day has them.

A tenth of them arrive over time; 4 % leave, and a third of these return; 3 % take another last
name, and a quarter of these take the old one back; the e-mail address of 3 % is corrected. Some
more never arrive: orders name them, but no snapshot.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from generators.lines import take
from generators.personal import faker_of
from generators.randomness import Flags, Numbers, Places, uniform
from generators.retail_spans import NEVER, Spans, make_spans

COLUMNS = ("customer_id", "first_name", "last_name", "email", "registration_date")

_SHARE_THERE_AT_FIRST = 0.9
_DAYS_BEFORE = 1000
# Each: the share for which it happens, and the share of these for which it ends.
_ABSENT = (0.04, 1 / 3)
_RENAMED = (0.03, 1 / 4)
_CORRECTED = (0.03, 0.0)
# Faker takes its time; names repeat in a larger pool as well.
_POOL = 2000


@dataclass(frozen=True)
class RetailCustomers:
    """Customers by the day of their arrival; `weights` says how often each of them buys."""

    ids: pa.StringArray
    arrival_day: Places
    weights: Numbers
    _first_names: pa.StringArray
    _last_names: tuple[pa.StringArray, pa.StringArray]
    _emails: tuple[pa.StringArray, pa.StringArray]
    _registration_dates: pa.StringArray
    _absent: Spans
    _renamed: Spans
    _corrected: Spans

    def are_there(self, day: int) -> Flags:
        """Tell which of them the snapshot of a day has."""
        return (self.arrival_day <= day) & ~self._absent.hold(day)

    def snapshot(self, day: int) -> list[pa.StringArray]:
        """Return the columns of the snapshot of a day."""
        old_name, new_name = self._last_names
        old_email, new_email = self._emails
        columns = [
            self.ids,
            self._first_names,
            pc.if_else(pa.array(self._renamed.hold(day)), new_name, old_name),
            pc.if_else(pa.array(self._corrected.hold(day)), new_email, old_email),
            self._registration_dates,
        ]
        are_there = pa.array(self.are_there(day))
        return [column.filter(are_there) for column in columns]


def make_retail_customers(
    count: int, days: int, start_date: date, seed: int
) -> RetailCustomers:
    """Make `count` customers, and one in a hundred more who never arrive."""
    size = count + 1 + count // 100

    def numbers(column: str) -> Numbers:
        return uniform(size, seed, "retail", "customers", column)

    arrival_day, registration_day = _arrivals(count, size, days, seed)
    absent = make_spans(arrival_day, days, _ABSENT, seed, "customer_absent")
    # Somebody must be there to buy on every day.
    absent.begin[0] = NEVER
    faker = faker_of(seed, "retail/customers")
    firsts = [faker.first_name() for _ in range(_POOL)]
    lasts = [faker.last_name() for _ in range(_POOL)]
    domains = [faker.safe_domain_name() for _ in range(20)]
    first = _picked(firsts, numbers("first_name"))
    last = _picked(lasts, numbers("last_name"))
    wrong, right = _emails(first, last, _picked(domains, numbers("domain")))
    corrected = make_spans(arrival_day, days, _CORRECTED, seed, "email_corrected")
    # Only an address that is to be corrected is wrong.
    to_correct = pa.array(corrected.begin < NEVER)
    dates = np.datetime64(start_date) + registration_day.astype("timedelta64[D]")
    width = max(4, len(str(size)))
    return RetailCustomers(
        ids=pa.array([f"CUST{number:0{width}}" for number in range(1, size + 1)]),
        arrival_day=arrival_day,
        weights=1 / np.sqrt(numbers("weight") + 0.01),
        _first_names=first,
        _last_names=(last, _picked(lasts, numbers("other_last_name"))),
        _emails=(pc.if_else(to_correct, wrong, right), right),
        _registration_dates=pa.array(np.datetime_as_string(dates, unit="D")),
        _absent=absent,
        _renamed=make_spans(arrival_day, days, _RENAMED, seed, "customer_renamed"),
        _corrected=corrected,
    )


def _arrivals(count: int, size: int, days: int, seed: int) -> tuple[Places, Places]:
    """Return the days of arrival and of registration, counted from the first delivery."""
    numbers = np.sort(uniform(count, seed, "retail", "customers", "arrival"))
    numbers[0] = 0
    is_old = numbers < _SHARE_THERE_AT_FIRST
    new = (numbers - _SHARE_THERE_AT_FIRST) / (1 - _SHARE_THERE_AT_FIRST) * days
    old = numbers / _SHARE_THERE_AT_FIRST * _DAYS_BEFORE - _DAYS_BEFORE
    registered = np.floor(np.where(is_old, old, new)).astype(np.int64)
    registered = np.clip(registered, -_DAYS_BEFORE, days - 1)
    arrival_day = np.full(size, NEVER)
    arrival_day[:count] = np.maximum(registered, -1)
    # Nobody sees those of customers who never arrive.
    return arrival_day, np.append(registered, np.zeros(size - count, dtype=np.int64))


def _picked(pool: list[str], numbers: Numbers) -> pa.StringArray:
    return take(pool, np.floor(numbers * len(pool)).astype(np.int64))


def _emails(
    first: pa.StringArray, last: pa.StringArray, domains: pa.StringArray
) -> tuple[pa.StringArray, pa.StringArray]:
    """Return the addresses as first taken down, and as they should be."""
    given, family = (
        pc.utf8_lower(pc.replace_substring_regex(name, "[^A-Za-z]", ""))
        for name in (first, last)
    )
    numbers = pa.array(np.arange(1, len(first) + 1)).cast(pa.string())
    right = pc.binary_join_element_wise(given, ".", family, numbers, "@", domains, "")
    wrong = pc.binary_join_element_wise(given, family, numbers, "@", domains, "")
    return wrong, right
