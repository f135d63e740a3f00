"""The SmartConnect wire: bytes to values and back, for both roles. Pure: no sockets, no files."""
