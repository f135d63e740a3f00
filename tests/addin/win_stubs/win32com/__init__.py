"""Stands in for pywin32's package."""
