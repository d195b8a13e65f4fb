"""Contracts of the sales pipeline: what is delivered and what the lake holds."""

from decimal import Decimal

from salesetl.model.day_rules import day_rules
from salesetl.model.rules import Cause, Rule, Setting
from salesetl.model.table import PROJECTED_YEARS, SOURCE_FILE, Table, column
from salesetl.model.text_rules import (
    DAY_FIRST,
    DECIMAL_COMMA,
    MONTH_FIRST,
    text_rules,
    values_rule,
)
from salesetl.model.types import T
from salesetl.money import CURRENCIES

NAMESPACE = "sales"

UNIT_PRICE = T.DecimalType(12, 4)
QUANTITY = T.DecimalType(12, 3)
AMOUNT = T.DecimalType(18, 2)
TOTAL = T.DecimalType(38, 2)

_SALE = T.StructType(
    [
        column("transaction_id", T.StringType(), "Identifies the sale"),
        column(
            "date",
            T.DateType(),
            "Day of the sale, in UTC or in the time zone of its source profile",
        ),
        column("customer_id", T.StringType(), "Buyer, as known to customers"),
        column("product", T.StringType(), "Product name"),
        column("quantity", QUANTITY, "Units sold; negative for a return"),
        column("unit_price", UNIT_PRICE, "Price of one unit"),
        column("region", T.StringType(), "Sales region"),
        column(
            "total_amount",
            AMOUNT,
            "What the buyer pays, to the cent: quantity × unit_price - discount_amount"
            " + tax_amount + shipping_amount; negative for a return",
            is_rounded=True,
        ),
        column(
            "currency",
            T.StringType(),
            "Currency of its amounts; null where it is not delivered",
            is_optional=True,
            values=CURRENCIES,
        ),
        *(
            column(
                name,
                AMOUNT,
                comment,
                is_optional=True,
                default="0",
                is_rounded=True,
            )
            for name, comment in (
                ("discount_amount", "Discount that is in total_amount, above zero"),
                ("tax_amount", "Tax that is in total_amount beside the price"),
                ("shipping_amount", "Shipping that is in total_amount"),
            )
        ),
    ]
)

_OTHER_PARTS = (
    "- coalesce(discount_amount, 0) + coalesce(tax_amount, 0)"
    " + coalesce(shipping_amount, 0)"
)
# Wide enough for any quantity at any price: one absurd row must not stop a run.
_PRODUCT = "(cast(quantity as decimal(20, 3)) * unit_price)"
_SUM_OF_PARTS = f"round({_PRODUCT}, 2) - discount_amount + tax_amount + shipping_amount"
PARTS_OF_TOTAL = ("discount_amount", "tax_amount", "shipping_amount")
# A quantity that is no whole number is told as that alone.
_IS_INCOMPLETE = " or ".join(
    [
        *(
            f"{name} is null"
            for name in ("total_amount", "quantity", "unit_price", *PARTS_OF_TOTAL)
        ),
        "quantity <> round(quantity, :quantity_decimals)",
    ]
)

RAW_SALES = Table(
    name="sales",
    namespace=NAMESPACE,
    grain="one sale as delivered",
    schema=_SALE,
    key=("transaction_id",),
    amounts=("total_amount",),
    currency="currency",
    derived={
        "total_amount": f"round(quantity * unit_price, 2) {_OTHER_PARTS}",
        "unit_price": f"round((total_amount - (0 {_OTHER_PARTS})) / quantity, 4)",
    },
    settings=(
        Setting(
            "quantity_decimals",
            0,
            3,
            "Decimals that a quantity may have, such as of goods by weight",
        ),
        Setting(
            "total_amount_tolerance",
            Decimal("0.01"),
            1000,
            "How far total_amount may be from the sum of its parts",
        ),
    ),
    rules=(
        Rule("transaction_id_is_present", "transaction_id is not null"),
        *text_rules(_SALE, ("transaction_id", "customer_id")),
        Rule(
            "date_is_valid",
            "date is not null",
            remedy="a date is written like 2025-12-31; if the file has another form, name it as"
            " date_format in a source profile",
            causes=(DAY_FIRST, MONTH_FIRST),
        ),
        *day_rules(
            "date",
            "date",
            told="dates",
            causes=(
                Cause(
                    "case when day(date) <= 12"
                    " then make_date(year(date), day(date), month(date)) <= :as_of end",
                    "day and month seem to be swapped: write date_format the other way round",
                ),
            ),
        ),
        Rule(
            "quantity_is_whole_number",
            "quantity = round(quantity, :quantity_decimals)",
            remedy="for goods that are weighed, set quantity_decimals = 3 under [rules] in a source"
            " profile",
        ),
        Rule("quantity_is_not_zero", "quantity is null or quantity <> 0"),
        Rule(
            "unit_price_is_valid",
            "unit_price >= 0",
            remedy="a price is a number ≥ 0 with a decimal point and at most 4 decimals; for a"
            " decimal comma set decimal_comma in a source profile",
            causes=(DECIMAL_COMMA,),
        ),
        *(
            Rule(f"{name}_is_decimal", f"{name} is not null")
            for name in ("total_amount", *PARTS_OF_TOTAL)
        ),
        values_rule("currency_is_known", _SALE, "currency"),
        Rule(
            "total_amount_is_sum_of_its_parts",
            # Nearly every total is that sum without rounding, which costs little to see.
            f"total_amount + discount_amount - tax_amount - shipping_amount = {_PRODUCT}"
            f" or {_IS_INCOMPLETE} or abs(total_amount - ({_SUM_OF_PARTS}))"
            # A price of four decimals may be rounded, which a large quantity multiplies.
            " <= greatest(:total_amount_tolerance, 0.005 + 0.00005 * abs(quantity))",
            remedy="total_amount is quantity × unit_price - discount_amount + tax_amount"
            " + shipping_amount; map or compute what the export has in a source profile",
            causes=(
                Cause(
                    f"abs(total_amount) between 1.02 * abs({_PRODUCT})"
                    f" and 1.3 * abs({_PRODUCT})"
                    " and tax_amount = 0",
                    "tax or shipping seems to be in total_amount: map tax_amount or"
                    " shipping_amount in a source profile",
                ),
                Cause(
                    f"abs(total_amount) between 0.2 * abs({_PRODUCT})"
                    f" and 0.99 * abs({_PRODUCT})"
                    " and discount_amount = 0",
                    "a discount seems to be in total_amount: map discount_amount in a source"
                    " profile",
                ),
            ),
        ),
        Rule("customer_id_is_present", "customer_id is not null", level="warn"),
        Rule("product_is_present", "product is not null", level="warn"),
        Rule("region_is_present", "region is not null", level="warn"),
        Rule(
            "customer_is_known",
            "customer_id is null or is_known_customer",
            level="warn",
            needs="customers",
        ),
        Rule(
            "sale_is_not_before_signup",
            "date is null or signup_date is null or date >= signup_date",
            level="warn",
        ),
    ),
)

