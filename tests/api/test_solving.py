"""POST /v1/solve and /v1/check: answers."""

import pytest

import oremix


def test_the_minimal_problem_has_the_cost_computed_by_hand(client, minimal):
    """2,200 t from China at 55,000 and 3,300 t from Australia at 69,000 cost 348,700,000."""
    response = client.post("/v1/solve", json=minimal)
    assert response.status_code == 200
    assert response.content_type == "application/json"
    plan = response.get_json()
    assert plan["status"] == "optimal"
    assert plan["total_cost"] == pytest.approx(2200 * 55_000 + 3300 * 69_000)
    assert plan["problem_hash"] == oremix.read_problem(minimal).hash


def test_infeasible_is_an_answer(client, minimal):
    """A cap that cannot be met is answered with 200, the status `infeasible`, and what conflicts."""
    minimal["suppliers"][1]["capacity"] = 100
    response = client.post("/v1/solve", json=minimal)
    assert response.status_code == 200
    plan = response.get_json()
    assert plan["status"] == "infeasible"
    assert {entry["id"] for entry in plan["diagnosis"]["conflict"]} == {"china_cap", "japan", "mount_weld"}
    assert all(repair["checked"] for repair in plan["diagnosis"]["repairs"])


def test_etag_stands_for_the_problem_and_the_options(client, minimal):
    """The same problem written otherwise has the same tag; other options or another problem have another."""
    tag = client.post("/v1/solve", json=minimal).headers["ETag"]
    reordered = dict(reversed(minimal.items()))
    assert oremix.read_problem(minimal).hash in tag
    assert client.post("/v1/solve", json=reordered).headers["ETag"] == tag
    assert client.post("/v1/solve?gap=0.01", json=minimal).headers["ETag"] != tag
    minimal["demands"][0]["quantity"] = 5000
    assert client.post("/v1/solve", json=minimal).headers["ETag"] != tag


@pytest.mark.parametrize("solver", ["highs", "cbc"])
def test_both_solvers_answer_alike(client, minimal, solver):
    """Either solver finds the optimal cost."""
    plan = client.post(f"/v1/solve?solver={solver}", json=minimal).get_json()
    assert plan["total_cost"] == pytest.approx(348_700_000)


def test_time_limit_is_cut_to_the_servers_and_the_answer_says_so(client, minimal):
    """A client cannot ask for more seconds than the server gives, and learns how many held."""
    options = client.post("/v1/solve?time_limit=7200", json=minimal).get_json()["solver"]["options"]
    assert options["time_limit"] == 60
    assert options["time_limit_of"] == "server"
    assert options["time_limit_asked"] == 7200


def test_time_limit_within_the_servers_holds(client, minimal):
    """A shorter limit is the one that holds."""
    options = client.post("/v1/solve?time_limit=5", json=minimal).get_json()["solver"]["options"]
    assert options["time_limit"] == 5
    assert "time_limit_of" not in options


def test_check_says_valid_with_warnings_and_hash(client, minimal):
    """A valid problem is answered with its warnings and its hash."""
    response = client.post("/v1/check", json=minimal)
    assert response.status_code == 200
    checked = response.get_json()
    assert checked == {
        "valid": True,
        "warnings": checked["warnings"],
        "problem_hash": oremix.read_problem(minimal).hash,
    }


def test_content_type_may_name_the_charset(client):
    """application/json with charset utf-8 is accepted, in any case."""
    body = oremix.example("minimal").encode()
    assert client.post("/v1/check", data=body, content_type="application/json; charset=UTF-8").status_code == 200
