"""A repair of an infeasible problem, made over HTTP."""

import oremix


def infeasible(minimal):
    """6,600 t are asked for, Australia has 6,500 and China may bring nothing."""
    return minimal | {
        "demands": [minimal["demands"][0] | {"quantity": 6600}],
        "policies": [minimal["policies"][0] | {"max": 0}],
    }


def test_every_repair_gives_the_plan_that_it_says(client, minimal):
    """Made and solved, each costs what the diagnosis says."""
    problem = infeasible(minimal)
    repairs = client.post("/v1/solve", json=problem).get_json()["diagnosis"]["repairs"]
    assert len(repairs) >= 2
    for repair in repairs:
        mended = client.post("/v1/repair", json={"problem": problem, "repair": repair})
        assert mended.status_code == 200
        plan = client.post("/v1/solve", json=mended.get_json()).get_json()
        assert abs(plan["total_cost"] - repair["total_cost"]) <= 1e-6 * repair["total_cost"]


def test_the_library_makes_the_same(client, minimal):
    """`oremix.repaired` is what the operation answers with; the rest of the problem is as it was."""
    problem = oremix.read_problem(infeasible(minimal))
    repair = oremix.solve(problem).diagnosis.repairs[0]
    mended = oremix.repaired(problem, repair)
    body = {"problem": infeasible(minimal), "repair": repair.model_dump()}
    assert client.post("/v1/repair", json=body).get_json() == oremix.read_problem(mended.to_json()).model_dump(
        mode="json", by_alias=True, exclude_unset=True
    )
    assert mended.materials == problem.materials


def test_a_change_that_is_about_nothing_is_refused(client, minimal, refused):
    """With its place in the repair."""
    move = {"on": "policies", "id": "nobody", "field": "max", "period": 1999, "from": 0, "to": 1, "unit": "share"}
    repair = {"text": "", "changes": [move], "total_cost": 0, "cost": 0, "checked": False}
    faults = refused(client.post("/v1/repair", json={"problem": minimal, "repair": repair}), 422)["errors"]
    assert [fault["pointer"] for fault in faults] == ["/repair/changes/0/field", "/repair/changes/0/period"]