_CUSTOMER = T.StructType(
    [
        column("customer_id", T.StringType(), "Identifies the customer"),
        column("age_group", T.StringType(), "Age group, such as 26-35"),
        column(
            "membership_tier",
            T.StringType(),
            "Bronze, Silver, Gold or Platinum",
            order=["Bronze", "Silver", "Gold", "Platinum"],
        ),
        column("signup_date", T.DateType(), "Day the customer signed up"),
    ]
)

RAW_CUSTOMERS = Table(
    name="customers",
    namespace=NAMESPACE,
    grain="one customer as delivered",
    schema=_CUSTOMER,
    key=("customer_id",),
    last_line_wins=True,
    rules=(
        *text_rules(_CUSTOMER, ("customer_id",)),
        Rule("customer_id_is_present", "customer_id is not null"),
        Rule("signup_date_is_valid", "signup_date is not null", level="warn"),
    ),
)

ENRICHED_SALES = Table(
    name="enriched_sales",
    namespace=NAMESPACE,
    grain="one sale",
    schema=T.StructType(
        [
            *RAW_SALES.schema.fields,
            *RAW_CUSTOMERS.schema.fields[1:],
            column(
                "is_return",
                T.BooleanType(),
                "Whether the goods came back (quantity < 0)",
            ),
            column("day", T.IntegerType(), "Day of the month of the sale"),
            SOURCE_FILE,
            column(
                "year", T.IntegerType(), "Year of the sale", projected=PROJECTED_YEARS
            ),
            column(
                "month",
                T.IntegerType(),
                "Month of the sale, 1 to 12",
                range=[1, 12],
            ),
        ]
    ),
    key=("transaction_id",),
    partition_by=("year", "month"),
    amounts=("total_amount",),
    currency="currency",
    date_column="date",
)

SALES_SUMMARY = Table(
    name="sales_summary",
    namespace=NAMESPACE,
    grain="one currency × region × product × year × month",
    schema=T.StructType(
        [
            column(
                "currency",
                T.StringType(),
                "Currency of the amounts",
                is_optional=True,
            ),
            column("region", T.StringType(), "Sales region", is_optional=True),
            column("product", T.StringType(), "Product name", is_optional=True),
            column("total_revenue", TOTAL, "Net revenue: sales less returns"),
            column("transaction_count", T.LongType(), "Sales and returns"),
            column(
                "avg_transaction_value", AMOUNT, "Net revenue a transaction, half-up"
            ),
            column(
                "units_sold", T.DecimalType(38, 3), "Units sold less units returned"
            ),
            column("return_amount", TOTAL, "Revenue of returns, zero or negative"),
            column("discount_amount", TOTAL, "Discounts that are in total_revenue"),
            column("tax_amount", TOTAL, "Tax that is in total_revenue"),
            column("shipping_amount", TOTAL, "Shipping that is in total_revenue"),
            column("customer_count", T.LongType(), "Distinct customers"),
            column(
                "year", T.IntegerType(), "Year of the sales", projected=PROJECTED_YEARS
            ),
            column(
                "month",
                T.IntegerType(),
                "Month of the sales, 1 to 12",
                range=[1, 12],
            ),
        ]
    ),
    key=("currency", "region", "product", "year", "month"),
    partition_by=("year", "month"),
    amounts=("total_revenue",),
    currency="currency",
)
