"""Reads what `kerbside collect DIR` wrote, with Python's standard library alone:

    python3 analysis/read_tables.py kerbside-demo

Unknown is NA, infinite is Inf (float() knows it); the decimal mark is a point.
With pandas the first step is one line:
    pd.read_csv(path, na_values=["NA"], keep_default_na=False, dtype={"participant": str})
"""

import csv
import sys
from pathlib import Path
from statistics import median


def read(path):
    """The rows of a table, a dictionary each; NA becomes None."""
    with open(path, newline="", encoding="utf-8") as file:
        return [{name: None if text == "NA" else text for name, text in row.items()} for row in csv.DictReader(file)]


def main(folder):
    derived = Path(folder) / "derived"
    trials = read(derived / "trials_wide.csv")
    participants = read(derived / "participants.csv")

    # Nothing was lost on the way: each participant's trials are in the table of trials.
    kept = [row for row in trials if row["kept"] == "1"]
    for column, found in [("trials", len(trials)), ("trials_kept", len(kept))]:
        told = sum(int(row[column]) for row in participants)
        if told != found:
            sys.exit(f"participants.csv tells of {told} {column}, trials_wide.csv has {found}: run collect again")
    print(f"{len(trials)} trials of {len(participants)} participants, {len(kept)} kept")

    # What is analysed: kept, and a cell of the design (catch trials are kept too, with kind catch).
    cells = {}
    for row in kept:
        if row["kind"] == "main":
            # The whole design's cell: between-subject levels, if any, and the cell within.
            group = row["group"] + " | " if row["group"] else ""
            cells.setdefault(group + row["cell_id"], []).append(row)

    # Distance at step-off is unknown where nobody stepped off: crossing initiation is censored there.
    print(f"{'cell':<24}{'trials':>8}{'stepped off':>13}{'median distance to zone, m':>28}")
    for cell, rows in sorted(cells.items(), key=lambda item: item[0] or ""):
        distances = [float(row["distance_to_zone_m"]) for row in rows if row["distance_to_zone_m"] is not None]
        stepped_off = sum(row["censored"] == "0" for row in rows)
        middle = f"{median(distances):.5f}" if distances else "NA"
        print(f"{cell or 'NA':<24}{len(rows):>8}{stepped_off:>13}{middle:>28}")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "kerbside-demo")
