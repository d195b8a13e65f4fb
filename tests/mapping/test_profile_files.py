"""A source profile is read from TOML, and what it says wrong is named."""

from pathlib import Path

import pytest

from salesetl.errors import InputError
from salesetl.mapping.profile import Profile
from salesetl.mapping.profile_files import load_profile
from salesetl.mapping.sections import Key
from salesetl.pipelines.sales.contracts import RAW_SALES


def refusal_of(tmp_path: Path, text: str) -> str:
    """Return the message with which a profile is refused, less its path."""
    path = tmp_path / "profile.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as refusal:
        load_profile(str(path), RAW_SALES)
    assert str(refusal.value).startswith(f"{path}: ")
    return str(refusal.value).removeprefix(f"{path}: ")


def test_without_a_profile_a_file_is_as_the_contract_says() -> None:
    profile = load_profile(None, RAW_SALES)

    assert profile == Profile()
    assert profile.used(RAW_SALES) == RAW_SALES.columns


def test_a_shipped_profile_is_found_by_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    profile = load_profile("uci_online_retail", RAW_SALES)

    assert profile.encoding == "ISO-8859-1"
    assert profile.columns["region"] == "Country"
    assert profile.key and profile.key.column == "transaction_id"
    assert profile.key.parts == ("InvoiceNo", "StockCode", "Quantity", "UnitPrice")
    assert profile.expressions["total_amount"].names == ["quantity", "unit_price"]


def test_a_profile_says_all_that_its_file_says(tmp_path: Path) -> None:
    path = tmp_path / "profile.toml"
    path.write_text(
        'delimiter = "\\t"\nencoding = "utf-16"\ndate_format = "d.M.yyyy"\n'
        'decimal_comma = true\n[columns]\nproduct = "Artikel"\n[constants]\n'
        'region = "Süd"\n[key]\ncolumn = "transaction_id"\nparts = ["Beleg"]\n'
        'separator = ""\n'
    )

    profile = load_profile(str(path), RAW_SALES)

    assert profile == Profile(
        delimiter="\t",
        encoding="utf-16",
        date_format="d.M.yyyy",
        decimal_comma=True,
        columns={"product": "Artikel"},
        constants={"region": "Süd"},
        key=Key("transaction_id", ("Beleg",), separator=""),
    )


@pytest.mark.parametrize("source", ["no_such_profile", "gone/profile.toml", "../x"])
def test_a_profile_that_is_not_there_is_named(source: str) -> None:
    with pytest.raises(InputError) as refusal:
        load_profile(source, RAW_SALES)

    told = f"{source}: there is no such source profile; check the path; shipped: "
    assert str(refusal.value).startswith(told)


def test_a_folder_is_no_profile(tmp_path: Path) -> None:
    (tmp_path / "profile.toml").write_text("")

    with pytest.raises(InputError) as refusal:
        load_profile(str(tmp_path), RAW_SALES)

    assert str(refusal.value).startswith(f"{tmp_path}: ")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('colour = "red"', "colour"),
        ("delimiter", "is not a valid source profile: Expected"),
        ('delimiter = ";;"', "';;'"),
        ('delimiter = ""', "''"),
        ('delimiter = "x"', "'x'"),
        ("delimiter = 5", "not a valid source profile"),
        ('encoding = "utf-99"', "'utf-99'"),
        ("encoding = 8", "not a valid source profile"),
        ('date_format = "dd.MM.yyy"', "'dd.MM.yyy'"),
        ('date_format = "dd.MM"', "'dd.MM'"),
        ('date_format = "d.M.yyyy d"', "'d.M.yyyy d'"),
        ('date_format = "yyyy-MM-dd\'"', "yyyy-MM-dd'"),
        ('date_format = "yyyy^MM^dd"', "yyyy^MM^dd"),
        ("date_format = 'yyyy\\MM\\dd'", "MM"),
        ('[columns]\nprice = "Preis"', "'price' is not a column of sales"),
        ('[constants]\nprice = "1"', "'price' is not a column of sales"),
        ('[expressions]\nprice = "a"', "'price' is not a column of sales"),
        ('[expressions]\nproduct = "open(a)"', "open(a)"),
        ("[expressions]\nproduct = 5", "not a valid source profile"),
        ('[key]\ncolumn = "id"\nparts = ["a"]', "'id' is not a column of sales"),
        ('[key]\ncolumn = "transaction_id"\nparts = ["a"]\ncolour = 1', "'colour'"),
    ],
)
def test_an_entry_that_is_not_understood_is_named(
    tmp_path: Path, text: str, named: str
) -> None:
    message = refusal_of(tmp_path, text)

    assert named in message


