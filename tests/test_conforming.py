"""What leaves a transform has the shape of its contract."""

from salesetl.conforming import conform
from salesetl.engines.engine import Engine
from salesetl.pipelines.sales.contracts import ENRICHED_SALES
from tests.frames import on_each_engine


@on_each_engine
def test_a_frame_gets_the_columns_order_and_types_of_its_contract(
    engine: Engine,
) -> None:
    names = [*reversed(ENRICHED_SALES.columns), "id"]
    frame = engine.frame([], dict.fromkeys(names, "string"))

    conformed = conform(frame, ENRICHED_SALES)

    assert list(engine.types(conformed).items()) == list(ENRICHED_SALES.types.items())
