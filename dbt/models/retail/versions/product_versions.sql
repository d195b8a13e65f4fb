-- Grain: one version of a product. How many are in stock makes none; the last number known is kept.
{{ versions_of(
    source('retail', 'products'),
    source('retail', 'rejected_products'),
    'product_id',
    ['product_name', 'category', 'price'],
    ['stock_quantity'],
) }}
