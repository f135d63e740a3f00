"""What the parser makes of an expression: a tree of five kinds of nodes. Positions are 1-based characters."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Literal:
    """A number, a text, true, false or blank."""

    value: Decimal | str | bool | None
    position: int


@dataclass(frozen=True, slots=True)
class Name:
    """A column or a variable."""

    name: str
    position: int


@dataclass(frozen=True, slots=True)
class Unary:
    """``-x`` or ``not x``."""

    sign: str
    operand: Node
    position: int


@dataclass(frozen=True, slots=True)
class Binary:
    """Two operands and what stands between them."""

    sign: str
    left: Node
    right: Node
    position: int


@dataclass(frozen=True, slots=True)
class Call:
    """A function with its arguments; the name is in lower case."""

    name: str
    arguments: tuple[Node, ...]
    position: int


Node = Literal | Name | Unary | Binary | Call
