"""Rules about moments and days, for every source."""

from salesetl.model.rules import Cause, Rule

_SECONDS = Cause(
    "_raw_record rlike '(^|[^0-9.])1[0-9]{9}([^0-9]|$)'",
    'times seem to be seconds since 1970: set date_format = "epoch_s" in a source profile',
    unless="all_date_formats",
)


def time_rule(column: str) -> Rule:
    """Return the rule that a column has a moment, and that it can be read."""
    return Rule(
        f"{column}_is_valid",
        f"{column} is not null",
        remedy="a time is ISO 8601, or milliseconds or nanoseconds since 1970",
        causes=(_SECONDS,),
    )


def day_rules(
    row: str, day: str, *, told: str = "times", causes: tuple[Cause, ...] = ()
) -> tuple[Rule, Rule, Rule]:
    """Return the rules that a day is not too late, not too early, and within the dates of a run.

    `row` is what a row is called in their names, such as `order`, and `day` the column. `told` are
    the dates or times that files have, and `causes` may explain a day that is too late.
    """
    return (
        Rule(
            f"{row}_is_not_after_as_of",
            f"{day} is null or {day} <= :as_of",
            remedy=f"pass --as_of if the {told} are right",
            causes=causes,
        ),
        Rule(
            f"{row}_is_not_before_earliest_date",
            f"{day} is null or {day} >= :earliest_date",
            remedy=f"pass --earliest_date if the {told} are right",
        ),
        Rule(
            f"{row}_is_within_range",
            f"{day} is null or {day} between :start_date and :end_date",
            level="out_of_range",
        ),
    )
