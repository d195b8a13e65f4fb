"""The expressions and conditions of source profiles."""

from salesetl.mapping import nodes
from salesetl.mapping.formulas import Formula
from salesetl.mapping.nodes import Node
from salesetl.mapping.operands import Operands


class Expression(Formula):
    """A value made of columns. A name with blanks is written in backticks."""

    def sql(self, operands: Operands) -> str:
        """Return SQL for the text of the result."""
        return self.text_of(self.tree, operands)

    def number_sql(self, operands: Operands) -> str:
        """Return SQL for the text of a number, also where nothing is calculated."""
        return self._number_text(self.tree, operands)

    def _number_text(self, node: Node, given: Operands) -> str:
        match node:
            case nodes.Name(name):
                return given.numbers[name]
            case nodes.Call("coalesce", parts) if parts:
                texts = (self._number_text(part, given) for part in parts)
                return f"coalesce({', '.join(texts)})"
            case nodes.Case():
                return self.case_of(node, given, self._number_text)
            case nodes.Text() | nodes.Call("concat" | "lower" | "trim" | "upper", _):
                return given.plain(self.text_of(node, given))
            case _:
                return self.text_of(node, given)


class Condition(Formula):
    """A condition on a row."""

    def sql(self, operands: Operands) -> str:
        """Return SQL for whether it holds; null where that is not known."""
        return self.condition_of(self.tree, operands)
