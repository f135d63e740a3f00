"""Templates that are filled by commands: data of a process, kept error rows, the run log; refreshed beside notes."""

import os
import shutil

import openpyxl
import pytest

from tests.templates.books import NUMBERS, ROOT, copied, fill
from tests.templates.office import converted


def rows_of(path, sheet="Data", header_row=1):
    """The filled rows of a sheet as dictionaries, by 1-based row."""
    data = openpyxl.load_workbook(path)[sheet]
    names = [cell.value for cell in data[header_row]]
    found = {}
    for cells in data.iter_rows(min_row=header_row + 1):
        values = {name: cell.value for name, cell in zip(names, cells, strict=True) if name and cell.value is not None}
        if values:
            found[cells[0].row] = values
    return found


class TestProcessData:
    """Customers of a state: GetAllData with a variable, refreshed."""

    HEADER = 4

    def data(self, signed_in, tmp_path):
        path = copied("process_data", tmp_path)
        done = signed_in("refresh", path, "--json")
        assert done.code == 0, done.out + done.err
        assert done.json["variables"] == {"GBL_STATE": "WA"}
        assert (done.json["updated"], done.json["rows"] >= 2) == (0, True)
        return path

    def test_the_named_cell_says_which_rows_come(self, signed_in, tmp_path):
        path = self.data(signed_in, tmp_path)
        found = rows_of(path, header_row=self.HEADER)
        assert min(found) == self.HEADER + 1
        assert {row["State"] for row in found.values()} == {"WA"}
        wanted = signed_in("data", "CUSTOMERS BY STATE", "--var", "STATE=WA", "--json").json["rows"]
        assert [row["Customer no."] for row in found.values()] == [row[0] for row in wanted]
        assert {type(row["Credit limit"]) for row in found.values() if "Credit limit" in row} <= {int, float}
        book = openpyxl.load_workbook(path)
        cell = book["Data"].cell(self.HEADER + 1, 1)
        assert (cell.number_format, book["Data"].freeze_panes) == ("@", f"A{self.HEADER + 1}")
        book["Data"]["B2"] = "ID"
        book.save(path)
        done = signed_in("refresh", path, "--json").json
        assert done["variables"] == {"GBL_STATE": "ID"}
        assert {row["State"] for row in rows_of(path, header_row=self.HEADER).values()} == {"ID"}
        assert signed_in("refresh", path, "--var", "STATE=WA", "--json").json["variables"] == {"GBL_STATE": "WA"}

    def test_sorted_rows_keep_their_place_and_their_notes(self, signed_in, tmp_path):
        path = self.data(signed_in, tmp_path)
        book = openpyxl.load_workbook(path)
        sheet = book["Data"]
        before = rows_of(path, header_row=self.HEADER)
        top, width = self.HEADER + 1, 5
        values = [[sheet.cell(row, place).value for place in range(1, width + 1)] for row in before]
        sheet.cell(self.HEADER, 8, "My note")
        for row, line in enumerate(reversed(values), start=top):
            for place, value in enumerate(line, start=1):
                sheet.cell(row, place).value = value
            sheet.cell(row, 8).value = f"note on {line[0]}"
        sheet.cell(top, 2).value = "typed over"
        book.save(path)
        done = signed_in("refresh", path, "--json").json
        assert (done["updated"], done["emptied"], done["kept"]) == (len(before), 0, [])
        after = rows_of(path, header_row=self.HEADER)
        assert [row["Customer no."] for row in after.values()] == [line[0] for line in reversed(values)]
        assert all(row["My note"] == f"note on {row['Customer no.']}" for row in after.values())
        assert after[top]["Name"] == values[-1][1]

    def test_rows_that_are_gone_stay_beside_a_note_and_say_so(self, signed_in, tmp_path):
        path = self.data(signed_in, tmp_path)
        fresh = rows_of(path, header_row=self.HEADER)
        noted = self.HEADER + 2
        book = openpyxl.load_workbook(path)
        book["Data"].cell(self.HEADER, 7, "My note")
        book["Data"].cell(noted, 7, "call them")
        book["Data"]["B2"] = "ID"
        book.save(path)
        done = signed_in("refresh", path, "--json").json
        assert done["kept"] == [noted]
        after = rows_of(path, header_row=self.HEADER)
        assert after[noted]["Customer no."] == fresh[noted]["Customer no."]
        assert after[noted]["SmartConnect"].startswith("Gone:")
        book = openpyxl.load_workbook(path)
        book["Data"]["B2"] = "WA"
        book.save(path)
        assert signed_in("refresh", path, "--json").json["kept"] == []
        back = rows_of(path, header_row=self.HEADER)
        assert back[noted]["My note"] == "call them"
        assert "SmartConnect" not in back[noted]
        assert {row["Customer no."] for row in back.values()} == {row["Customer no."] for row in fresh.values()}

    def test_replacing_writes_from_the_top(self, signed_in, tmp_path):
        path = self.data(signed_in, tmp_path)
        fresh = rows_of(path, header_row=self.HEADER)
        book = openpyxl.load_workbook(path)
        book["Data"].cell(self.HEADER, 7, "My note")
        for row in fresh:
            book["Data"].cell(row, 7, "=1+1")
        book["Data"]["B2"] = "ID"
        book.save(path)
        done = signed_in("refresh", path, "--replace", "--json").json
        after = rows_of(path, header_row=self.HEADER)
        assert done["kept"] == []
        assert [row for row in after if "Customer no." in after[row]] == list(range(5, 5 + done["rows"]))
        assert openpyxl.load_workbook(path)["Data"]["G5"].value == "=1+1"

    def test_what_stands_below_is_not_written_over(self, signed_in, tmp_path):
        path = copied("process_data", tmp_path)
        book = openpyxl.load_workbook(path)
        data = book["Data"]
        data.tables["Data"].ref = f"A{self.HEADER}:F{self.HEADER + 1}"
        data.tables["Data"].autoFilter.ref = data.tables["Data"].ref
        data.cell(self.HEADER + 3, 1, "my total")
        book.save(path)
        before = path.read_bytes()
        refused = signed_in("refresh", path)
        assert (refused.code, "A7" in refused.err, path.read_bytes() == before) == (2, True, True)

    def test_the_table_grows_with_its_rows(self, signed_in, tmp_path):
        path = copied("process_data", tmp_path)
        book = openpyxl.load_workbook(path)
        data = book["Data"]
        data.tables["Data"].ref = f"A{self.HEADER}:F{self.HEADER + 1}"
        data.tables["Data"].autoFilter.ref = data.tables["Data"].ref
        book.save(path)
        count = signed_in("refresh", path, "--json").json["rows"]
        table = openpyxl.load_workbook(path)["Data"].tables["Data"]
        assert (table.ref, table.autoFilter.ref) == (f"A4:F{4 + count}",) * 2

    def test_a_lost_name_and_a_foreign_workbook_are_told(self, signed_in, tmp_path):
        path = copied("process_data", tmp_path)
        book = openpyxl.load_workbook(path)
        del book.defined_names["GBL_STATE"]
        book.save(path)
        assert "GBL_STATE" in signed_in("refresh", path).err
        other = tmp_path / "other.xlsx"
        openpyxl.Workbook().save(other)
        assert signed_in("refresh", other).code == 2

    @pytest.mark.office
    def test_a_round_trip_through_libreoffice(self, signed_in, tmp_path):
        path = self.data(signed_in, tmp_path)
        saved = converted(path, tmp_path)
        done = signed_in("refresh", saved, "--json").json
        assert done["variables"] == {"GBL_STATE": "WA"}
        assert (done["updated"], done["emptied"]) == (done["rows"], 0)


