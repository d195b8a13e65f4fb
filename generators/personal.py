"""Personal fields made up by Faker, as pools from which rows pick."""

from typing import TYPE_CHECKING

from salesetl.errors import SetupError

if TYPE_CHECKING:
    from faker import Faker


def faker_of(seed: int, purpose: str, locale: str = "en_US") -> "Faker":
    """Return a Faker whose output depends only on the seed and the purpose."""
    try:
        # Imported late: the other sample data does without it.
        from faker import Faker
    except ImportError as error:
        raise SetupError(
            "names of people are made by Faker: pip install 'salesetl[embedded]'"
        ) from error
    faker = Faker(locale)
    faker.seed_instance(f"{seed}/{purpose}")
    return faker
