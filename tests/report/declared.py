"""The columns that the models of a pipeline declare."""

import yaml

from salesetl.lineage_page import served_name
from salesetl.warehouses.dbt_models import PROJECT


def declared_columns(pipeline: str) -> dict[str, dict[str, str]]:
    """Return the types of the columns of each model, by the name under which it is served."""
    folder = PROJECT / "models" / pipeline
    texts = {path.stem: path.read_text() for path in folder.rglob("*.sql")}
    pages = [yaml.safe_load(path.read_text()) for path in folder.rglob("_*.yml")]
    return {
        served_name(model["name"], texts[model["name"]]): {
            column["name"]: column.get("data_type", "") for column in model["columns"]
        }
        for page in pages
        for model in page.get("models", ())
    }


def exposed(pipeline: str) -> set[str]:
    """Return what the part of the page on a pipeline depends on, by the name that it is served as.

    A source is of the schema `staging`.
    """
    folder = PROJECT / "models" / pipeline
    texts = {path.stem: path.read_text() for path in folder.rglob("*.sql")}
    [exposure] = yaml.safe_load((folder / "_exposures.yml").read_text())["exposures"]
    names = set()
    for each in exposure["depends_on"]:
        name = each.rstrip("')").rpartition("'")[2]
        is_source = each.startswith("source")
        names.add(f"staging.{name}" if is_source else served_name(name, texts[name]))
    return names