class TestProcessErrors:
    """The kept error rows of a run, corrected in a template and sent again."""

    def failed_run(self, signed_in, tmp_path):
        path = copied("customers", tmp_path)
        stamp = f"{os.getpid()}{next(NUMBERS)}"
        rows = [
            {"Customer no.": f"00{stamp}", "Name": "Ann", "Terms": "NET30", "State": "ZZ", "Credit limit": 10},
            {"Customer no.": f"{stamp}b", "Name": "Bob", "Terms": "COD"},
        ]
        fill(path, rows)
        report = signed_in("send", path, "--json").json
        assert (report["accepted"], report["rejected"]) == (1, 1)
        return report["runs"][0]["run_number"], f"00{stamp}"

    @pytest.mark.parametrize("template", [pytest.param(True, marks=pytest.mark.office), False])
    def test_fix_and_send_again(self, signed_in, tmp_path, template):
        run, number = self.failed_run(signed_in, tmp_path)
        path = tmp_path / "errors.xlsx"
        chosen = ("--template", ROOT / "templates" / "process_errors.xlsx") if template else ()
        made = signed_in("errors", "CUSTOMERS", run, "-o", path, *chosen, "--json").json
        assert (made["rows"], made["marked"]) == (1, 1)
        sheet, names = ("Data", ("Customer no.", "Credit limit")) if template else (
            "Errors", ("CustomerNumber", "CreditLimit"))  # fmt: skip
        row = rows_of(path, sheet)[2]
        assert (row[names[0]], row[names[1]]) == (number, 10)
        assert row["SmartConnect"] == f"Rejected, run {run}: State 'ZZ' does not exist."
        if template:  # as if the person works in Calc
            path = converted(path, tmp_path)
        book = openpyxl.load_workbook(path)
        assert {"Columns", "Guide"} <= set(book.sheetnames)
        marked = [cell for cells in book[sheet].iter_rows(min_row=2) for cell in cells if cell.fill.patternType]
        assert [cell.value for cell in marked] == ["ZZ"]
        marked[0].value = "WA"
        book.save(path)
        again = signed_in("send", path, "--failed-only", "--json").json
        assert (again["read"], again["accepted"]) == (1, 1)
        assert signed_in("errors", "CUSTOMERS", run, "-o", path).code == 2

    def test_no_kept_value_is_lost_where_the_template_lacks_its_column(self, signed_in, tmp_path):
        run, _ = self.failed_run(signed_in, tmp_path)
        template, path = copied("process_errors", tmp_path), tmp_path / "errors.xlsx"
        book = openpyxl.load_workbook(template)
        data, columns = book["Data"], book["Columns"]
        place = [cell.value for cell in data[1]].index("Credit limit") + 1
        data.cell(1, place, "Mine")
        data.tables["Data"].tableColumns[place - 1].name = "Mine"
        for row in columns.iter_rows(min_row=2):
            if row[0].value == "CreditLimit":
                columns.delete_rows(row[0].row)
                break
        book.save(template)
        assert signed_in("errors", "CUSTOMERS", run, "-o", path, "--template", template).code == 0
        assert rows_of(path)[2]["CreditLimit"] == "10"

    def test_a_filled_or_foreign_template_is_refused_and_no_file_is_left(self, signed_in, tmp_path):
        run, _ = self.failed_run(signed_in, tmp_path)
        path = tmp_path / "errors.xlsx"
        filled = tmp_path / "customers.xlsx"
        assert "row 2" in signed_in("errors", "CUSTOMERS", run, "-o", path, "--template", filled).err
        foreign = ROOT / "templates" / "items.xlsx"
        assert "ITEMS" in signed_in("errors", "CUSTOMERS", run, "-o", path, "--template", foreign).err
        assert signed_in("errors", "CUSTOMERS", run, "--template", foreign).code == 2
        assert not path.exists()


