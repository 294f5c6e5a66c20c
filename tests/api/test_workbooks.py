"""Workbooks over HTTP: answered as the same problem in JSON is, refused by cell, and never a burden."""

import io
import json
import zipfile

import pytest

from oremix.api import Settings, create_app
from oremix.models import read_problem
from oremix.models.examples import example
from oremix.models.workbook import workbook
from tests.sheets import changed, made

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def packed(**parts: bytes) -> bytes:
    """A workbook some parts of which are replaced; `sheet` is its only sheet."""
    target = io.BytesIO()
    old = zipfile.ZipFile(io.BytesIO(made({"materials": [["id", "unit"], ["x", "t"]]})))
    with old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(
                name, parts.get(name.rpartition("/")[2].removesuffix(".xml").removesuffix("1"), old.read(name))
            )
    return target.getvalue()


def sheet(body: str) -> bytes:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<worksheet xmlns="{space}"><sheetData>{body}</sheetData></worksheet>'.encode()


def test_a_workbook_is_solved_as_its_json_is(client):
    """The same plan, and the same hash; the record holds the problem as JSON."""
    text = example("minimal")
    as_json = client.post("/v1/solve", data=text, content_type="application/json").json
    response = client.post("/v1/solve", data=workbook(read_problem(text)), content_type=XLSX)
    assert response.status_code == 200
    assert response.json["problem_hash"] == as_json["problem_hash"]
    assert response.json["total_cost"] == as_json["total_cost"] == pytest.approx(348_700_000)


def test_a_workbook_is_checked(client):
    """As JSON is."""
    response = client.post("/v1/check", data=workbook(read_problem(example("lithium-japan"))), content_type=XLSX)
    assert response.json["valid"] is True


def test_every_fault_has_its_pointer_and_its_cell(client, refused):
    """All at once: one that JSON has too, one of the cell alone."""
    suppliers = [["id", "country", "material", "unit_cost"], ["a", "CN", "oxide", -1], ["b", "XX", "oxide", "1,5"]]
    suppliers[1][3] = "free"
    problem = refused(client.post("/v1/check", data=made(changed(suppliers=suppliers)), content_type=XLSX), 422)
    found = {fault["cell"]: fault for fault in problem["errors"]}
    assert found["suppliers!D2"]["pointer"] == "/suppliers/0/unit_cost"
    assert "number" in found["suppliers!D2"]["message"]
    assert found["suppliers!D2"]["value"] == "free"
    assert "decimal point" in found["suppliers!D3"]["message"]
    assert found["suppliers!B3"]["pointer"] == "/suppliers/1/country"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"PK\x03\x04 and no more",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100),
        made({"materials": [["id"]]})[:-30],
        packed(sheet=b"<worksheet"),
        packed(sheet=b'<!DOCTYPE a [<!ENTITY b "c">]><worksheet>&b;</worksheet>'),
        packed(sheet=sheet('<row r="1"><c r="A1" t="s"><v>99</v></c></row>')),
        packed(sheet=sheet('<row r="1"><c r="A1"><v>one</v></c></row>')),
        packed(sheet=sheet('<row r="1"><c r="1A"><v>1</v></c></row>')),
    ],
)
def test_what_is_no_workbook_is_one_clear_400(client, refused, data):
    """Whatever it is instead."""
    problem = refused(client.post("/v1/check", data=data, content_type=XLSX), 400)
    assert problem["detail"].startswith("The body ")
    assert len(problem["errors"]) == 1


def test_a_workbook_declared_as_json_is_no_json(client, refused):
    """And JSON declared as a workbook is none."""
    refused(client.post("/v1/check", data=made({"materials": []}), content_type="application/json"), 400)


@pytest.mark.parametrize("path", ["/v1/why", "/v1/studies/frontier", "/v1/jobs"])
def test_where_a_problem_is_not_all_a_workbook_is_415(client, refused, path):
    """A body of several parts is JSON."""
    refused(client.post(path, data=b"PK", content_type=XLSX), 415)


def test_a_small_file_that_unpacks_to_much_is_413(refused):
    """100 MB of blanks in 100 kB; it is not unpacked further than the limit."""
    client = create_app(Settings(max_body_mb=1)).test_client()
    data = packed(sheet=sheet(" " * 100_000_000))
    assert len(data) < 200_000
    problem = refused(client.post("/v1/check", data=data, content_type=XLSX), 413)
    assert problem["limit"] == {"name": "bytes", "most": 10_000_000, "variable": "OREMIX_MAX_BODY_MB"}


def test_two_cells_in_opposite_corners_take_no_room(client, refused):
    """A reader that lays out the rectangle between them takes 500 GB; here a row beyond the limit is refused."""
    corner = sheet('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')
    problem = refused(client.post("/v1/check", data=packed(sheet=corner), content_type=XLSX), 413)
    assert problem["limit"]["variable"] == "OREMIX_MAX_ENTRIES"


def test_too_many_rows_are_413(refused):
    """As too many entries of a list are."""
    client = create_app(Settings(max_entries=10)).test_client()
    rows = [["id", "unit"], *([f"m{n}", "t"] for n in range(11))]
    problem = refused(client.post("/v1/check", data=made(changed(materials=rows)), content_type=XLSX), 413)
    assert problem["limit"]["name"] == "entries"
    refused(client.post("/v1/check", data=bytes(20_000_000), content_type=XLSX), 413)


def test_a_long_text_that_many_cells_share_is_held_once(client, refused):
    """300,000 cells of one text of 30,000 characters would be 9 GB if each held its own."""
    text = b"<sst><si><t>" + b"x" * 30_000 + b"</t></si></sst>"
    rows = "".join(
        f'<row r="{n}">' + "".join(f'<c r="{c}{n}" t="s"><v>0</v></c>' for c in "ABCDEFGHIJKLMNO") + "</row>"
        for n in range(1, 20_001)
    )
    refused(client.post("/v1/check", data=packed(sheet=sheet(rows), sharedStrings=text), content_type=XLSX), 422)


def test_the_openapi_document_says_that_workbooks_are_taken(client):
    """Of the operations whose body is a problem."""
    paths = json.loads(client.get("/openapi.json").data)["paths"]
    bodies = {path: methods["post"].get("requestBody", {}) for path, methods in paths.items() if "post" in methods}
    taken = {path for path, body in bodies.items() if XLSX in body.get("content", {})}
    assert taken == {"/v1/solve", "/v1/check", "/v1/convert"}
