"""What a service lists."""

from __future__ import annotations

from xlsc.core.catalog import NO_CONNECTION, DataSource, OutputFile


def test_the_address_of_a_file_is_in_no_text_of_it():
    """It holds a token."""
    file = OutputFile(
        "o1", "p1", 3, "2024-01-31", "Export", "GL___3.zip", "http://example.com/api/getfile?token=secret"
    )
    assert "secret" not in repr(file)
    assert "secret" not in f"{[file]}"
    assert "GL___3.zip" in repr(file)


def test_a_data_source_without_a_connection_has_the_zero_guid():
    """P §2.1 [obs]."""
    assert DataSource("d1", "Bank File").connection_id == NO_CONNECTION
