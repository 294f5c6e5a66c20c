"""Files for people over HTTP: reports, workbooks, and problems made of one another."""

import json
from io import BytesIO

import pytest
from openpyxl import load_workbook

import oremix
from oremix.api.body import WORKBOOK
from oremix.models import errors
from oremix.models.report import page


@pytest.fixture
def asked(minimal):
    """A plan, and its problem."""
    return {"plan": json.loads(oremix.solve(oremix.read_problem(minimal)).to_json()), "problem": minimal}


def test_a_report_is_one_page(client, asked):
    """It is that of the library, to be kept as a file."""
    response = client.post("/v1/report", data=json.dumps(asked), content_type="application/json")
    assert response.content_type == "text/html; charset=utf-8"
    assert response.headers["Content-Disposition"] == 'attachment; filename="plan.html"'
    assert response.text == oremix.report(asked["plan"], asked["problem"])


def test_a_report_has_the_studies_too(client, asked):
    """What is sent with the plan is shown with it."""
    study = client.post("/v1/studies/frontier", json={"problem": asked["problem"]}).get_json()
    with_study = client.post("/v1/report", json=asked | {"studies": [study]}).text
    assert len(with_study) > len(client.post("/v1/report", json=asked).text)


def test_a_plan_becomes_a_workbook(client, asked):
    """One that another program opens."""
    response = client.post("/v1/report?format=xlsx", json=asked)
    assert response.content_type == WORKBOOK
    assert load_workbook(BytesIO(response.data)).sheetnames


def test_every_fault_of_a_report_has_its_place(client, refused):
    """Plan, problem and studies are checked together."""
    body = {"plan": {}, "problem": {}, "studies": [{"x": 1}], "more": 1}
    pointers = {
        fault["pointer"].split("/")[1] for fault in refused(client.post("/v1/report", json=body), 422)["errors"]
    }
    assert pointers == {"plan", "problem", "studies", "more"}
    wrong = refused(client.post("/v1/report", json={"plan": {}, "studies": 5}), 422)["errors"]
    assert "/studies" in [fault["pointer"] for fault in wrong]


def test_an_unknown_format_is_refused(client, asked, refused):
    """With those that there are."""
    (fault,) = refused(client.post("/v1/report?format=pdf", json=asked), 422)["errors"]
    assert fault["message"] == "should be one of html, xlsx"


def test_a_problem_goes_to_a_workbook_and_back(client, minimal):
    """Nothing is lost on the way."""
    book = client.post("/v1/convert?format=xlsx", json=minimal)
    assert book.content_type == WORKBOOK
    back = client.post("/v1/convert", data=book.data, content_type=WORKBOOK)
    assert oremix.read_problem(back.get_json()).hash == oremix.read_problem(minimal).hash


def test_what_is_not_installed_is_said(client, asked, refused, monkeypatch):
    """The page needs Plotly: the answer says how to get it."""

    def missing(*_):
        raise errors.MissingExtra("an HTML report needs plotly, which is not installed: pip install 'oremix[report]'")

    monkeypatch.setattr(page, "needed", missing)
    assert "pip install" in refused(client.post("/v1/report", json=asked), 501)["detail"]
