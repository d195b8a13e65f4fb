"""Values of arguments, checked as they are read, and their help."""

from argparse import Action, ArgumentDefaultsHelpFormatter, ArgumentTypeError


class HelpFormatter(ArgumentDefaultsHelpFormatter):
    """Tells the default of each argument that has one."""

    def _get_help_string(self, action: Action) -> str | None:
        if action.default is None:
            return action.help
        return super()._get_help_string(action)


def positive(text: str) -> int:
    """Read a whole number of at least 1."""
    number = int(text)
    if number < 1:
        raise ArgumentTypeError(f"{text} is not at least 1")
    return number


def share(text: str) -> float:
    """Read a share from 0 to 1."""
    number = float(text)
    if not 0 <= number <= 1:
        raise ArgumentTypeError(f"{text} is not between 0 and 1")
    return number
