"""Files in the shapes of public retail exports; their rows are made up here."""

from __future__ import annotations

import csv
import io
import json
import random
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

CENT = Decimal("0.01")
DAYS = [date(2024, 1, 1) + timedelta(days=number) for number in range(120)]
ONE_DAY_EACH = [(number, DAYS[number % len(DAYS)]) for number in range(240)]


class Export:
    """A folder with an export: `main` has the rows, `others` what they are looked up in.

    `revenue` is what the file says was paid, calculated here and not by the library.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.main = ""
        self.others: list[str] = []
        self.rows = 0
        self.revenue = Decimal()
        self.chance = random.Random(7)

    def cents(self, most: int = 9000) -> Decimal:
        """Return an amount of money."""
        return Decimal(self.chance.randint(100, most)) / 100

    def write(
        self,
        name: str,
        header: str,
        rows: Sequence[Sequence[Any]],
        *,
        delimiter: str = ",",
        encoding: str = "utf-8",
        above: str = "",
    ) -> str:
        """Write delimited text, and return its path."""
        text = io.StringIO()
        text.write(above)
        writer = csv.writer(text, delimiter=delimiter, lineterminator="\r\n")
        writer.writerow(header.split(delimiter))
        writer.writerows(rows)
        path = self.folder / name
        path.write_bytes(text.getvalue().encode(encoding))
        return str(path)


def cent(amount: Decimal) -> Decimal:
    """Round to the cent, half-up."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def american(day: date) -> str:
    """Write a day as in the United States, without zeros."""
    return f"{day.month}/{day.day}/{day.year}"


def superstore(export: Export) -> None:
    """Superstore: the total after a discount that is a share, and no price."""
    rows = []
    for number, day in ONE_DAY_EACH:
        share = export.chance.choice(["0", "0.2"])
        sales = export.cents() * (1 - Decimal(share)) + Decimal("0.0004")
        quantity = export.chance.randint(1, 9)
        export.revenue += cent(sales)
        order = f"CA-2024-{number // 2}"
        rows.append(
            [
                number + 1,
                order,
                f"{day:%d-%m-%Y}",
                f"{day + timedelta(days=4):%d-%m-%Y}",
            ]
            + ["CG-1", "Consumer", "United States", "Kentucky", "South", "FUR-1"]
            + ["Furniture", 'Desk, 24" é', sales, quantity, share, "4.1"]
        )
    header = (
        "Row ID,Order ID,Order Date,Ship Date,Customer ID,Segment,Country,State,Region,"
    )
    header += "Product ID,Category,Product Name,Sales,Quantity,Discount,Profit"
    export.main = export.write("superstore.csv", header, rows)


def supermarket(export: Export) -> None:
    """Supermarket sales: a tax beside the price, and sums of four decimals."""
    rows = []
    for number, day in ONE_DAY_EACH:
        price, quantity = export.cents(), export.chance.randint(1, 9)
        tax = price * quantity * Decimal("0.05")
        total = price * quantity + tax
        export.revenue += cent(total)
        rows.append(
            [f"750-67-{number}", "A", "Yangon", "Member", "Health and beauty", price]
            + [quantity, tax, total, american(day), "13:08", "Cash", price * quantity]
            + ["4.761904762", tax, "9.1"]
        )
    header = "Invoice ID,Branch,City,Customer type,Product line,Unit price,Quantity,Tax 5%,Total,"
    header += "Date,Time,Payment,cogs,gross margin percentage,gross income,Rating"
    export.main = export.write("supermarket.csv", header, rows)


def online_retail(export: Export) -> None:
    """UCI Online Retail as a spreadsheet saves it: the same article twice on an invoice, returns."""
    rows: list[list[Any]] = []
    for number, day in ONE_DAY_EACH:
        quantity = export.chance.choice([6, 12, -2])
        price = export.chance.choice(["2.55", "0.85"])
        when = f"{day:%d.%m.%Y} {number % 24}:05"
        rows.append(
            [f"{'C' if quantity < 0 else ''}{536365 + number // 4}", "85123A", "CUP £"]
            + [quantity, when, price, export.chance.choice(["17850", ""]), "France"]
        )
        if number % 50 == 0:
            rows.append(rows[-1])
    export.revenue = sum((cent(row[3] * Decimal(row[5])) for row in rows), Decimal())
    header = (
        "Invoice;StockCode;Description;Quantity;InvoiceDate;Price;Customer ID;Country"
    )
    export.main = export.write(
        "online_retail.csv", header, rows, delimiter=";", encoding="windows-1252"
    )


