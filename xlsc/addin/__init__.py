"""Excel's face: formulas, macros, dialogs and the office files."""