class TestRunLog:
    """All runs, with charts of the latest."""

    def test_the_log_is_exported_and_brought_up_to_date_beside_notes(self, signed_in, tmp_path):
        path = tmp_path / "log.xlsx"
        for number in range(2):
            book = tmp_path / f"items{number}.xlsx"
            shutil.copy(ROOT / "templates" / "items.xlsx", book)
            fill(book, [{"Item": f"L{os.getpid()}{next(NUMBERS)}", "Description": "Lamp", "Price": 1}])
            assert signed_in("send", book).code == 0
            assert signed_in("log", "export", path, "--json").json["new"] == 1
            if number == 0:
                log = openpyxl.load_workbook(path)
                log["Runs"].cell(1, 15, "My note")
                log["Runs"].cell(2, 15, "the first")
                log.save(path)
        found = rows_of(path, "Runs")
        assert [(row["Process"], row["Accepted"], row.get("My note")) for row in found.values()] == [
            ("ITEMS", 1, "the first"),
            ("ITEMS", 1, None),
        ]
        assert len(openpyxl.load_workbook(path)["Charts"]._charts) == 2
        assert signed_in("log", "export", path, "--json").json == {"file": str(path), "runs": 2, "new": 0}

    def test_another_workbook_is_left_alone(self, signed_in, tmp_path):
        path = copied("items", tmp_path)
        before = path.read_bytes()
        assert signed_in("log", "export", path).code == 2
        assert path.read_bytes() == before

    @pytest.mark.office
    def test_the_charts_show_the_latest_runs_in_libreoffice(self, signed_in, tmp_path):
        path = copied("run_log", tmp_path)
        rows = [{"When (UTC)": f"2026-01-{day:02}T09:00:00+00:00", "Process": "P", "Accepted": day, "Seconds": day / 4}
                for day in range(1, 32)]  # fmt: skip
        rows += [{"When (UTC)": "2026-02-01T09:00:00+00:00", "Process": "P", "Accepted": 77, "Seconds": 1}]
        fill(path, rows, "Runs")
        saved = converted(path, tmp_path)
        charts = openpyxl.load_workbook(saved, data_only=True)["Charts"]
        names = [cell.value for cell in charts[2]]
        place = names.index("Accepted") + 1
        shown = [charts.cell(row, place).value for row in range(3, 33)]
        assert shown == [*range(3, 32), 77]


def test_shipped_templates_are_listed_and_copied(signed_in, tmp_path):
    listed = {item["name"]: item for item in signed_in("template", "list", "--json").json}
    assert {"process_data", "process_errors", "run_log"} <= set(listed)
    assert listed["items"]["process"] == "ITEMS"
    path = tmp_path / "mine.xlsx"
    assert signed_in("template", "copy", "items", "-o", path, "--json").json["template"] == "items"
    fill(path, [{"Item": f"C{os.getpid()}", "Description": "Lamp", "Price": 1}])
    assert signed_in("send", path, "--json").json["accepted"] == 1
    assert signed_in("template", "copy", "items", "-o", path).code == 2
    assert signed_in("template", "copy", "nothing", "-o", tmp_path / "x.xlsx").code == 2
