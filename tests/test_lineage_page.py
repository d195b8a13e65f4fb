"""The page of lineage leads from files to the tiles of the report."""

from salesetl.lineage_page import lineage_page
from salesetl.pipelines.retail.pipeline import RETAIL
from salesetl.pipelines.sales.pipeline import SALES


def test_a_way_leads_from_a_file_to_a_tile() -> None:
    models = {
        "lines": "select * from {{ source('retail', 'order_lines') }}",
        "shop_days": "{{ config(\n    alias='days', materialized='table'\n) }}\nselect * from {{ ref('lines') }}",
    }
    tiles = {
        "revenue": "select * from days join other on true",
        "sizes": "select * from staging.order_lines",
    }

    page = lineage_page([RETAIL], {"retail": models}, {"retail": tiles})

    for arrow in (
        "file_orders([orders as delivered]) --> stage_retail{{stage_retail}}",
        "stage_retail --> t_order_lines[(order_lines)]",
        "t_order_lines --> m_lines[lines]",
        "m_lines --> m_shop_days[days]",
        "m_shop_days --> p_revenue>revenue]",
        "t_order_lines --> p_sizes>sizes]",
    ):
        assert f"    {arrow}\n" in page


def test_an_output_of_an_output_is_made_of_that() -> None:
    page = lineage_page([SALES], {}, {})

    assert "    t_enriched_sales --> t_sales_summary[(sales_summary)]\n" in page
