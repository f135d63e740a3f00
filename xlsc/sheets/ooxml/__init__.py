"""Office Open XML packages: parts read and patched one by one; nothing here knows marks, runs or processes."""
