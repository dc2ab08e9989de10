//! Closed forms.

use super::expected::{Data, Expected};
use kerbside::statistics::Interval;
use kerbside::statistics::adjust::{benjamini_hochberg, holm};
use kerbside::statistics::agreement::agreement;
use kerbside::statistics::bootstrap::bca;
use kerbside::statistics::cells::{CellMeans, Trial};
use kerbside::statistics::distributions::{
    chi_squared_upper, f_upper, hedges_correction, noncentral_f_cdf, noncentral_t_cdf, noncentral_t_quantile,
    noncentrality_of_f, normal_cdf, normal_quantile, t_quantile, t_two_sided,
};
use kerbside::statistics::effects::{rank_biserial, standardised};
use kerbside::statistics::equivalence::equivalence;
use kerbside::statistics::friedman::friedman;
use kerbside::statistics::paired::paired_t;
use kerbside::statistics::permutation::{Counted, sign_permutation};
use kerbside::statistics::power::power;
use kerbside::statistics::sample::differences;
use kerbside::statistics::signed_rank::{Method, SignedRank, Zeros, signed_rank};
use kerbside::statistics::unpaired::{standardised_groups, welch, welch_equivalence};

const CORRECTED: Method = Method::Normal { continuity_correction: true };
const UNCORRECTED: Method = Method::Normal { continuity_correction: false };

fn both(interval: Interval) -> [f64; 2] {
    [interval.low, interval.high]
}

fn pairs(name: &str) -> (Vec<f64>, Vec<f64>, Vec<f64>) {
    let data = Data::of(name);
    let (a, b) = (data.column("a").to_vec(), data.column("b").to_vec());
    let d = differences(&a, &b).unwrap();
    (a, b, d)
}

#[test]
fn the_normal_does_not_leap() {
    // R 4.2.2: pnorm(c(-.7072, -.70712, -.70709, -.7070)); in their middle an erf in pieces may leap.
    let expected =
        [0.239_721_099_283_345_34, 0.239_745_954_072_799_28, 0.239_755_274_981_350_02, 0.239_783_238_893_327_67];
    for (z, p) in [-0.7072, -0.707_12, -0.707_09, -0.7070].into_iter().zip(expected) {
        assert!((normal_cdf(z) / p - 1.0).abs() < 1e-14, "{z}");
    }
}

#[test]
fn distributions() {
    let words = [
        "power",
        "t_two_sided",
        "t_quantile",
        "normal_quantile",
        "f_upper",
        "chi_upper",
        "noncentral",
        "hedges",
        "holm",
        "bh",
    ];
    let mut r = Expected::of(&words);
    r.check("t_two_sided.far", t_two_sided(-25.0, 7.5).unwrap());
    r.check("t_quantile", t_quantile(0.975, 9.0).unwrap());
    r.check("t_quantile.one", t_quantile(0.999, 1.0).unwrap());
    r.check("normal_quantile", normal_quantile(1e-9).unwrap());
    r.check("f_upper", f_upper(45.31, 2.0, 18.0).unwrap());
    r.check("chi_upper", chi_squared_upper(60.0, 3.0).unwrap());
    r.check("noncentral.1", noncentral_t_cdf(2.1, 9.0, 1.3).unwrap());
    r.check("noncentral.2", noncentral_t_cdf(-0.7, 4.0, -2.0).unwrap());
    r.check("noncentral.3", noncentral_t_cdf(30.0, 3.0, 25.0).unwrap());
    r.check("noncentral.4", noncentral_t_cdf(1.0, 199.0, 2.5).unwrap());
    r.check("noncentral.5", noncentral_t_cdf(0.3, 1.0, 0.5).unwrap());
    r.check("noncentral.quantile", noncentral_t_quantile(0.025, 11.0, 6.789).unwrap());
    r.check("noncentral.f.1", noncentral_f_cdf(3.2, 2.0, 18.0, 4.5).unwrap());
    r.check("noncentral.f.2", noncentral_f_cdf(0.9, 1.0, 9.0, 5.0).unwrap());
    r.check("noncentral.f.3", noncentral_f_cdf(12.0, 3.7, 41.2, 60.0).unwrap());
    r.check("noncentral.f.4", noncentral_f_cdf(1.1, 5.0, 200.0, 0.01).unwrap());
    r.check_all("noncentral.f.limits", &both(noncentrality_of_f(19.08, 2.0, 18.0, 0.9).unwrap()));
    r.check_all("noncentral.f.low", &both(noncentrality_of_f(1.2, 1.3, 11.9, 0.9).unwrap()));
    r.check("power.half", power(0.5, 24, 0.05).unwrap());
    r.check("power.small", power(0.1, 12, 0.01).unwrap());
    r.check("hedges", hedges_correction(11.0).unwrap());
    let p = [0.012, 0.04, 0.0003, 0.3, 0.04, 0.9];
    r.check_all("holm", &holm(&p).unwrap());
    r.check_all("bh", &benjamini_hochberg(&p).unwrap());
    r.finish();
}

