"""What can be wrong with an expression: as it is written, or with the values it meets."""

from __future__ import annotations


class ExpressionError(ValueError):
    """An expression that cannot be read; ``position`` is the 1-based character where it goes wrong."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(f"{message} (at character {position})")
        self.message = message
        self.position = position


class EvaluationError(ValueError):
    """An expression that cannot be worked out for these values; the message is for the person with the row."""
