"""Writing a part of a CloudFormation template as YAML, with its short tags.

Glue brings no library for it, and what a template needs of YAML is little.
"""

import json
import re
import textwrap
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

# Wide, for CloudFormation takes 51,200 bytes and no more, blanks included.
_WIDTH = 140
# Text that every reader of YAML takes for text, also between brackets.
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:[./-][A-Za-z0-9_*]+)*/?")
_WORDS = {"true", "false", "yes", "no", "on", "off", "null", "y", "n"}
_REFERENCE = re.compile(r"\$\{([A-Za-z0-9:]+)\}")
_ATTRIBUTE = re.compile(r"\$\{([A-Za-z0-9]+\.[A-Za-z0-9]+)\}")
# Their own text is for CloudFormation to fill in, not for `substituted`.
_FILLED = ("Ref", "Condition", "Fn::Sub", "Fn::GetAtt")


def substituted(value: Any) -> Any:
    """Return settings in which every text that names `${…}` is for CloudFormation to fill in."""
    if isinstance(value, str):
        return _filled(value)
    if isinstance(value, Mapping):
        if len(value) == 1 and next(iter(value)) in _FILLED:
            return value
        return {key: substituted(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [substituted(inner) for inner in value]
    return value


def yaml_text(value: Mapping[str, Any], indent: int = 0) -> str:
    """Write a mapping as lines of YAML; values are mappings, lists, printable text, numbers."""
    return "".join(
        _after(" " * indent + f"{_scalar(key)}:", inner, indent) + "\n"
        for key, inner in value.items()
    )


def _filled(text: str) -> Any:
    if found := _REFERENCE.fullmatch(text):
        return {"Ref": found[1]}
    if found := _ATTRIBUTE.fullmatch(text):
        return {"Fn::GetAtt": found[1]}
    return {"Fn::Sub": text} if "${" in text else text


def _after(start: str, value: Any, indent: int) -> str:
    """Write a value behind `key:` or a dash: on the same line if it fits, else below."""
    line = f"{start} {_flow(value)}"
    tag, inner = _tagged(value)
    if not isinstance(inner, Mapping | list) or not inner or len(line) <= _WIDTH:
        return line
    head = f"{start} {tag}".rstrip()
    if isinstance(inner, Mapping):
        return f"{head}\n{yaml_text(inner, indent + 2)}".rstrip("\n")
    # Blanks at which a line breaks would not all come back.
    if all(isinstance(each, str) and each.split() == [each] for each in inner):
        return f"{head}\n{_wrapped(inner, indent + 2)}"
    items = (_item(each, indent + 2) for each in inner)
    return "\n".join([head, *items])


def _item(value: Any, indent: int) -> str:
    tag, _ = _tagged(value)
    line = " " * indent + f"- {_flow(value)}"
    if len(line) > _WIDTH and not tag and isinstance(value, Mapping):
        return " " * indent + f"- {yaml_text(value, indent + 2).strip()}"
    return _after(" " * indent + "-", value, indent)


def _wrapped(texts: list[str], indent: int) -> str:
    return textwrap.fill(
        _flow(texts),
        _WIDTH,
        initial_indent=" " * indent,
        subsequent_indent=" " * (indent + 1),
        break_long_words=False,
        break_on_hyphens=False,
    )


def _flow(value: Any) -> str:
    """Write a value on one line."""
    tag, inner = _tagged(value)
    if isinstance(inner, Mapping):
        pairs = (f"{_scalar(key)}: {_flow(each)}" for key, each in inner.items())
        text = f"{{{', '.join(pairs)}}}"
    elif isinstance(inner, list):
        text = f"[{', '.join(_flow(each) for each in inner)}]"
    else:
        text = _scalar(inner)
    return f"{tag} {text}" if tag else text


def _tagged(value: Any) -> tuple[str, Any]:
    """Split a function such as {"Fn::Sub": …} into its short tag and what it is called with."""
    if isinstance(value, Mapping) and len(value) == 1:
        [(name, inner)] = value.items()
        if name == "Ref" or name.startswith("Fn::"):
            return f"!{name.removeprefix('Fn::')}", inner
    return "", value


def _scalar(value: Any) -> str:
    if isinstance(value, str):
        is_plain = _PLAIN.fullmatch(value) and value.lower() not in _WORDS
        return value if is_plain else json.dumps(value, ensure_ascii=False)
    if isinstance(value, float):
        # Without an exponent, which YAML takes for text if it has no point before it.
        digits = format(Decimal(repr(value)), "f")
        return digits if "." in digits else f"{digits}.0"
    return json.dumps(value)
