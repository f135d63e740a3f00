"""Stands in for pywin32's module: no call of the bridge may reach Excel."""


def Dispatch(name: object) -> None:  # noqa: N802 - pywin32's name
    raise AssertionError(f"the bridge called back into Excel: {name}")
