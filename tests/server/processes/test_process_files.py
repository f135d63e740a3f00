"""Process files: what is wrong is told with file, line and key, all of it at once; what is right is read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlsc.server.processes import DefinitionError, load_processes
from xlsc.server.processes.definition import ColumnType, LineKind
from xlsc.server.processes.toml_lines import Lines

GOOD = """\
[process]
id = "CUSTOMERS"
company = "6c1f7a52-3f0a-4c55-9f59-0d8f6e1a0001"
connection = "erp"

[[columns]]
name = "Customer No"
key = true

[[columns]]
name = "Limit"
type = "decimal"

[[checks]]
that = "Limit >= 0"
message = "Limit '{Limit}' is below zero."

[[lines]]
name = "Customer"
table = "customers"
action = "upsert"
keys = ["no"]

[lines.map]
no = "Customer No"
limit_amount = { calculation = "round(Limit, 2)", required = true }

[[tasks]]
name = "log"
stage = "after map fails"
kind = "sql command"
sql = "INSERT INTO log VALUES ('GBL_WHO')"

[variables]
GBL_WHO = "nobody"
"""


@pytest.fixture
def folder(tmp_path):
    home = tmp_path / "processes"
    home.mkdir()
    (home / "connections.toml").write_text('[erp]\nurl = "sqlite:///erp.sqlite"\n')
    return home


def problems(folder, text: str, name: str = "customers.toml") -> tuple[str, ...]:
    (folder / name).write_text(text, encoding="utf-8")
    with pytest.raises(DefinitionError) as caught:
        load_processes(folder)
    return caught.value.problems


def test_a_good_file(folder):
    (folder / "customers.toml").write_text(GOOD)
    (definition,) = load_processes(folder).definitions
    assert (definition.map_id, definition.real_time, definition.stores_errors) == ("CUSTOMERS", False, False)
    assert [(c.name, c.type, c.is_key, c.required) for c in definition.columns] == [
        ("Customer No", ColumnType.STRING, True, True),
        ("Limit", ColumnType.DECIMAL, False, False),
    ]
    assert [column.name for column in definition.mapped_columns] == ["Customer No", "Limit"]
    assert [line.kind for line in definition.destinations] == [LineKind.SQL]
    assert definition.variables == {"GBL_WHO": "nobody"}
    again = load_processes(folder).definitions[0]
    assert (again.map_key, again.tenants) == (definition.map_key, definition.tenants)


@pytest.mark.parametrize(
    ("old", "new", "line", "complaint"),
    [
        ('action = "upsert"', 'action = "upsrt"', 21, "lines[0].action: 'upsrt' is not one of"),
        ('action = "upsert"', 'acton = "upsert"', 21, "lines[0].acton: "),
        ('keys = ["no"]', "", 21, "lines[0].action: To upsert, 'keys' has to name"),
        ('keys = ["no"]', 'keys = ["nr"]', 22, "lines[0].keys: 'nr' is not among"),
        ('no = "Customer No"', 'no = "Custmer No"', 25, "lines[0].map.no: There is no column 'Custmer No'; did you"),
        ('type = "decimal"', 'type = "money"', 12, "columns[1].type: 'money' is not one of"),
        ('type = "decimal"', "type = 5", 12, "columns[1].type: "),
        ("key = true", 'key = "yes"', 8, "columns[0].key: "),
        ('name = "Limit"', 'name = "customer no"', 11, "columns[1].name: There are two columns"),
        ('that = "Limit >= 0"', 'that = "Limt >= 0"', 15, "checks[0].that: There is no column or variable 'Limt'"),
        ("'{Limit}'", "'{Limit'", 16, "checks[0].message: "),
        ("round(Limit, 2)", "rnd(Limit)", 26, "lines[0].map.limit_amount.calculation: There is no function 'rnd'"),
        ('stage = "after map fails"', 'stage = "after"', 30, "tasks[0].stage: 'after' is not one of"),
        ("GBL_WHO')", "GBL_WHOM')", 32, "tasks[0].sql: There is no variable 'GBL_WHOM'"),
        ("('GBL_WHO')", "(1); DROP TABLE log", 32, "tasks[0].sql: Write one statement"),
        ('connection = "erp"', 'connection = "epr"', 4, "process.connection: connections.toml has no [epr]; did you"),
        ('connection = "erp"', "", 1, "process: A line of the kind sql needs a 'connection'"),
        ("6c1f7a52-3f0a-4c55-9f59-0d8f6e1a0001", "first", 3, "process.company: This is no GUID"),
        ('table = "customers"', 'table = "a; drop"', 20, "lines[0].table: 'a; drop' is not the name of a table"),
        ("GBL_WHO =", "WHO =", 35, "variables.WHO: The name of a variable begins with GBL_"),
        ('id = "CUSTOMERS"', "", 1, "process: The key 'id' is missing."),
        ('id = "CUSTOMERS"', 'id = "A\\u0000"', 2, "process.id: This holds a control character."),
        ('no = "Customer No"', "no = 5", 25, "lines[0].map.no: This has to be a column in quotes, or a table such as"),
        ('no = "Customer No"', 'no = { colum = "A" }', 25, "lines[0].map.no.colum: There is no such key; did you mean"),
        ('no = "Customer No"', "no = { add_days = 1 }", 25, "lines[0].map.no: A field has exactly one of column, "),
        ('kind = "sql command"', 'kind = "run process"\nprocess = "customers"', 32, "tasks[0].process: A process can"),
        ('kind = "sql command"', 'kind = "delete file"\nfile = "../x"', 32, "tasks[0].file: A file lies in the folder"),
        (
            'kind = "sql command"',
            'kind = "copy file"\nfile = "a"\nto = "C:\\\\b"',
            33,
            "tasks[0].to: A file lies in the f",
        ),
        ("[variables]", '[source]\nkind = "csv"\nfile = "/etc/passwd"\n[variables]', 36, "source.file: A file lies in"),
        (
            'kind = "sql command"',
            'kind = "webhook"\nurl = "https://example.com"\nheaders = { A = "1\\r\\nB: 2" }',
            33,
            "tasks[0].headers: 'A' cannot be a header",
        ),
    ],
)
def test_a_wrong_key_is_told_with_its_line(folder, old, new, line, complaint):
    assert old in GOOD
    found = problems(folder, GOOD.replace(old, new, 1))
    assert any(text.startswith(f"customers.toml:{line}: {complaint}") for text in found), found


def test_all_complaints_of_all_files_at_once(folder):
    (folder / "other.toml").write_text(GOOD.replace("CUSTOMERS", "OTHER").replace("decimal", "money"))
    found = problems(folder, GOOD.replace("upsert", "upsrt").replace("Limit >= 0", "Limit >="))
    assert sorted(text.partition(":")[0] for text in found) == ["customers.toml", "customers.toml", "other.toml"]


def test_no_toml_and_no_utf8(folder):
    (found,) = problems(folder, GOOD.replace("key = true", "key = "))
    assert found.startswith("customers.toml:8: key: This is not TOML: ")
    (folder / "customers.toml").write_bytes('id = "Müller"'.encode("latin-1"))
    with pytest.raises(DefinitionError, match=r"customers\.toml: The file is not in UTF-8"):
        load_processes(folder)


def test_two_processes_of_one_id(folder):
    (folder / "a.toml").write_text(GOOD)
    found = problems(folder, GOOD)
    assert any("a.toml has the same id and company" in text for text in found)


def test_two_lines_of_one_name(folder):
    more = '\n[[lines]]\nname = "customer"\nkind = "csv"\n[lines.map]\nno = "Customer No"\n'
    (found,) = problems(folder, GOOD + more)
    assert "There are two lines 'customer'" in found


def test_two_tenants_of_one_name(folder):
    tenants = '[[tenants]]\nname = "x"\nconnection = "erp"\n[[tenants]]\nname = "X"\nconnection = "erp"\n'
    found = problems(folder, GOOD.replace('connection = "erp"', "") + tenants)
    assert any("tenants[1].name: There are two tenants 'X'" in text for text in found)


def test_a_data_check_is_a_validation(folder):
    found = problems(folder, GOOD.replace("after map fails", "map data checks"))
    assert any("Only a sql validation can stand" in text for text in found)


def test_connections_and_their_secrets(folder, monkeypatch):
    file = folder / "connections.toml"
    file.write_text('[erp]\nurl = "postgresql://erp:${ERP_PASSWORD}@db.example.com/erp"\n')
    monkeypatch.delenv("ERP_PASSWORD", raising=False)
    with pytest.raises(DefinitionError, match=r"connections\.toml:2: erp\.url: The environment variable ERP_PASSWORD"):
        load_processes(folder)
    monkeypatch.setenv("ERP_PASSWORD", "s3cret")
    catalog = load_processes(folder)
    assert "s3cret" in catalog.connections.entries["erp"].url
    assert "s3cret" not in repr(catalog)
    file.write_text('[erp]\nurl = "sqlite://"\n')
    with pytest.raises(DefinitionError, match="Name a file"):
        load_processes(folder)


@given(st.text(max_size=40), st.integers(0, len(GOOD)), st.integers(0, 30))
def test_any_damage_is_read_or_told(tmp_path_factory, inserted, place, removed):
    home = tmp_path_factory.mktemp("damaged")
    (home / "connections.toml").write_text('[erp]\nurl = "sqlite:///erp.sqlite"\n')
    damaged = GOOD[:place] + inserted + GOOD[place + removed :]
    (home / "p.toml").write_bytes(damaged.encode("utf-8", "surrogatepass"))
    try:
        load_processes(home)
    except DefinitionError as error:
        assert error.problems  # noqa: PT017 - either end is right
        assert all(text.startswith("p.toml") for text in error.problems)  # noqa: PT017


@pytest.mark.parametrize(
    ("path", "line"),
    [(("a",), 1), (("a", "b"), 2), (("c", 0, "d"), 5), (("c", 1, "d"), 9), (("c", 1, "e", "f g"), 13), (("x",), 1)],
)
def test_lines_of_keys_behind_long_values(path, line):
    text = '[a]\nb = """\n[c]\n"""\n[[c]]\nd = [ # ]\n 1,\n]\n[[c]]\nd = 2 # "\n[c.e]\nz = 1\n"f g" = { x = 1 }\n'
    shift = {("c", 0, "d"): 6, ("c", 1, "d"): 10}
    assert Lines(text).find(path) == shift.get(path, line)
