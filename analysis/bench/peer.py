"""scipy, pandas and polars: python3 peer.py permutation|bootstrap|pandas|polars DATA|FILE; seconds and peak memory."""

import pathlib
import statistics
import sys
import time

part, path = sys.argv[1], pathlib.Path(sys.argv[2])
ROUNDS = 5


def pairs():
    import csv

    with open(path / "pairs.csv") as file:
        rows = list(csv.DictReader(file))
    return [float(row["a"]) - float(row["b"]) for row in rows]


if part == "permutation":
    import numpy
    from scipy import stats

    d = numpy.array(pairs())

    def work():
        mean = lambda x, axis: numpy.mean(x, axis=axis)
        test = stats.permutation_test((d,), mean, permutation_type="samples", vectorized=True, n_resamples=9999, rng=1)
        return test.pvalue

elif part == "bootstrap":
    import numpy
    from scipy import stats

    d = numpy.array(pairs())

    def work():
        test = stats.bootstrap((d,), numpy.mean, n_resamples=9999, method="BCa", vectorized=True, rng=1)
        return test.confidence_interval.low

elif part == "pandas":
    import pandas

    def work():
        return float(pandas.read_csv(path, na_values=["NA"], keep_default_na=False)["ground_site_x_m"].sum())

else:
    import polars

    def work():
        table = polars.read_csv(path, null_values=["NA"], infer_schema_length=None)
        return float(table["ground_site_x_m"].sum())


times = []
for _ in range(ROUNDS):
    began = time.perf_counter()
    answer = work()
    times.append(time.perf_counter() - began)
peak = next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(f"seconds={statistics.median(times):.6f} peak_kib={peak} answer={answer:.6f}")
