"""The fingerprint of a profile changes with what it says, and with nothing else."""

from pathlib import Path

import pytest

from salesetl.mapping.fingerprint import fingerprint
from salesetl.mapping.profile_files import load_profile
from salesetl.pipelines.sales.contracts import RAW_SALES

PLAIN = '[expressions]\ntotal_amount = "quantity * unit_price"\n'


def fingerprint_of(folder: Path, text: str) -> str:
    """Return the fingerprint of a profile of some text."""
    path = folder / "profile.toml"
    path.write_text(text)
    return fingerprint(load_profile(str(path), RAW_SALES))


def test_no_profile_has_none(tmp_path: Path) -> None:
    assert fingerprint(load_profile(None, RAW_SALES)) == ""
    assert fingerprint_of(tmp_path, 'encoding = "UTF-8"\n') == ""


def test_comments_and_defaults_say_nothing(tmp_path: Path) -> None:
    plain = fingerprint_of(tmp_path, PLAIN)

    assert plain
    assert (
        fingerprint_of(tmp_path, f"# Till\ndecimal_comma = false\nnulls = []\n{PLAIN}")
        == plain
    )


@pytest.mark.parametrize(
    "text",
    [
        PLAIN.replace("*", "+"),
        f"decimal_comma = true\n{PLAIN}",
        f'nulls = ["-"]\n{PLAIN}',
        f'{PLAIN}[filter]\nkeep = "quantity > 0"\n',
        f'{PLAIN}[columns]\nproduct = "Item"\n',
        f'{PLAIN}[number]\ngroup = "."\ndecimal = ","\n',
        f'{PLAIN}[key]\ncolumn = "transaction_id"\nparts = ["Invoice"]\n',
    ],
)
def test_what_it_says_tells_it_from_another(tmp_path: Path, text: str) -> None:
    assert fingerprint_of(tmp_path, text) != fingerprint_of(tmp_path, PLAIN)


TWO = ['product = "Item"\n', 'region = "Shop"\n']


@pytest.mark.parametrize("section", ["columns", "constants"])
def test_the_order_of_columns_says_nothing(tmp_path: Path, section: str) -> None:
    told, turned = (
        fingerprint_of(tmp_path, f"[{section}]\n{''.join(each)}")
        for each in (TWO, TWO[::-1])
    )

    assert told == turned


def test_the_order_of_expressions_says_something(tmp_path: Path) -> None:
    made = ['product = "upper(Item)"\n', 'region = "concat(product, Shop)"\n']

    told, turned = (
        fingerprint_of(tmp_path, f"[expressions]\n{''.join(each)}")
        for each in (made, made[::-1])
    )

    assert told != turned
