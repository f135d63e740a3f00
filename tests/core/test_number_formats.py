"""As displayed: what Excel shows for a value under the number formats that people use."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest

from xlsc.core.number_format_tokens import parse_format, split_sections
from xlsc.core.number_formats import code_format, display_moment, display_number, display_text, pad_code

ACCOUNTING = '_(* #,##0.00_);_(* (#,##0.00);_(* "-"??_);_(@_)'
PHONE = "[<=9999999]###-####;(###) ###-####"


@pytest.mark.parametrize(
    ("number", "number_format", "shown"),
    [
        ("1234.5", "0", "1235"),
        ("-1234.5", "0", "-1235"),
        ("2.5", "0", "3"),
        ("-0.4", "0", "0"),
        ("0", "#", ""),
        ("5", "0.##", "5."),
        ("1.5", ".00", "1.50"),
        ("0.5", '"at "#.00', "at .50"),
        ("1.5", '"at ".00', "at 1.50"),
        ("1e500", "0.00", None),
        ("5.25", "0.0#", "5.25"),
        ("0.5", "?.??", " .5".strip()),
        ("1234.5", "#,##0.00", "1,234.50"),
        ("12", "#,##0.00", "12.00"),
        ("1234567", "#,##0", "1,234,567"),
        ("12", "0,000", "0,012"),
        ("12", "?,???", "12"),
        ("-1234.5", "#,##0.00;(#,##0.00)", "(1,234.50)"),
        ("0", "0;-0;", ""),
        ("0", '0;-0;"none"', "none"),
        ("5", "0;-0;@", "5"),
        ("0.125", "0%", "13%"),
        ("0.125", "0.0 %", "12.5 %"),
        ("1234.5", "[$€-407] #,##0.00", "€ 1,234.50"),
        ("1234.5", "#,##0.00\\ [$EUR]", "1,234.50 EUR"),
        ("1234.5", '"$"#,##0.00_);[Red]("$"#,##0.00)', "$1,234.50"),
        ("-1234.5", "$#,##0.00", "-$1,234.50"),
        ("1234567", '0.0,,"M"', "1.2M"),
        ("1234567", "0,", "1235"),
        ("42", "00000", "00042"),
        ("12", '"CUST-"0000', "CUST-0012"),
        ("5551234", PHONE, "555-1234"),
        ("2065551234", PHONE, "(206) 555-1234"),
        ("5", "[>10]0;[<3]0.0", None),
        ("5", "[<>5]0.0;0", "5"),
        ("5", "[=5]0.00;0", "5.00"),
        ("5", "[>=5]0.0;0", "5.0"),
        ("1234", ACCOUNTING, "1,234.00"),
        ("-1234", ACCOUNTING, "(1,234.00)"),
        ("0", ACCOUNTING, "-"),
        ("7", '"n/a"', "n/a"),
        ("-7.5", "General", "-7.5"),
        ("7.5", 'General "kg"', "7.5 kg"),
        ("7", "@", "7"),
        ("1e300", "0.0", "1" + "0" * 300 + ".0"),
        ("1.5", "# ?/?", None),
        ("1500", "0.00E+00", None),
        ("1", "yyyy", None),
        ("1", "0;0;0;0;0", None),
        ("1", "[$-F800]0", None),
        ("1", "[$-x-sysdate]0", None),
        ("1", "[$-en-US]0", "1"),
    ],
)
def test_numbers_are_shown_as_excel_shows_them(number, number_format, shown):
    value = Decimal(number)
    assert display_number(value, number_format, f"{abs(value):f}") == shown


MOMENT = datetime(2026, 1, 31, 14, 5, 7, 250_000)


@pytest.mark.parametrize(
    ("value", "number_format", "shown"),
    [
        (MOMENT, "m/d/yyyy", "1/31/2026"),
        (MOMENT, "mm-dd-yy", "1/31/2026"),
        (MOMENT, "m/d/yy h:mm", "1/31/2026 14:05"),
        (MOMENT, "dd.mm.yy", "31.01.26"),
        (MOMENT, "dddd, mmmm d, yyyy", "Saturday, January 31, 2026"),
        (MOMENT, "ddd d mmm", "Sat 31 Jan"),
        (MOMENT, "mmmmm", "J"),
        (MOMENT, "h:mm AM/PM", "2:05 PM"),
        (MOMENT, "hh:mm:ss", "14:05:07"),
        (MOMENT, "mm:ss.0", "05:07.3"),
        (MOMENT, "yyyy-mm-dd hh:mm:ss.000", "2026-01-31 14:05:07.250"),
        (MOMENT, "h A/P", "2 P"),
        (MOMENT, "[$-409]d-mmm-yy;@", "31-Jan-26"),
        (MOMENT, "[$-407]d. mmmm yyyy", None),
        (MOMENT, "[$-407]dd.mm.yyyy", "31.01.2026"),
        (MOMENT, "[$-de-DE]mmm", None),
        (MOMENT, "General", None),
        (MOMENT, "0.00", None),
        (MOMENT, "yyyy 0", None),
        (MOMENT, "yyyy%", None),
        (MOMENT, "[>1]yyyy", None),
        (date(2026, 1, 31), "d/m/yyyy", "31/1/2026"),
        (time(9, 30), "h:mm", "9:30"),
        (time(0, 30), "h:mm AM/PM", "12:30 AM"),
        (time(9, 30), "yyyy", None),
        (timedelta(hours=26, minutes=5), "[h]:mm:ss", "26:05:00"),
        (timedelta(hours=26, minutes=5), "h:mm", "2:05"),
        (timedelta(minutes=90), "[mm]", "90"),
        (timedelta(seconds=61), "[ss]", "61"),
        (-timedelta(hours=1), "[h]:mm", "-1:00"),
        (datetime(9999, 12, 31, 23, 59, 59, 999_999), "h:mm:ss", None),
        (datetime(2026, 1, 31, 14, 59, 59, 999_999), "h:mm:ss", "15:00:00"),
    ],
)
def test_moments_are_shown_as_excel_shows_them(value, number_format, shown):
    assert display_moment(value, number_format) == shown


def test_texts_are_shown_within_their_section():
    assert display_text("Lima", '"City of "@') == "City of Lima"
    assert display_text("Lima", '0;-0;0;"<"@">"') == "<Lima>"
    assert display_text("Lima", "0.00") == "Lima"
    assert display_text("Lima", "0.00E+00") == "Lima"
    assert display_text("Lima", "@") == "Lima"


@pytest.mark.parametrize(
    ("number_format", "number", "shown"),
    [
        ("00000", 42, "00042"),
        ("00000", 1234567, "1234567"),
        ("000-000", 123456, "123-456"),
        ("000-00-0000", 1234567, "001-23-4567"),
        (r"00000\-0000", 981010001, "98101-0001"),
        ('00"/"00', 102, "01/02"),
        ("[$-409]000", 7, "007"),
        ("0000;-0000", -7, "-0007"),
    ],
)
def test_code_formats_keep_their_zeros(number_format, number, shown):
    section = code_format(number_format)
    assert section is not None
    assert pad_code(Decimal(number), section) == shown


@pytest.mark.parametrize("number_format", ["General", "0", "0.00", "#,##0", "00.0", "#000", "000%", "0-00", "", "@"])
def test_other_formats_are_no_codes(number_format):
    assert code_format(number_format) is None


def test_semicolons_in_quotes_do_not_part_sections():
    assert split_sections(r'0";"0;\;0;[;]') == ['0";"0', r"\;0", "[;]"]
    assert parse_format("[Unheard]0") is None


def test_a_hostile_format_takes_no_time():
    assert code_format("0" * 20_000 + "!") is None
    assert code_format("00" + "-0" * 10_000 + "x") is None
    assert parse_format('"' + "0" * 20_000) is None
