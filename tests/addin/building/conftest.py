"""oletools, imported here once: it uses deprecated names of its dependency, and warnings are errors in tests."""

import warnings

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import oletools.olevba  # noqa: F401 - later imports find it loaded
