"""Tokens to a tree, by precedence: or, and, not, comparisons, &, + -, * /, minus sign. No values are known here."""

from __future__ import annotations

from decimal import Decimal

from xlsc.server.expressions.failures import ExpressionError
from xlsc.server.expressions.limits import MAX_DEPTH
from xlsc.server.expressions.nodes import Binary, Call, Literal, Name, Node, Unary
from xlsc.server.expressions.tokens import Token, read_tokens

#: Signs between two operands, loosest first.
_LEVELS: tuple[tuple[str, ...], ...] = (
    ("or",),
    ("and",),
    ("=", "==", "<>", "!=", "<", "<=", ">", ">=", "in"),
    ("&",),
    ("+", "-"),
    ("*", "/"),
)
_NOT_LEVEL = 2
_COMPARISONS = 2
_SAME = {"==": "=", "!=": "<>"}
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "blank": None, "null": None, "nothing": None}
_RESERVED = frozenset({"or", "and", "not", "in"})


def parse(text: str) -> Node:
    """The tree of an expression.

    Raises:
        ExpressionError: The text is no expression, or one nested too deep.

    >>> parse("1 + 2").sign
    '+'
    """
    parser = _Parser(read_tokens(text))
    node = parser.level(0, 0)
    parser.expect_end()
    return node


class _Parser:
    """Walks over the tokens once, from left to right."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._index = 0

    @property
    def _token(self) -> Token:
        return self._tokens[self._index]

    def _take(self) -> Token:
        token = self._tokens[self._index]
        self._index += 1
        return token

    def _sign(self) -> str:
        token = self._token
        if token.kind == "sign":
            return token.text
        return token.text.lower() if token.kind == "name" and token.text.lower() in _RESERVED else ""

    def expect_end(self) -> None:
        if self._token.kind != "end":
            raise ExpressionError(f"{self._token.text!r} was not expected", self._token.position)

    def level(self, level: int, depth: int) -> Node:
        """Operands of a level with the signs between them; levels below bind closer."""
        if depth > MAX_DEPTH:
            raise ExpressionError(f"Nested more than {MAX_DEPTH} deep", self._token.position)
        if level == len(_LEVELS):
            return self._unary(depth)
        if level == _NOT_LEVEL and self._sign() == "not":
            token = self._take()
            return Unary("not", self.level(level, depth + 1), token.position)
        left = self.level(level + 1, depth)
        chain = 0
        while self._sign() in _LEVELS[level]:
            chain += 1
            left = self._binary(level, left, depth + chain)
            if level == _COMPARISONS and self._sign() in _LEVELS[level]:
                raise ExpressionError("Join two comparisons with 'and'", self._token.position)
        return left

    def _binary(self, level: int, left: Node, depth: int) -> Node:
        token = self._take()
        sign = token.text.lower()
        if sign == "in":
            return Call("in", (left, *self._arguments(depth)), token.position)
        # A chain makes the tree deeper to the left: it counts like nesting.
        return Binary(_SAME.get(sign, sign), left, self.level(level + 1, depth + 1), token.position)

    def _unary(self, depth: int) -> Node:
        if self._sign() == "-":
            token = self._take()
            if depth >= MAX_DEPTH:
                raise ExpressionError(f"Nested more than {MAX_DEPTH} deep", token.position)
            return Unary("-", self._unary(depth + 1), token.position)
        return self._primary(depth)

    def _primary(self, depth: int) -> Node:
        token = self._take()
        if token.kind == "number":
            return Literal(Decimal(token.text), token.position)
        if token.kind == "text":
            return Literal(token.text, token.position)
        if token.kind == "column":
            return Name(token.text, token.position)
        if token.kind == "name" and token.text.lower() not in _RESERVED:
            return self._named(token, depth)
        if token.kind == "sign" and token.text == "(":
            node = self.level(0, depth + 1)
            self._expect(")")
            return node
        found = repr(token.text) if token.text else "the end"
        raise ExpressionError(f"A value was expected, not {found}", token.position)

    def _named(self, token: Token, depth: int) -> Node:
        word = token.text.lower()
        if self._sign() == "(":
            return Call(word, self._arguments(depth), token.position)
        if word in _WORDS:
            return Literal(_WORDS[word], token.position)
        return Name(token.text, token.position)

    def _arguments(self, depth: int) -> tuple[Node, ...]:
        self._expect("(")
        found: list[Node] = []
        if self._sign() != ")":
            found.append(self.level(0, depth + 1))
            while self._sign() == ",":
                self._take()
                found.append(self.level(0, depth + 1))
        self._expect(")")
        return tuple(found)

    def _expect(self, sign: str) -> None:
        if self._sign() != sign:
            found = repr(self._token.text) if self._token.text else "the end"
            raise ExpressionError(f"{sign!r} was expected, not {found}", self._token.position)
        self._take()
