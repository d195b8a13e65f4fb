"""Computes what the warehouse must show of all events that were delivered without a fault."""

from collections import Counter, defaultdict
from typing import Any

from generators.event_visits import Event

_STATES = ("order_create", "order_paid", "order_fulfilled", "order_cancelled")
_PAID = ("order_paid", "order_fulfilled")


class EventTruth:
    """Counts events, customers, and orders as of their newest event."""

    def __init__(self) -> None:
        self._types: Counter[str] = Counter()
        self._customers: set[str] = set()
        self._sessions: set[str] = set()
        self._orders: dict[str, tuple[tuple[str, int, str], Event]] = {}
        self._ordered_at: dict[str, str] = {}

    def add(self, event: Event) -> None:
        """Count an event. Events may come in any order."""
        self._types[event["event_type"]] += 1
        self._customers.add(event["customer"]["customer_id"])
        self._sessions.add(event["session_id"])
        if "order" not in event:
            return
        order_id, moment = event["order"]["order_id"], event["event_timestamp"]
        place = moment, _STATES.index(event["event_type"]), event["event_id"]
        if order_id not in self._orders or self._orders[order_id][0] < place:
            self._orders[order_id] = place, event
        known = self._ordered_at.setdefault(order_id, moment)
        self._ordered_at[order_id] = min(known, moment)

    def as_dict(self) -> dict[str, Any]:
        """Return the figures as `_answers/events.json` has them."""
        newest = [event for _, event in self._orders.values()]
        paid = [event["order"] for event in newest if event["event_type"] in _PAID]
        by_day: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for order in paid:
            by_day[self._ordered_at[order["order_id"]][:10]].append(order)
        return {
            "events": sum(self._types.values()),
            "events_by_type": dict(sorted(self._types.items())),
            "customers": len(self._customers),
            "sessions": len(self._sessions),
            "orders": len(newest),
            "paid_orders": len(paid),
            "merchandise": _sum(paid, "subtotal"),
            "tax": _sum(paid, "tax"),
            "shipping": _sum(paid, "shipping"),
            "revenue_by_order_date": {
                day: _sum(orders, "total_amount")
                for day, orders in sorted(by_day.items())
            },
        }


def _sum(orders: list[dict[str, Any]], name: str) -> str:
    cents = sum(round(order[name] * 100) for order in orders)
    return f"{cents // 100}.{cents % 100:02}"
