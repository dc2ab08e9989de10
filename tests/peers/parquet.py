"""The Parquet tables of a pack are its CSV tables, as Arrow's own reader has both: python3 parquet.py PACK"""

import csv
import pathlib
import sys

import pyarrow.parquet

tables = sorted(pathlib.Path(sys.argv[1], "data").glob("*.csv"))
types = set()
for table in tables:
    with table.open(encoding="utf-8", newline="") as file:
        names, *rows = csv.reader(file)
    read = pyarrow.parquet.read_table(table.with_suffix(".parquet"))
    assert read.column_names == names and len(read) == len(rows), table
    for at, name in enumerate(names):
        types.add(str(read.schema.field(name).type))
        for row, found in enumerate(read.column(name).to_pylist()):
            cell = rows[row][at]
            agrees = found == cell
            if cell == "NA":
                agrees = found is None
            elif isinstance(found, (int, float)):
                agrees = float(cell) == found
            assert agrees, f"{table.name}, row {row + 1}, {name}: {cell!r} and {found!r}"
assert len(tables) > 5 and types == {"int64", "double", "string"}, (tables, types)
