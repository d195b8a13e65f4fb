"""A few dozen lines in the shape of the UCI Online Retail data set, made for the tests."""

from pathlib import Path

HEADER = (
    "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"
)
LINES = [
    # Two lines that are alike, and a third that differs in its quantity: three sales.
    "600001,20001,PAPER LANTERN,6,12/1/2010 8:26,2.55,17001,United Kingdom",
    "600001,20001,PAPER LANTERN,6,12/1/2010 8:26,2.55,17001,United Kingdom",
    "600001,20001,PAPER LANTERN,12,12/1/2010 8:26,2.55,17001,United Kingdom",
    # Commas and quotes in a description, letters in an article, a character beyond ASCII.
    '600001,20002A,"TIN, ""TEA"" AND SUGAR",4,12/1/2010 8:26,3.39,17001,United Kingdom',
    "600002,20003,CAFÉ SIGN,1,12/1/2010 8:28,7.65,17002,France",
    # No customer, no description, a price of zero.
    "600003,20004,GLASS JAR,10,12/1/2010 9:01,0.85,,Germany",
    "600004,20005,,3,12/2/2010 10:00,0,,EIRE",
    # A cancellation.
    "C600005,20001,PAPER LANTERN,-6,1/31/2011 23:59,2.55,17001,United Kingdom",
    # A price below zero, as when debt is written off: rejected.
    "A600006,B,Adjust bad debt,1,8/12/2011 14:51,-11062.06,,United Kingdom",
    # A day that there is not: rejected.
    "600007,20004,GLASS JAR,10,2/30/2011 9:01,0.85,17002,Germany",
    # Thirty lines of one invoice.
    *(
        f"600100,{30000 + number},ARTICLE {number},{number},12/9/2011 12:50,1.25,17003,Spain"
        for number in range(1, 31)
    ),
]
LOADED = len(LINES) - 2
REVENUE = "656.86"


def write_online_retail(path: Path, sound_lines: int = 0) -> Path:
    """Write the lines as the data set is encoded, and more lines that are sound below."""
    path.parent.mkdir(parents=True, exist_ok=True)
    more = [LINES[0]] * sound_lines
    path.write_bytes("\r\n".join([HEADER, *LINES, *more, ""]).encode("iso-8859-1"))
    return path
