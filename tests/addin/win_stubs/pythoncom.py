"""Stands in for pywin32's module, as far as xlwings.udfs looks at it on import."""


def CoInitialize() -> None:  # noqa: N802 - pywin32's name
    """Nothing to prepare off Windows."""
