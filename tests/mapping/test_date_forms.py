"""A date is read in the first form of a profile that fits all of it, and in no other."""

import pytest

from salesetl.engines.engine import Engine
from salesetl.mapping.date_forms import check_date_format, iso_text
from tests.frames import on_each_engine, values_by_case

# Each text with the forms of a profile, and what it is; None has none of them.
READ: list[tuple[list[str], str, str | None]] = [
    (["dd.MM.yyyy"], "03.11.2025", "2025-11-03 00:00:00"),
    (["dd.MM.yyyy"], "3.11.2025", None),
    (["d.M.yyyy"], "3.11.2025", "2025-11-03 00:00:00"),
    (["dd.MM.yyyy"], "03.11.2025 08:00", None),
    (["dd.MM.yyyy"], "x03.11.2025", None),
    (["M/d/yyyy H:mm"], "12/1/2010 8:26", "2010-12-01 08:26:00"),
    (["M/d/yy h:mm a"], "1/31/24 8:05 PM", "2024-01-31 20:05:00"),
    (["M/d/yy h:mm a"], "1/31/24 12:05 am", "2024-01-31 00:05:00"),
    (["M/d/yy h:mm a"], "1/31/24 12:05 p.m.", "2024-01-31 12:05:00"),
    (["M/d/yy h:mm a"], "1/31/24 13:05 PM", None),
    (["M/d/yy"], "1/31/69", "1969-01-31 00:00:00"),
    (["M/d/yy"], "1/31/68", "2068-01-31 00:00:00"),
    (["d MMM yyyy"], "3 Nov 2025", "2025-11-03 00:00:00"),
    (["d MMM yyyy"], "3 nov. 2025", "2025-11-03 00:00:00"),
    (["d MMM yyyy"], "3 Foo 2025", None),
    (["MMMM d, yyyy"], "November 3, 2025", "2025-11-03 00:00:00"),
    (
        ["yyyy-MM-dd HH:mm:ss Z"],
        "2025-11-03 23:30:00 -0500",
        "2025-11-03 23:30:00-0500",
    ),
    (["yyyy-MM-ddTHH:mm:ss"], "2025-11-03T23:30:00", "2025-11-03 23:30:00"),
    (["yyyy-MM-dd HH:mm"], "2024-12-31 24:00", "2025-01-01 00:00:00"),
    (["yyyy-MM-dd HH:mm"], "2024-12-31 24:01", "2024-12-31 24:01:00"),
    (["dd.MM.yyyy", "yyyy-MM-dd"], "2025-11-03", "2025-11-03 00:00:00"),
    (["M/d/yyyy", "d/M/yyyy"], "11/3/2025", "2025-11-03 00:00:00"),
    (["epoch_s"], "1762212600", "2025-11-03 23:30:00Z"),
    (["epoch_ms"], "1762212600123", "2025-11-03 23:30:00Z"),
    (["epoch_us"], "1762212600123456", "2025-11-03 23:30:00Z"),
    (["epoch_ns"], "1762212600123456789", "2025-11-03 23:30:00Z"),
    (["epoch_s"], "1762212600123", None),
    (["excel"], "45964", "2025-11-03 00:00:00"),
    (["excel"], "45964.979", "2025-11-03 00:00:00"),
    (["excel"], "2025", None),
    (["excel"], "00060", None),
    (["epoch_s"], "0000000005", None),
    (["yyyyMMdd"], "20251103", "2025-11-03 00:00:00"),
    (["dd.MM.yyyy"], "", None),
]


@on_each_engine
def test_a_date_is_read_in_the_first_form_that_fits(engine: Engine) -> None:
    found = values_by_case(
        engine, [(iso_text("text", forms), text) for forms, text, _ in READ]
    )

    texts = [text for _, text, _ in READ]
    assert list(zip(texts, found)) == [(text, iso) for _, text, iso in READ]


@pytest.mark.parametrize(
    "form",
    [
        "dMyyyy",
        "yyyyMd",
        "dd.MM.yyyy HH h a",
        "dd.MM",
        "yyyy-MM-dd'",
        "dd.MM.yyyy dd",
        "h:mm dd.MM.yyyy",
        "epoch",
        "",
    ],
)
def test_a_form_that_cannot_be_is_refused(form: str) -> None:
    with pytest.raises(ValueError):
        check_date_format(form)
