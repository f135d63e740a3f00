"""Worksheets: one port, three adapters (a running Excel, workbook files, memory)."""
