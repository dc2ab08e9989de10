"""Asks scipy and statsmodels the same questions of the same files as R, and prints both answers side by side.

    python3 analysis/crosscheck/python.py       needs scipy, statsmodels, pandas (tests/peers.sh installs them)

Fails where Python is further from R's kept answer (expected.csv) than the row's tolerance. What Python has no answer
for (exact signed ranks with ties, mixed designs, sphericity, Satterthwaite's degrees of freedom, mixed models of
ordinal and binary outcomes) is R's alone.
"""

import csv
import itertools
import math
import pathlib
import sys
import warnings

import numpy as np
import pandas as pd
import scipy
import statsmodels
import statsmodels.api as sm
from scipy import optimize, special, stats
from statsmodels.stats.anova import AnovaRM
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.power import TTestPower

HERE = pathlib.Path(__file__).parent

answers = []


def say(name, values):
    values = np.atleast_1d(np.asarray(values, dtype=float))
    names = [name] if len(values) == 1 else [f"{name}.{i}" for i in range(1, len(values) + 1)]
    answers.extend((name, value) for name, value in zip(names, values))


def of(name):
    return pd.read_csv(HERE / "data" / f"{name}.csv")


def noncentrality(t, df):
    """Limits of the noncentrality of an observed t, as R's uniroot finds them."""
    limit = lambda p: optimize.brentq(lambda ncp: special.nctdtr(df, ncp, t) - p, t - 20, t + 20, xtol=1e-13)
    return np.array([limit(0.975), limit(0.025)])


def hedges(df):
    return math.exp(special.gammaln(df / 2) - special.gammaln((df - 1) / 2)) / math.sqrt(df / 2)


def distributions():
    say("t_two_sided.far", 2 * stats.t.sf(25, 7.5))
    say("t_quantile", stats.t.ppf(0.975, 9))
    say("normal_quantile", stats.norm.ppf(1e-9))
    say("f_upper", stats.f.sf(45.31, 2, 18))
    say("chi_upper", stats.chi2.sf(60, 3))
    for i, (t, df, ncp) in enumerate([(2.1, 9, 1.3), (-0.7, 4, -2), (30, 3, 25), (1, 199, 2.5), (0.3, 1, 0.5)], 1):
        say(f"noncentral.{i}", stats.nct.cdf(t, df, ncp))
    for i, (f, df1, df2, ncp) in enumerate([(3.2, 2, 18, 4.5), (0.9, 1, 9, 5), (12, 3.7, 41.2, 60), (1.1, 5, 200, 0.01)], 1):
        say(f"noncentral.f.{i}", stats.ncf.cdf(f, df1, df2, ncp))
    say("hedges", hedges(11))
    say("power.half", TTestPower().power(0.5, 24, 0.05))
    say("power.small", TTestPower().power(0.1, 12, 0.01))
    p = [0.012, 0.04, 0.0003, 0.3, 0.04, 0.9]
    say("holm", multipletests(p, method="holm")[1])
    say("bh", stats.false_discovery_control(p))


def pairs():
    data = of("pairs")
    a, b = data.a.to_numpy(), data.b.to_numpy()
    d = a - b
    test = stats.ttest_rel(a, b)
    say("pairs.t", test.statistic)
    say("pairs.p", test.pvalue)
    say("pairs.interval", list(test.confidence_interval(0.95)))
    ranks = np.round(d, 9)
    say("pairs.wilcoxon.normal", stats.wilcoxon(ranks, method="approx", correction=False).pvalue)
    say("pairs.wilcoxon.corrected", stats.wilcoxon(ranks, method="approx", correction=True).pvalue)
    signs = np.array(list(itertools.product([-1, 1], repeat=len(d))))
    say("pairs.permutation", np.mean(np.abs(signs @ d) >= abs(d.sum()) - 1e-9))
    dz = d.mean() / d.std(ddof=1)
    per_dav = d.std(ddof=1) / math.sqrt((a.var(ddof=1) + b.var(ddof=1)) / 2)
    limits = noncentrality(test.statistic, 11) / math.sqrt(12)
    say("pairs.dz", dz)
    say("pairs.dz.interval", limits)
    say("pairs.dav", dz * per_dav)
    say("pairs.dav.interval", limits * per_dav)
    say("pairs.gz", dz * hedges(11))
    above = stats.ttest_1samp(d, -0.8, alternative="greater").pvalue
    below = stats.ttest_1samp(d, 0.8, alternative="less").pvalue
    say("pairs.tost.p", max(above, below))
    say("pairs.tost.interval", list(test.confidence_interval(0.9)))
    say("pairs.agreement.high", d.mean() + stats.norm.ppf(0.975) * d.std(ddof=1))
    groups(a[:9], b)
    data = of("five")
    test = stats.ttest_rel(data.a, data.b)
    say("five.t.p", test.pvalue)
    say("five.exact", stats.wilcoxon(data.a - data.b, method="exact").pvalue)
    say("five.dz.interval", noncentrality(test.statistic, 4) / math.sqrt(5))


def groups(a, b):
    test = stats.ttest_ind(a, b, equal_var=False)
    say("groups.t", test.statistic)
    say("groups.df", test.df)
    say("groups.p", test.pvalue)
    say("groups.interval", list(test.confidence_interval(0.95)))
    df = len(a) + len(b) - 2
    pooled = math.sqrt(((len(a) - 1) * a.var(ddof=1) + (len(b) - 1) * b.var(ddof=1)) / df)
    per_t = math.sqrt(1 / len(a) + 1 / len(b))
    ds = (a.mean() - b.mean()) / pooled
    say("groups.ds", ds)
    say("groups.ds.interval", noncentrality(ds / per_t, df) * per_t)
    say("groups.gs", ds * hedges(df))
    above = stats.ttest_ind(a + 0.9, b, equal_var=False, alternative="greater").pvalue
    below = stats.ttest_ind(a - 0.9, b, equal_var=False, alternative="less").pvalue
    say("groups.tost.p", max(above, below))
    say("groups.tost.interval", list(test.confidence_interval(0.9)))


