"""What the charts of retail and shop are drawn from, by the name of the query."""

# What the charts are drawn from: tables of the star, each a few rows.
RETAIL_QUERIES = {
    "days": "select * from revenue_by_day order by full_date",
    "categories": "select * from revenue_by_category order by revenue desc, category",
    "products": "select * from top_products order by product_rank limit 10",
    "customers": "select * from top_customers order by customer_rank limit 10",
    "baskets": "select * from basket_sizes order by lines",
    "repeats": "select * from repeat_intervals order by days_between",
    "pairs": (
        "select pairs.orders, one.product_name, other.product_name as other_product_name"
        " from product_pairs as pairs"
        " join top_products as one on pairs.product_id = one.product_id"
        " join top_products as other on pairs.other_product_id = other.product_id"
        " order by pairs.orders desc, pairs.product_id, pairs.other_product_id limit 10"
    ),
    "segments": (
        "select segment, count(*) as customers, sum(revenue) as revenue"
        " from customer_segments group by segment order by revenue desc, segment"
    ),
    "weekdays": "select * from revenue_by_weekday order by day_of_week",
    "weekends": "select * from weekend_and_weekday order by is_weekend",
    "seasons": "select * from revenue_by_season order by year, season",
    "unknown": (
        "select count(*) as lines,"
        " coalesce(sum(case when customer_key = -1 then 1 else 0 end), 0) as customers,"
        " coalesce(sum(case when product_key = -1 then 1 else 0 end), 0) as products"
        " from fact_order_lines"
    ),
}
SHOP_QUERIES = {
    # By the day that the job has found, which may be one in the time zone of the shop.
    "days": (
        "select cast(strptime(cast(date_key as varchar), '%Y%m%d') as date) as sale_date,"
        " count(*) as sales, sum(total_amount) as revenue"
        " from fact_sales group by date_key order by date_key"
    ),
    "cities": "select * from revenue_by_city order by revenue desc, city",
    "categories": "select * from revenue_by_category order by revenue desc, category",
    "payments": "select * from revenue_by_payment_type order by revenue desc, payment_type",
    "hours": "select * from revenue_by_hour order by sale_hour",
}
