"""The command line: parse, one flow, print."""
