"""The add-in's files from text, on any system, byte-identical on each run, without Excel."""

from xlsc.addin.build.files import build_addin, build_template, build_workbook, list_modules

__all__ = ["build_addin", "build_template", "build_workbook", "list_modules"]
