"""Plain DuckDB SQL with the same checks, quarantine and outputs; nothing is published safely."""

import json
import os
import sys

import duckdb

orders_path, out = sys.argv[1:]
for table in ("fact_orders", "fact_order_items", "quarantine"):
    os.makedirs(f"{out}/{table}", exist_ok=True)

item = dict.fromkeys(["product_id", "category", "quantity", "unit_price"], "VARCHAR")
texts = dict.fromkeys(
    ["order_id", "order_timestamp", "sales_channel", "order_total", "currency"],
    "VARCHAR",
)
shape = json.dumps(
    texts
    | {
        "customer": dict.fromkeys(["customer_id", "country", "segment"], "VARCHAR"),
        "payment": dict.fromkeys(["method", "status"], "VARCHAR"),
        "items": [item],
    }
)
rules = {
    "order_id_is_present": "order_id is not null",
    "order_timestamp_is_valid": "order_timestamp is not null",
    "order_is_not_after_as_of": "order_date is null or order_date <= date '2025-12-31'",
    "order_has_items": "len(items) > 0",
    "quantities_are_positive": "len(list_filter(items,"
    " lambda each: coalesce(each.quantity, 0) <= 0)) = 0",
    "unit_prices_are_valid": "len(list_filter(items,"
    " lambda each: coalesce(each.unit_price, -1) < 0)) = 0",
    "currency_is_known": "currency in ('CAD', 'EUR', 'GBP', 'INR', 'USD')",
    "order_total_is_decimal": "order_total is not null",
    "order_total_is_sum_of_items": "order_total is null or items_total is null"
    " or order_total = items_total",
}
reasons = ", ".join(
    f"case when not coalesce({rule}, false) then '{name}' end"
    for name, rule in rules.items()
)
kept = " and ".join(f"coalesce({rule}, false)" for rule in rules.values())
outcome = (
    "case when document is null then 'row_is_well_formed'"
    f" when {kept} then '' else concat_ws(' ', {reasons}) end"
)

connection = duckdb.connect()
connection.execute("set preserve_insertion_order = false")
connection.execute("set TimeZone = 'UTC'")
connection.execute(f"""
create table judged as
with parsed as (
    select line as raw_record, filename as source_file,
        try(json_transform(line, '{shape}')) as document
    from read_csv('{orders_path}/*.json', columns = {{'line': 'VARCHAR'}}, delim = chr(1),
        quote = '', escape = '', header = false, auto_detect = false, filename = true)
),
typed as (
    select
        nullif(trim(document.order_id), '') as order_id,
        case when regexp_full_match(
                trim(document.order_timestamp), '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}T.*')
            then try_cast(document.order_timestamp as timestamptz) end as order_timestamp,
        cast(order_timestamp as date) as order_date,
        document.customer.customer_id as customer_id,
        document.customer.country as customer_country,
        document.customer.segment as customer_segment,
        document.sales_channel as sales_channel,
        document.payment.method as payment_method,
        document.payment.status as payment_status,
        document.currency as currency,
        case when regexp_full_match(trim(document.order_total), '[+-]?[0-9]+([.][0-9]*)?')
            then try_cast(document.order_total as decimal(18, 2)) end as order_total,
        list_transform(document.items, lambda item: {{
            'product_id': item.product_id,
            'category': item.category,
            'quantity':
                case when regexp_full_match(trim(item.quantity), '[+-]?[0-9]+([.]0*)?')
                then try_cast(regexp_replace(trim(item.quantity), '[.]0*$', '') as integer) end,
            'unit_price':
                case when regexp_full_match(trim(item.unit_price), '[+-]?[0-9]+([.][0-9]{{1,4}})?')
                then try_cast(item.unit_price as decimal(12, 4)) end
        }}) as items,
        document,
        source_file,
        raw_record,
    from parsed
),
summed as (
    select *,
        len(items) as item_count,
        list_sum(list_transform(items,
            lambda item: cast(round(item.quantity * item.unit_price, 2) as decimal(18, 2))
        )) as items_total,
    from typed
)
select * exclude (document), {outcome} as reasons from summed
""")
connection.execute("""
create table versions as
with repeated as (
    select order_id from judged where order_id is not null group by all having count(*) > 1
),
latest as (
    select * from judged semi join repeated using (order_id)
    qualify source_file = max(source_file) over (partition by order_id)
)
select *,
    row_number() over (partition by order_id order by raw_record) as version,
    min(raw_record) over same_key = max(raw_record) over same_key as is_only_version
from latest
window same_key as (partition by order_id)
""")
connection.execute("""
create view accepted as
select * from judged anti join versions using (order_id) where reasons = ''
union all by name
select * exclude (version, is_only_version) from versions
where reasons = '' and is_only_version and version = 1
""")
connection.execute(f"""
copy (
    select raw_record, reasons from judged anti join versions using (order_id)
    where reasons <> ''
    union all
    select raw_record, case when is_only_version then reasons
        else trim(concat_ws(' ', reasons, 'conflicting_duplicate')) end
    from versions where not is_only_version or (reasons <> '' and version = 1)
) to '{out}/quarantine/part.parquet' (format parquet, compression snappy)
""")
month = "strftime(order_date, '%Y') as order_year, strftime(order_date, '%m') as order_month"
partitioned = (
    "(format parquet, compression snappy, partition_by (order_year, order_month))"
)
connection.execute(f"""
copy (
    select order_id, order_timestamp, order_date, customer_id, customer_country, customer_segment,
        sales_channel, payment_method, payment_status, currency, order_total,
        cast(item_count as integer) as item_count,
        cast(items_total as decimal(18, 2)) as items_total, {month}
    from accepted
) to '{out}/fact_orders' {partitioned}
""")
connection.execute(f"""
copy (
    with lines as (
        select order_id, order_date, unnest(items) as item,
            cast(generate_subscripts(items, 1) as integer) as line_number
        from accepted
    )
    select order_id, line_number, order_date, item.product_id, item.category, item.quantity,
        item.unit_price,
        cast(round(item.quantity * item.unit_price, 2) as decimal(18, 2)) as line_total,
        {month}
    from lines
) to '{out}/fact_order_items' {partitioned}
""")
[(due, due_lines, amount)] = connection.execute(
    "select count(*), sum(item_count), sum(order_total) from accepted"
).fetchall()
for table, rows, column in (
    ("fact_orders", due, "order_total"),
    ("fact_order_items", due_lines, "line_total"),
):
    [written] = connection.execute(
        f"select count(*), count(distinct order_id), sum({column})"
        f" from read_parquet('{out}/{table}/*/*/*.parquet', hive_partitioning = true)"
    ).fetchall()
    assert written == (rows, due, amount)
    sys.stdout.write(f"{table}: {rows} rows over {amount}\n")