def items():
    data = of("likert")
    d = data.a - data.b
    say("likert.normal", stats.wilcoxon(d, method="approx", correction=False).pvalue)
    say("likert.corrected", stats.wilcoxon(d, method="approx", correction=True).pvalue)
    say("likert.normal.pratt", stats.wilcoxon(d, zero_method="pratt", method="approx", correction=False).pvalue)
    nonzero = d[d != 0]
    ranks = stats.rankdata(np.abs(nonzero))
    say("likert.rank_biserial", (ranks[nonzero > 0].sum() - ranks[nonzero < 0].sum()) / ranks.sum())
    within = of("within")
    wide = within.assign(y=within.y.round()).pivot_table(index="id", columns=["light", "gap"], values="y")
    test = stats.friedmanchisquare(*wide.to_numpy().T)
    say("friedman.chi", test.statistic)
    say("friedman.p", test.pvalue)
    say("friedman.w", test.statistic / (10 * 5))


def analysis_of_variance():
    for name, factors in [("within", ["light", "gap"]), ("within3", ["light", "speed", "gap"])]:
        table = AnovaRM(of(name), "y", "id", within=factors).fit().anova_table
        for effect, row in table.iterrows():
            key = f"{name}.{effect.replace(':', '_')}"
            say(f"{key}.f", row["F Value"])
            say(f"{key}.df", [row["Num DF"], row["Den DF"]])
            say(f"{key}.p", row["Pr > F"])
    sums = of("within").pivot_table(index="id", columns="light", values="y")
    say("contrast.t", stats.ttest_rel(sums[2], sums[1]).statistic)


def survival():
    data = of("waits")
    steps = sm.SurvfuncRight(data.time, data.event)
    say("kaplan.times", len(steps.surv_times))
    say("kaplan.shares", 1 - steps.surv_prob)
    say("kaplan.median", steps.quantile(0.5))
    say("logrank.plain", sm.duration.survdiff(data.time, data.event, data.light)[0])
    chi, p = sm.duration.survdiff(data.time, data.event, data.light, strata=data.id)
    say("logrank.stratified", chi)
    say("logrank.stratified.p", p)
    for ties in ["efron", "breslow"]:
        fit = sm.PHReg(data.time, data[["light", "gap", "age"]], status=data.event, ties=ties).fit()
        say(f"cox.{ties}.b", fit.params)
        say(f"cox.{ties}.naive", fit.bse)


def models():
    data = of("slopes")
    for key, slopes, reml in [("intercepts", None, True), ("slopes", "~speed", True), ("ml", "~speed", False)]:
        model = sm.MixedLM.from_formula("y ~ speed + light", data, groups="id", re_formula=slopes)
        fit = model.fit(reml=reml, method=["lbfgs", "powell", "bfgs"], gtol=1e-9)
        say(f"lmm.{key}.b", fit.fe_params)
        # With slopes statsmodels takes standard errors from the joint information of all parameters: another estimator.
        if slopes is None:
            say(f"lmm.{key}.se", fit.bse_fe)
        say(f"lmm.{key}.sigma", math.sqrt(fit.scale))
        # statsmodels' restricted likelihood has another constant.
        if not reml:
            say(f"lmm.{key}.loglik", fit.llf)


def levels():
    data = of("levels")
    means = data.groupby(["id", "light"]).y.mean().unstack()
    tests = [stats.ttest_rel(means[high], means[low]) for low, high in itertools.combinations(means.columns, 2)]
    key = "levels.within.pairs"
    limits = [test.confidence_interval() for test in tests]
    say(f"{key}.estimates", [means[high].mean() - means[low].mean() for low, high in itertools.combinations(means.columns, 2)])
    say(f"{key}.low", [one.low for one in limits])
    say(f"{key}.high", [one.high for one in limits])
    p = [test.pvalue for test in tests]
    say(f"{key}.p", p)
    say(f"{key}.holm", multipletests(p, method="holm")[1])
    say("levels.within.light.means", means.mean())
    say("levels.within.light.se", means.sem())


def compared():
    """Both answers, and how many differ."""
    with open(HERE / "expected.csv") as file:
        kept = {row["name"]: row for row in csv.DictReader(line for line in file if not line.startswith("#"))}
    print(f"{'question':<28} {'R':>24} {'Python':>24} {'relative difference':>20}")
    wrong = 0
    for name, value in answers:
        expected, allowed = float(kept[name]["value"]), float(kept[name]["tolerance"])
        difference = abs(value - expected) / max(abs(expected), 1e-13) if value != expected else 0.0
        bad = not difference <= allowed
        wrong += bad
        print(f"{name:<28} {expected:>24.16g} {value:>24.16g} {difference:>20.1e}{'  DIFFERS' if bad else ''}")
    print(f"{len(answers)} answers of {len(kept)} asked of Python too, {wrong} differ", end="; ")
    print(f"Python {sys.version.split()[0]}, scipy {scipy.__version__}, statsmodels {statsmodels.__version__}")
    return wrong


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    for ask in [distributions, pairs, items, analysis_of_variance, survival, models, levels]:
        ask()
    sys.exit(1 if compared() else 0)
