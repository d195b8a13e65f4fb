"""Plain DuckDB SQL with the same checks, quarantine and outputs; nothing is published safely."""

import os
import sys

import duckdb

sales_path, customers_path, out = sys.argv[1:]
names = "transaction_id date customer_id product quantity unit_price region total_amount".split()
columns = ", ".join(f"'{name}': 'VARCHAR'" for name in names)
for table in ("enriched_sales", "sales_summary", "quarantine"):
    os.makedirs(f"{out}/{table}", exist_ok=True)

rules = {
    "transaction_id_is_present": "transaction_id is not null",
    "date_is_valid": "day is not null",
    "date_is_not_after_as_of": "day is null or day <= date '2025-12-31'",
    "quantity_is_whole_number": "units is not null",
    "quantity_is_not_zero": "units is null or units <> 0",
    "unit_price_is_valid": "price >= 0",
    "total_amount_is_decimal": "amount is not null",
    "total_amount_is_sum_of_its_parts": "amount is null or units is null or price is null"
    " or abs(amount - round(units * price, 2)) <= 0.01",
}
reasons = ", ".join(
    f"case when not coalesce({rule}, false) then '{name}' end"
    for name, rule in rules.items()
)
kept = " and ".join(f"coalesce({rule}, false)" for rule in rules.values())

connection = duckdb.connect()
connection.execute("set preserve_insertion_order = false")
connection.execute(f"""
create table customers as
select customer_id, age_group, membership_tier, try_cast(signup_date as date) as signup_date
from read_json('{customers_path}/*', format = 'newline_delimited', columns = {{
    'customer_id': 'VARCHAR', 'age_group': 'VARCHAR', 'membership_tier': 'VARCHAR',
    'signup_date': 'VARCHAR'}})
qualify row_number() over (partition by customer_id order by signup_date desc) = 1
""")
connection.execute(f"""
create table judged as
with raw as (
    select *, concat_ws(',', {', '.join(names)}) as raw_record
    from read_csv('{sales_path}/*.csv', columns = {{{columns}}}, header = true, delim = ',',
        quote = '"', escape = '"', auto_detect = false, store_rejects = true)
),
typed as (
    select
        nullif(trim(transaction_id), '') as transaction_id,
        case when regexp_full_match(trim(date), '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}')
            then try_cast(date as date) end as day,
        nullif(trim(customer_id), '') as customer_id,
        nullif(trim(product), '') as product,
        case when regexp_full_match(trim(quantity), '[+-]?[0-9]+([.]0*)?')
            then try_cast(regexp_replace(trim(quantity), '[.]0*$', '') as integer) end as units,
        case when regexp_full_match(trim(unit_price), '[+-]?[0-9]+([.][0-9]{{1,4}})?')
            then try_cast(unit_price as decimal(12, 4)) end as price,
        nullif(trim(region), '') as region,
        case when regexp_full_match(trim(total_amount), '[+-]?[0-9]+([.][0-9]*)?')
            then try_cast(total_amount as decimal(18, 2)) end as amount,
        raw_record,
    from raw
)
select *, case when {kept} then '' else concat_ws(' ', {reasons}) end as reasons
from typed
""")
connection.execute("""
create table versions as
with repeated as (
    select transaction_id from judged where transaction_id is not null
    group by all having count(*) > 1
),
content as (
    select *,
        case when reasons = ''
            then concat_ws(chr(31), day, customer_id, product, units, price, region, amount)
            else raw_record end as content
    from judged semi join repeated using (transaction_id)
)
select * exclude (content),
    row_number() over same as version,
    min(content) over same_key = max(content) over same_key as is_only_version
from content
window same as (partition by transaction_id order by content, raw_record),
    same_key as (partition by transaction_id)
""")
connection.execute("""
create view accepted as
select * from judged anti join versions using (transaction_id) where reasons = ''
union all by name
select * exclude (version, is_only_version) from versions
where reasons = '' and is_only_version and version = 1
""")
connection.execute(f"""
copy (
    select raw_record, reasons from judged anti join versions using (transaction_id)
    where reasons <> ''
    union all
    select raw_record, case when is_only_version then reasons
        else trim(concat_ws(' ', reasons, 'conflicting_duplicate')) end
    from versions where not is_only_version or (reasons <> '' and version = 1)
    union all
    select csv_line, 'row_is_well_formed' from reject_errors
) to '{out}/quarantine/part.parquet' (format parquet, compression snappy)
""")
connection.execute(f"""
copy (
    select
        transaction_id, day as date, customer_id, product, units as quantity, price as unit_price,
        region, amount as total_amount, age_group, membership_tier, signup_date,
        units < 0 as is_return, dayofmonth(day) as day, year(day) as year, month(day) as month
    from accepted left join customers using (customer_id)
) to '{out}/enriched_sales' (format parquet, compression snappy, partition_by (year, month))
""")
enriched = (
    f"read_parquet('{out}/enriched_sales/*/*/*.parquet', hive_partitioning = true)"
)
connection.execute(f"""
copy (
    select region, product, cast(sum(total_amount) as decimal(38, 2)) as total_revenue,
        count(*) as transaction_count, sum(quantity) as units_sold,
        sum(case when is_return then total_amount else 0 end) as return_amount,
        count(distinct customer_id) as customer_count, year, month
    from {enriched} group by all
) to '{out}/sales_summary' (format parquet, compression snappy, partition_by (year, month))
""")
[(rows, keys, revenue)] = connection.execute(
    f"select count(*), count(distinct transaction_id), sum(total_amount) from {enriched}"
).fetchall()
[(due, amount)] = connection.execute(
    "select count(*), sum(amount) from accepted"
).fetchall()
assert (rows, keys, revenue) == (due, due, amount)
sys.stdout.write(f"{rows} rows, revenue {revenue}\n")
