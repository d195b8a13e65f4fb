"""Maps exports of other systems to the contracts, by source profiles."""