def shopify(export: Export) -> None:
    """Shopify: the fields of an order, also its amounts, stand on the first of its lines."""
    header = (
        "Name,Email,Financial Status,Paid at,Currency,Subtotal,Shipping,Taxes,Total,"
    )
    header += (
        "Discount Amount,Created at,Lineitem quantity,Lineitem name,Lineitem price,"
    )
    header += "Lineitem sku,Billing Country,Shipping Country,Id,Vendor"
    rows = []
    for number, day in ONE_DAY_EACH:
        first, second = export.cents(), export.cents()
        paid = 2 * first + second - 1 + 4 + Decimal("1.36")
        export.revenue += paid
        when = f"{day} 10:00:00 -0400"
        name, email = f"#{1000 + number}", f"a{number}@example.com"
        rows.append(
            [name, email, "paid", when, "USD", 2 * first + second - 1, "4.00", "1.36"]
            + [paid, "1.00", when, 2, "Mug", first, "M", "US", "US", number, "Acme"]
        )
        rows.append([name, email, *[""] * 8, when, 1, "Cup", second, "C", *[""] * 4])
    export.main = export.write("orders_export.csv", header, rows)


def woocommerce(export: Export) -> None:
    """WooCommerce: an array of orders with lists of lines."""
    orders = []
    for number, day in ONE_DAY_EACH:
        subtotal = export.cents()
        total = 2 * subtotal - 1 + 5
        export.revenue += total
        line = {"id": 1, "name": "Cup", "product_id": 9, "sku": "CUP", "quantity": 2}
        line |= {"subtotal": str(2 * subtotal), "total": str(2 * subtotal - 1)}
        orders.append(
            {
                "id": 700 + number,
                "status": "completed",
                "currency": "EUR",
                "date_created": f"{day}T10:00:00",
                "date_created_gmt": f"{day}T08:00:00",
                "discount_total": "1.00",
                "shipping_total": "5.00",
                "total_tax": "0.00",
                "total": str(total),
                "customer_id": 5,
                "billing": {"country": "DE", "email": "a@example.com"},
                "payment_method": "paypal",
                "created_via": "checkout",
                "line_items": [line],
                "fee_lines": [],
                "refunds": [],
            }
        )
    path = export.folder / "orders.json"
    path.write_text(json.dumps(orders))
    export.main = str(path)


def own_orders(export: Export) -> None:
    """Orders of a system that nobody knows, an object a line."""
    lines = []
    for number, day in ONE_DAY_EACH:
        price = export.cents()
        export.revenue += 3 * price
        lines.append(
            {
                "orderNumber": f"O{number}",
                "placedAt": f"{day}T10:00:00Z",
                "buyer": {"id": "B1", "country": "FR", "segment": "retail"},
                "channel": "online",
                "payment": {"method": "card", "status": "paid"},
                "currency": "EUR",
                "amounts": {"total": str(3 * price)},
                "positions": [
                    {
                        "sku": "A",
                        "category": "toys",
                        "quantity": 3,
                        "unitPrice": str(price),
                    }
                ],
            }
        )
    path = export.folder / "orders.jsonl"
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    export.main = str(path)


def olist(export: Export) -> None:
    """Olist: the items of orders in one file, dates and customers of the orders in another."""
    items, orders = [], []
    for number, day in ONE_DAY_EACH:
        order = f"{number:032x}"
        when = datetime(day.year, day.month, day.day, 9, 30)
        status = "canceled" if number % 40 == 0 else "delivered"
        orders.append([order, f"c{number}", status, when, when + timedelta(hours=1)])
        for place in range(1 + number % 2):
            price, freight = export.cents(), export.cents(2000)
            export.revenue += price + freight
            items.append([order, place + 1, "p1", "s1", when, price, freight])
    header = "order_id,order_item_id,product_id,seller_id,shipping_limit_date,price,freight_value"
    export.main = export.write("olist_order_items.csv", header, items)
    header = (
        "order_id,customer_id,order_status,order_purchase_timestamp,order_approved_at"
    )
    export.others = [export.write("olist_orders.csv", header, orders)]


