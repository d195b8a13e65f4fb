"""A profile says what a header needs, lacks and has beside."""

from salesetl.mapping.expressions import Expression
from salesetl.mapping.profile import Profile
from salesetl.mapping.sections import Key
from salesetl.pipelines.sales.contracts import RAW_CUSTOMERS, RAW_SALES

PROFILE = Profile(
    columns={"date": "Day", "customer_id": "Client"},
    constants={"region": "North"},
    expressions={
        "product": Expression("coalesce(Title, Code)"),
        "total_amount": Expression("quantity * unit_price"),
    },
    key=Key("transaction_id", ("Invoice", "Code")),
)


def test_a_header_needs_what_columns_expressions_and_key_are_made_of() -> None:
    needed = PROFILE.needed(RAW_SALES)

    assert sorted(needed) == sorted(
        ["Day", "Client", "quantity", "unit_price", "Title", "Code", "Invoice"]
    )


def test_missing_names_are_those_that_the_header_lacks_in_any_case() -> None:
    header = ["DAY", "client", "Quantity", "title", "INVOICE", "extra"]

    missing = PROFILE.missing(header, RAW_SALES)

    assert sorted(missing) == ["Code", "unit_price"]


def test_unknown_names_are_those_that_nothing_is_made_of() -> None:
    header = ["DAY", "Client", "region", "product", "Code", "extra"]

    unknown = PROFILE.unknown(header, RAW_SALES)

    assert unknown == ["region", "product", "extra"]


def test_a_plain_header_of_the_contract_lacks_nothing() -> None:
    header = list(reversed(RAW_CUSTOMERS.columns))

    assert Profile().missing(header, RAW_CUSTOMERS) == []
    assert Profile().unknown(header, RAW_CUSTOMERS) == []


def test_a_column_made_of_itself_is_needed_in_the_file() -> None:
    profile = Profile(expressions={"product": Expression("upper(product)")})

    missing = profile.missing(
        [name for name in RAW_SALES.columns if name != "product"], RAW_SALES
    )

    assert missing == ["product"]
