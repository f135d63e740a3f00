"""The embedded SmartConnect-compatible service."""
