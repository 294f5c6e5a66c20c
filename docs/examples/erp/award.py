"""Awards an open request for quotation by Oremix, as a procurement system would: `python award.py RFQ-2026-117`.

It reads the lines of the request and the bids on them from CSV, posts them as a job, waits for it, and stores the award
in a database of its own. It may be stopped and run again at any moment: the same request and bids are the same job.
Standard library only. OREMIX_URL is where the service is, OREMIX_KEY a key of it, if it asks for one.
"""

import csv
import hashlib
import json
import os
import sqlite3
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

URL = os.environ.get("OREMIX_URL", "http://127.0.0.1:8000")
KEY = os.environ.get("OREMIX_KEY")
PATIENCE = 600  # seconds for a service that is busy or away
TABLES = """
CREATE TABLE IF NOT EXISTS jobs (rfq TEXT PRIMARY KEY, job TEXT, status TEXT, total REAL, currency TEXT, run TEXT);
CREATE TABLE IF NOT EXISTS awards
    (rfq TEXT, line TEXT, bid TEXT, bidder TEXT, quantity REAL, unit TEXT, unit_price REAL, PRIMARY KEY (rfq, bid));
"""


def rows(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file, by its headings."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def problem(name: str, lines: list[dict[str, str]], bids: list[dict[str, str]]) -> dict:
    """The request as a problem: each line a demand, each bid a supplier, and the company's own rules."""
    return {
        "name": name,
        "materials": [{"id": line["item"], "unit": line["unit"], "surplus_max": 0} for line in lines],
        "demands": [
            {
                "id": line["line"],
                "material": line["item"],
                "country": line["country"],
                "quantity": float(line["quantity"]),
            }
            for line in lines
        ],
        "suppliers": [
            {
                "id": bid["bid"],
                "country": bid["country"],
                "material": bid["item"],
                "unit_cost": float(bid["unit_price"]),
                "capacity": float(bid["quantity"]),
                **({"minimum_order": float(bid["minimum_order"])} if bid["minimum_order"] else {}),
            }
            for bid in bids
        ],
        "policies": [
            {"id": "china_cap", "type": "share", "countries": ["CN"], "max": 0.4},
            {"id": "two_sources", "type": "diversify", "of": "suppliers", "min": 2, "smallest": 0.1},
        ],
    }


def ask(method: str, path: str, body: dict | None = None, **headers: str) -> dict:
    """The service's answer. Who is told to come back comes back; who hears nothing asks again."""
    if KEY:
        headers["Authorization"] = f"Bearer {KEY}"
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(URL + path, data, {"Content-Type": "application/json"} | headers, method=method)
    until = time.monotonic() + PATIENCE
    while True:
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            told = json.load(error)
            if error.code not in (429, 503) or time.monotonic() > until:
                faults = [f"  {fault.get('pointer', '')} {fault['message']}" for fault in told.get("errors", [])]
                raise SystemExit("\n".join([f"{method} {path}: {error.code} {told['detail']}", *faults])) from None
            pause = float(error.headers.get("Retry-After", 5))
        except OSError as error:
            if time.monotonic() > until:
                raise SystemExit(f"{URL} cannot be reached: {error}") from None
            pause = 5.0
        time.sleep(pause)


def decided(name: str, question: dict) -> tuple[dict, dict]:
    """The job's end and the plan."""
    body = {"kind": "solve", "problem": question, "options": {"time_limit": 600}}
    # The same request and bids, sent again after a crash, are the same job; a bid that changed makes another.
    token = f"{name}-{hashlib.sha256(json.dumps(body).encode()).hexdigest()[:16]}"
    job = ask("POST", "/v1/jobs", body, **{"Idempotency-Key": token, "X-Request-ID": token})
    while job["state"] in ("waiting", "running"):
        time.sleep(1)
        job = ask("GET", f"/v1/jobs/{job['id']}")
    if job["result"] is None:
        raise SystemExit(f"the job {job['id']} is {job['state']}: {job['reason']}")
    return job, ask("GET", job["result"])


def store(
    path: Path, name: str, job: dict, plan: dict, lines: list[dict[str, str]], bids: list[dict[str, str]]
) -> None:
    """Keep the award, all of it or nothing; one that was kept before is replaced."""
    of_item = {line["item"]: line for line in lines}
    of_bid = {bid["bid"]: bid for bid in bids}
    found = sqlite3.connect(path)
    with found:
        found.executescript(TABLES)
        found.execute("BEGIN")
        found.execute("DELETE FROM awards WHERE rfq = ?", (name,))
        of_job = (name, job["id"], plan["status"], plan["total_cost"], plan["currency"], job["run"])
        found.execute("REPLACE INTO jobs VALUES (?, ?, ?, ?, ?, ?)", of_job)
        for bought in plan["purchases"]:
            bid = of_bid[bought["supplier"]]
            line = of_item[bid["item"]]
            given = (bid["bid"], bid["bidder"], bought["quantity"], line["unit"], float(bid["unit_price"]))
            found.execute("INSERT INTO awards VALUES (?, ?, ?, ?, ?, ?, ?)", (name, line["line"], *given))
    found.close()


def main(name: str, folder: Path, database: Path) -> int:
    """Award a request; 0 if it could be, 3 if no award keeps to the rules."""
    lines, bids = rows(folder / "rfq.csv"), rows(folder / "bids.csv")
    job, plan = decided(name, problem(name, lines, bids))
    if plan["status"] not in ("optimal", "feasible"):
        print(f"{name}: {plan['status']}")
        for fact in (plan.get("diagnosis") or {}).get("conflict", []):
            print(f"  conflicts: {fact['text']}")
        return 3
    store(database, name, job, plan, lines, bids)
    print(f"{name}: {plan['status']}, {plan['currency']} {plan['total_cost']:,.0f}, run {job['run']}")
    for bought in plan["purchases"]:
        print(f"  {bought['supplier']}: {bought['quantity']:g} {bought['unit']} of {bought['material']}")
    for offer in plan["offers"]:
        print(f"  not {offer['text']}")
    return 0


if __name__ == "__main__":
    here = Path(__file__).parent
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "RFQ-2026-117", here, Path(os.environ.get("ERP_DB", "erp.db"))))