def adventure_works(export: Export) -> None:
    """AdventureWorks: the price and the region stand in other files, one key has another name."""
    prices = {key: export.cents() for key in range(214, 240)}
    rows = []
    for number, day in ONE_DAY_EACH:
        product, quantity = export.chance.choice([*prices]), export.chance.randint(1, 3)
        export.revenue += prices[product] * quantity
        rows.append(
            [american(day), "9/21/2001", f"SO{45080 + number // 2}", product]
            + [11000 + number, number % 5 + 1, number % 2 + 1, quantity]
        )
    header = "OrderDate,StockDate,OrderNumber,ProductKey,CustomerKey,TerritoryKey,"
    header += "OrderLineItem,OrderQuantity"
    export.main = export.write("AdventureWorks_Sales.csv", header, rows)
    products = [
        [key, "HL", f"Helmet {key}", "13.0863", price] for key, price in prices.items()
    ]
    header = "ProductKey,ProductSKU,ProductName,ProductCost,ProductPrice"
    export.others = [export.write("AdventureWorks_Products.csv", header, products)]
    territories = [[key, f"Region {key}", "Canada"] for key in range(1, 6)]
    header = "SalesTerritoryKey,Region,Country"
    export.others.append(
        export.write("AdventureWorks_Territories.csv", header, territories)
    )


def comma(amount: Decimal) -> str:
    """Write an amount with a decimal comma and points between groups."""
    return f"{amount:,.2f}".translate(str.maketrans(",.", ".,"))


def german(export: Export) -> None:
    """A German till: decimal commas, the sign of the euro, lines of a report above the header."""
    rows = []
    for number, day in ONE_DAY_EACH:
        price, quantity = export.cents(150000), export.chance.randint(1, 5)
        discount = export.chance.choice([Decimal(0), Decimal("1.50")])
        total = price * quantity - discount
        export.revenue += total
        rows.append(
            [
                f"R{number // 2}",
                number % 2 + 1,
                f"{day:%d.%m.%Y}",
                "K7",
                "Wäscheständer",
            ]
            + [
                quantity,
                f"{comma(price)} €",
                f"{comma(discount)} €",
                f"{comma(total)} €",
            ]
            + ["München"]
        )
    header = (
        "Belegnr.;Pos;Belegdatum;Kundennr.;Artikelbezeichnung;Menge;Einzelpreis;Rabatt;"
    )
    header += "Gesamtbetrag;Filiale"
    export.main = export.write(
        "kasse.csv",
        header,
        rows,
        delimiter=";",
        encoding="windows-1252",
        above="Umsatzbericht\r\nFiliale: alle\r\n",
    )


def brazilian(export: Export) -> None:
    """A Brazilian shop: `R$ 1.234,56`, the day first, freight in the total."""
    rows = []
    for number, day in ONE_DAY_EACH:
        price, quantity = export.cents(150000), export.chance.randint(1, 5)
        total = price * quantity - 5 + Decimal("12.90")
        export.revenue += total
        rows.append(
            [1000 + number, f"{day:%d/%m/%Y}", "C9", "Café torrado", quantity]
            + [f"R$ {comma(price)}", "R$ 5,00", "R$ 12,90", f"R$ {comma(total)}", "SP"]
        )
    header = "Nº Pedido;Data da Venda;Cód. Cliente;Produto;Quantidade;Valor Unitário;Desconto;"
    header += "Frete;Valor Total;UF"
    export.main = export.write(
        "vendas.csv", header, rows, delimiter=";", encoding="utf-8-sig"
    )


SHAPES = [superstore, supermarket, online_retail, shopify, woocommerce, own_orders]
SHAPES += [olist, adventure_works, german, brazilian]
