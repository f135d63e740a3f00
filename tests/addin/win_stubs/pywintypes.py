"""Stands in for pywin32's module; xlwings.udfs only imports it."""