#[test]
fn pairs_of_waits() {
    let (a, b, d) = pairs("pairs");
    let mut r = Expected::of(&["pairs"]);
    let t = paired_t(&d, 0.95).unwrap();
    r.check("pairs.t", t.t);
    r.check("pairs.p", t.p);
    r.check_all("pairs.interval", &both(t.interval));
    let rank = |method| signed_rank(&d, Zeros::Dropped, method).unwrap();
    r.check("pairs.wilcoxon.v", rank(Method::Exact).positive_ranks);
    r.check("pairs.wilcoxon.exact", rank(Method::Exact).p);
    r.check("pairs.wilcoxon.normal", rank(UNCORRECTED).p);
    r.check("pairs.wilcoxon.corrected", rank(CORRECTED).p);
    r.check("pairs.pseudomedian", rank(Method::Exact).pseudomedian);
    let permutation = sign_permutation(&d, 0, "").unwrap();
    assert_eq!(permutation.counted, Counted::Exactly);
    r.check("pairs.permutation", permutation.p);
    let effects = standardised(&a, &b, 0.95).unwrap();
    r.check("pairs.dz", effects.d_z.estimate);
    r.check_all("pairs.dz.interval", &both(effects.d_z.interval));
    r.check("pairs.dav", effects.d_av.estimate);
    r.check_all("pairs.dav.interval", &both(effects.d_av.interval));
    r.check("pairs.gz", effects.g_z.estimate);
    let tost = equivalence(&d, (-0.8, 0.8), 0.05).unwrap();
    r.check("pairs.tost.p", tost.p);
    r.check_all("pairs.tost.interval", &both(tost.interval));
    let limits = agreement(&d, 0.95, 0.95).unwrap();
    r.check("pairs.agreement.high", limits.high.estimate);
    r.check_all("pairs.agreement.high.interval", &both(limits.high.interval));
    r.check_all("pairs.agreement.low.interval", &both(limits.low.interval));
    let mean = |units: &[usize]| Some(units.iter().map(|unit| d[*unit]).sum::<f64>() / units.len() as f64);
    r.check_all("pairs.bca", &both(bca(d.len(), mean, 0.95, 499_999, "pairs").unwrap().interval));
    r.finish();
}

#[test]
fn groups_of_different_people() {
    let (a, b, _) = pairs("pairs");
    let a = &a[..9];
    let mut r = Expected::of(&["groups"]);
    let t = welch(a, &b, 0.95).unwrap();
    r.check("groups.t", t.t);
    r.check("groups.df", t.df);
    r.check("groups.p", t.p);
    r.check_all("groups.interval", &both(t.interval));
    let effects = standardised_groups(a, &b, 0.95).unwrap();
    r.check("groups.ds", effects.d_s.estimate);
    r.check_all("groups.ds.interval", &both(effects.d_s.interval));
    r.check("groups.gs", effects.g_s.estimate);
    let tost = welch_equivalence(a, &b, (-0.9, 0.9), 0.05).unwrap();
    r.check("groups.tost.p", tost.p);
    r.check_all("groups.tost.interval", &both(tost.interval));
    r.finish();
}

#[test]
fn likert_items_with_ties_and_zeros() {
    let (_, _, d) = pairs("likert");
    let mut r = Expected::of(&["likert"]);
    let rank = |zeros, method| signed_rank(&d, zeros, method).unwrap();
    let exact: SignedRank = rank(Zeros::Dropped, Method::Exact);
    assert!(exact.zeros > 0 && exact.ties);
    r.check("likert.v", exact.positive_ranks);
    r.check("likert.normal", rank(Zeros::Dropped, UNCORRECTED).p);
    r.check("likert.corrected", rank(Zeros::Dropped, CORRECTED).p);
    r.check("likert.exact.dropped", exact.p);
    r.check("likert.exact.pratt", rank(Zeros::Pratt, Method::Exact).p);
    r.check("likert.normal.pratt", rank(Zeros::Pratt, UNCORRECTED).p);
    let (estimate, interval) = rank_biserial(&exact, 0.95).unwrap();
    r.check("likert.rank_biserial", estimate);
    r.check_all("likert.rank_biserial.interval", &both(interval.unwrap()));
    r.finish();
}

#[test]
fn five_people() {
    let (a, b, d) = pairs("five");
    let mut r = Expected::of(&["five"]);
    r.check("five.t.p", paired_t(&d, 0.95).unwrap().p);
    r.check("five.exact", signed_rank(&d, Zeros::Dropped, Method::Exact).unwrap().p);
    r.check_all("five.dz.interval", &both(standardised(&a, &b, 0.95).unwrap().d_z.interval));
    r.finish();
}

#[test]
fn ranks_of_six_cells_with_ties() {
    let data = Data::of("within");
    let (id, light, gap) = (data.indices("id"), data.indices("light"), data.indices("gap"));
    let trial =
        |i: usize| Trial { participant: id[i], cell: light[i] * 3 + gap[i], value: data.column("y")[i].round() };
    let trials: Vec<Trial> = (0..data.rows()).map(trial).collect();
    let test = friedman(&CellMeans::of_trials(10, 6, &trials).unwrap()).unwrap();
    let mut r = Expected::of(&["friedman", "morey"]);
    let exact = |i: usize| Trial { value: data.column("y")[i], ..trial(i) };
    let trials: Vec<Trial> = (0..data.rows()).map(exact).collect();
    let cells = CellMeans::of_trials(10, 6, &trials).unwrap().within_intervals(0.95).unwrap();
    r.check_all("morey.means", &cells.iter().map(|cell| cell.estimate).collect::<Vec<_>>());
    r.check_all("morey.low", &cells.iter().map(|cell| cell.interval.low).collect::<Vec<_>>());
    r.check("friedman.chi", test.chi_squared);
    r.check("friedman.p", test.p);
    r.check("friedman.w", test.kendall_w);
    r.finish();
}
