"""Numbers of producers: no two that write to the same folder have the same one."""

import json
import uuid
from dataclasses import asdict, dataclass

from salesetl.errors import InputError, LeaseError
from salesetl.storage import join, storage_of

# Each producer that starts at the same time may come first once.
_ATTEMPTS = 100


@dataclass(frozen=True)
class ShopSession:
    """A producer: its number, a token that nobody else has, and the seed of users and products."""

    number: int
    token: str
    catalogue_seed: int


def claim_session(root: str, seed: int) -> ShopSession:
    """Take the next number of a folder, whoever else takes one at the same time.

    The first producer decides on the seed of users and products, so that a later one with another
    seed sells the same products to the same users. What a number was taken for may fail: it is not
    given again.
    """
    path = join(root, "shop", "_producers.json")
    for _ in range(_ATTEMPTS):
        claimed: list[ShopSession] = []

        def change(old: bytes | None) -> bytes:
            last = _read(path, old) if old else ShopSession(0, "", seed)
            # Without the token, two who write the same number could not be told apart.
            token = uuid.uuid4().hex
            claimed.append(ShopSession(last.number + 1, token, last.catalogue_seed))
            return json.dumps(asdict(claimed[-1])).encode()

        if storage_of(path).update(path, change):
            return claimed[-1]
    raise LeaseError(f"{path}: changes all the time; start fewer producers at once")


def _read(path: str, content: bytes) -> ShopSession:
    try:
        return ShopSession(**json.loads(content))
    except (TypeError, ValueError) as error:
        raise InputError(
            f"{path}: is not as a producer has written it; restore it, or remove it together with"
            " all of shop/"
        ) from error
