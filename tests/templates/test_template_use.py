"""What people do to workbooks does not break a template."""

import os
import shutil
import subprocess

import openpyxl
import pytest

from tests.templates.books import NUMBERS, copied, fill
from xlsc.flows.rules import read_rules
from xlsc.sheets.files import open_book


class Test_Normal_Use:  # noqa: N801 - reads as a title
    """What people do to workbooks does not break a template."""

    def customers(self, tmp_path):
        path = copied("customers", tmp_path)
        stamp = f"{os.getpid()}{next(NUMBERS)}"
        fill(path, [{"Customer no.": f"N{stamp}{n}", "Name": f"Name {n}", "Terms": "COD"} for n in range(3)])
        return path

    def accepted(self, cli, path, **options):
        arguments = [word for name, value in options.items() for word in (f"--{name}", value)]
        answer = cli("send", path, *arguments, "--json")
        return answer.json["accepted"] if answer.code in (0, 1) else answer.out

    def test_columns_may_be_moved_and_inserted(self, signed_in, tmp_path):
        path = self.customers(tmp_path)
        book = openpyxl.load_workbook(path)
        data = book["Data"]
        del data.tables["Data"]
        data.insert_cols(1, 2)
        data["A1"], data["A2"] = "My column", "=1/0"
        book.save(path)
        assert self.accepted(signed_in, path) == 3

    def test_the_sheet_may_be_renamed_and_rows_may_be_sorted(self, signed_in, tmp_path):
        path = self.customers(tmp_path)
        book = openpyxl.load_workbook(path)
        data = book["Data"]
        data.title = "Kunden"
        rows = [[cell.value for cell in row] for row in data.iter_rows(min_row=2, max_row=4)]
        for number, row in enumerate(reversed(rows), start=2):
            for place, value in enumerate(row, start=1):
                data.cell(number, place, value)
        book.save(path)
        assert self.accepted(signed_in, path, sheet="Kunden") == 3

    def test_hidden_rows_are_skipped_and_told(self, signed_in, tmp_path):
        path = self.customers(tmp_path)
        book = openpyxl.load_workbook(path)
        book["Data"].row_dimensions[3].hidden = True
        book.save(path)
        report = signed_in("send", path, "--json").json
        assert (report["accepted"], report["skip_reasons"]) == (2, {"hidden": 1})

    def test_blank_rows_and_a_longer_table_do_not_matter(self, signed_in, tmp_path):
        path = self.customers(tmp_path)
        book = openpyxl.load_workbook(path)
        data = book["Data"]
        for cell in data[60]:
            cell.value = data.cell(2, cell.column).value
        data["A60"] = f"L{os.getpid()}{next(NUMBERS)}"
        data.tables["Data"].ref = "A1:L60"
        book.save(path)
        assert self.accepted(signed_in, path) == 4

    def test_merged_cells_are_named(self, signed_in, tmp_path):
        path = self.customers(tmp_path)
        book = openpyxl.load_workbook(path)
        book["Data"].merge_cells("B2:B3")
        book.save(path)
        assert "B2:B3" in self.accepted(signed_in, path)

    def test_a_second_table_is_named(self, signed_in, tmp_path):
        path = self.customers(tmp_path)
        book = openpyxl.load_workbook(path)
        data = book["Data"]
        for place, name in enumerate(("Customer no.", "Name", "Terms"), start=20):
            data.cell(1, place, name)
            data.cell(2, place, "x")
        data.add_table(openpyxl.worksheet.table.Table(displayName="Other", ref="T1:V2"))
        book.save(path)
        assert "Other" in self.accepted(signed_in, path)

    def test_a_protected_sheet_is_named_before_anything_is_sent(self, signed_in, tmp_path):
        path = self.customers(tmp_path)
        book = openpyxl.load_workbook(path)
        book["Data"].protection.enable()
        locked = openpyxl.styles.Protection(locked=True)
        book["Data"].column_dimensions["L"].protection = locked  # of the statuses; a template leaves it open
        for row in range(2, 52):
            book["Data"].cell(row, 12).protection = locked
        book.save(path)
        before = path.read_bytes()
        assert "protected" in str(self.accepted(signed_in, path))
        assert path.read_bytes() == before

    @pytest.mark.office
    def test_a_round_trip_through_libreoffice(self, signed_in, tmp_path):
        soffice = shutil.which("soffice")
        if soffice is None:
            if os.environ.get("XLSC_REQUIRE_ALL") == "1":
                pytest.fail("LibreOffice is not installed and XLSC_REQUIRE_ALL=1")
            pytest.skip("LibreOffice is not installed")
        path = self.customers(tmp_path)
        profile = f"-env:UserInstallation=file://{tmp_path}/profile"
        out = tmp_path / "out"
        kind = "xlsx:Calc MS Excel 2007 XML"
        command = [soffice, profile, "--headless", "--convert-to", kind, "--outdir", str(out), str(path)]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        saved = out / "customers.xlsx"
        assert read_rules(open_book(saved)).captions["CustomerNumber"] == "Customer no."
        assert self.accepted(signed_in, saved) == 3