@pytest.mark.parametrize(
    "text",
    [
        '[key]\ncolumn = "transaction_id"',
        '[key]\ncolumn = "transaction_id"\nparts = []',
        '[key]\ncolumn = "transaction_id"\nparts = "InvoiceNo"',
        'key = "InvoiceNo"',
        'expressions = "a"',
        "columns = 5",
        "[columns]\nproduct = 5",
        "[constants]\nproduct = 5",
        'decimal_comma = "no"',
        'encoding = "rot13"',
        '[expressions]\nproduct = "' + "-" * 1500 + 'a"',
    ],
    ids=lambda text: text[:60],
)
def test_an_entry_of_another_form_is_refused(tmp_path: Path, text: str) -> None:
    message = refusal_of(tmp_path, text)

    assert message


def test_a_profile_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "profile.toml"
    path.write_bytes('[constants]\nregion = "Süd"'.encode("latin-1"))

    with pytest.raises(InputError, match="not a valid source profile"):
        load_profile(str(path), RAW_SALES)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            'delimeter = ";"',
            "delimeter: 'delimeter' is not an entry of a profile; did you mean delimiter? Allowed: ",
        ),
        (
            'Delimiter = ";"',
            "Delimiter: 'Delimiter' is not an entry of a profile; did you mean delimiter? Allowed: ",
        ),
        (
            "[colums]",
            "colums: 'colums' is not an entry of a profile; did you mean columns? Allowed: delimiter, ",
        ),
        (
            "qqq = 1",
            "qqq: 'qqq' is not an entry of a profile; allowed: delimiter, encoding, ",
        ),
        (
            '[key]\ncolum = "transaction_id"\nparts = ["a"]',
            "key.colum: 'colum' is not an entry of [key]; did you mean column? Allowed: column, parts,",
        ),
        (
            '[key]\ncolumn = "transaction"\nparts = ["a"]',
            "key.column: 'transaction' is not a column of sales; did you mean transaction_id?",
        ),
        ('[key]\nparts = ["a"]', "key.column is missing; [key] needs column and parts"),
        (
            '[key]\ncolumn = "date"',
            "key.parts is missing; [key] needs column and parts",
        ),
        ('[key]\ncolumn = "date"\nparts = []', "key.parts is empty; list the columns"),
        (
            '[key]\ncolumn = "date"\nparts = ["a", 2]',
            "each of key.parts is a whole number, but must be text in quotes",
        ),
        (
            '[key]\ncolumn = "date"\nparts = ["a"]\nline_number = "yes"',
            "key.line_number is text in quotes, but must be true or false",
        ),
        ("key = 5", "key is a whole number, but must be a section"),
        (
            "delimiter = true",
            "delimiter is true or false, but must be text in quotes",
        ),
        (
            "date_format = 2025-01-31",
            "date_format is a date or a time, but must be text in quotes",
        ),
        (
            '[columns]\nprodukt = "x"',
            "columns.produkt: 'produkt' is not a column of sales; did you mean product?",
        ),
        ('delimiter = ";;"', "delimiter ';;' is not allowed; allowed: ',' (comma) "),
        (
            'date_format = "dd.MM.yyy"',
            "date_format 'dd.MM.yyy': 'yyy' is not allowed; did you mean yyyy? Allowed: ",
        ),
        (
            'date_format = "dd.MM"',
            "date_format 'dd.MM': it needs a year, a month and a day",
        ),
        *(
            (
                f'encoding = "{name}"',
                f"encoding '{name}' is not supported; did you mean {meant}?",
            )
            for name, meant in (
                ("latin1", "ISO-8859-1"),
                ("latin9", "ISO-8859-15"),
                ("cp1252", "windows-1252"),
                ("utf8", "UTF-8"),
                ("utf-8-sig", "UTF-8"),
                ("utf_16_le", "UTF-16LE"),
                ("sjis", "Shift_JIS"),
            )
        ),
    ],
)
def test_what_was_meant_is_told_with_all_that_is_allowed(
    tmp_path: Path, text: str, told: str
) -> None:
    message = refusal_of(tmp_path, text)

    assert message.startswith(f"is not a valid source profile: {told}")
    assert "Profile" not in message and "class" not in message and "\n" not in message


def test_a_function_of_another_name_is_told_with_its_entry(tmp_path: Path) -> None:
    message = refusal_of(tmp_path, '[expressions]\nproduct = "upr(a)"')

    assert message.startswith(
        "expressions.product: expression 'upr(a)': 'upr(a)' is not"
    )
    assert "; did you mean upper? Use columns, numbers" in message
