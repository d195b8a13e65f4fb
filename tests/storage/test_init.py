"""Paths tell where they live, and have one form."""

import os
from pathlib import Path

import pytest

from salesetl.errors import InputError
from salesetl.storage import StoredFile, join, normalized, parquet_files, storage_of
from salesetl.storage.disk import LocalStorage
from salesetl.storage.s3 import S3Storage


@pytest.mark.parametrize("scheme", ["s3", "s3a", "s3n", "S3"])
def test_every_spelling_of_s3_is_s3(scheme: str) -> None:
    path = f"{scheme}://bucket/prefix"

    storage = storage_of(path)

    assert isinstance(storage, S3Storage)


@pytest.mark.parametrize("path", ["sales.csv", "/data/sales", "file:///data", "a:b"])
def test_a_path_without_a_scheme_is_on_this_machine(path: str) -> None:
    storage = storage_of(path)

    assert isinstance(storage, LocalStorage)


@pytest.mark.parametrize("path", ["hdfs://node/sales", "https://host/a", "gs://a"])
def test_an_unknown_scheme_is_refused_by_name(path: str) -> None:
    with pytest.raises(InputError) as refusal:
        storage_of(path)

    assert repr(path.partition(":")[0]) in str(refusal.value)
    assert str(refusal.value).startswith(path)


def test_a_relative_path_becomes_absolute(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    path = normalized("lake/./tables/../sales/")

    assert path == f"{tmp_path}/lake/sales"


def test_a_tilde_is_the_home_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))

    path = normalized("~/lake")

    assert path == os.path.join(tmp_path, "lake")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("s3://bucket/prefix/", "s3://bucket/prefix"),
        ("s3://bucket//", "s3://bucket"),
        ("s3a://bucket/a b", "s3a://bucket/a b"),
        ("file:///data/lake/", "/data/lake"),
        ("file:/data/lake", "/data/lake"),
        ("file:///data/September%20sales", "/data/September sales"),
    ],
)
def test_a_path_with_a_scheme_has_one_form(given: str, expected: str) -> None:
    path = normalized(given)

    assert path == expected
    assert normalized(path) == path


@pytest.mark.parametrize(
    ("root", "parts", "expected"),
    [
        ("/lake", ("sales", "month=9"), "/lake/sales/month=9"),
        ("s3://bucket/", ("sales",), "s3://bucket/sales"),
        ("/", ("sales",), "/sales"),
        ("/lake", (), "/lake"),
    ],
)
def test_parts_are_joined_by_single_slashes(
    root: str, parts: tuple[str, ...], expected: str
) -> None:
    path = join(root, *parts)

    assert path == expected


def test_a_stored_file_has_the_last_part_of_its_path_as_name() -> None:
    file = StoredFile("s3://bucket/sales/part-0.parquet", 3)

    assert file.name == "part-0.parquet"


def test_parquet_files_are_those_that_readers_of_a_table_see() -> None:
    root = "/home/_me/.lake/sales"
    names = [
        "a.parquet",
        "x=1/b.parquet",
        "_c.parquet",
        "x=1/.d.parquet",
        "_e/f.parquet",
    ]
    files = [StoredFile(f"{root}/{name}", 1) for name in [*names, "g.csv"]]

    seen = parquet_files(root, files)

    assert seen == files[:2]
