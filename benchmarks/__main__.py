"""``python -m benchmarks [--rows N] [--columns N]``."""

from benchmarks.wire import main

main()
