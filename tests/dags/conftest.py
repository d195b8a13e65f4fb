"""An Airflow for the runs of DAGs."""

import pytest

from tests.dags.airflow_home import Airflow


@pytest.fixture(scope="session")
def airflow(tmp_path_factory: pytest.TempPathFactory) -> Airflow:
    """Begin an Airflow."""
    opened = Airflow(tmp_path_factory.mktemp("airflow"))
    opened.begin()
    return opened
