//! Cell means of participants, and tests of the whole table.

use super::{Estimate, Named, Sample, TestResult, refusals};
use crate::analysis::plan::Test;
use crate::statistics::anova::{self, Factors};
use crate::statistics::cells::CellMeans;
use crate::statistics::distributions::noncentrality_of_f;
use crate::statistics::friedman as ranks;
use crate::statistics::{Answer, Interval, Refusal};
use std::collections::BTreeMap;

/// Each participant's mean in each cell of the within factors.
pub(in crate::analysis) struct CellTable {
    /// Participants with all cells.
    pub people: Vec<usize>,
    /// Their means, one row each.
    pub rows: Vec<Vec<f64>>,
    /// Their level of each between factor.
    pub groups: Vec<Vec<usize>>,
    /// Participants without a trial in some cell.
    pub incomplete: Vec<usize>,
    /// Trials of the complete ones.
    pub trials: usize,
}

impl CellTable {
    pub(in crate::analysis) fn of(sample: &Sample<'_>) -> Self {
        let factors = &sample.design.factors;
        let pick = |levels: &[usize], between: bool| -> Vec<usize> {
            (0..levels.len()).filter(|i| factors[*i].between == between).map(|i| levels[i]).collect()
        };
        let sizes: Vec<usize> = factors.iter().filter(|f| !f.between).map(|f| f.levels.len()).collect();
        let cells = sizes.iter().product::<usize>();
        // Sum and number of each cell, and the levels of factors between.
        type Sums = (Vec<(f64, usize)>, Vec<usize>);
        let mut sums: BTreeMap<usize, Sums> = BTreeMap::new();
        for row in &sample.rows {
            let entry = sums.entry(row.person).or_insert_with(|| (vec![(0.0, 0); cells], pick(&row.levels, true)));
            let cell = pick(&row.levels, false).iter().zip(&sizes).fold(0, |cell, (level, of)| cell * of + level);
            entry.0[cell].0 += row.number;
            entry.0[cell].1 += 1;
        }
        let mut table =
            Self { people: Vec::new(), rows: Vec::new(), groups: Vec::new(), incomplete: Vec::new(), trials: 0 };
        for (person, (cells, group)) in sums {
            if cells.iter().any(|(_, n)| *n == 0) {
                table.incomplete.push(person);
                continue;
            }
            table.people.push(person);
            table.trials += cells.iter().map(|(_, n)| n).sum::<usize>();
            table.rows.push(cells.iter().map(|(sum, n)| sum / *n as f64).collect());
            table.groups.push(group);
        }
        table
    }

    pub(in crate::analysis) fn means(&self) -> Answer<CellMeans> {
        CellMeans::new(&self.rows)
    }

    /// A result with this table's numbers of people and trials.
    pub(super) fn result(&self, test: Test, effect: String, sample: &Sample<'_>) -> TestResult {
        let mut result = TestResult::of(test, effect, sample);
        (result.people, result.trials) = (self.people.len(), self.trials);
        if !self.incomplete.is_empty() {
            let n = self.incomplete.len();
            result.notes.push(format!("{n} participants without a trial in some cell are not in it"));
        }
        result
    }
}

/// Friedman's test of all cells.
pub(super) fn friedman(sample: &Sample<'_>) -> TestResult {
    let table = CellTable::of(sample);
    let mut result = table.result(Test::Friedman, "all cells".to_owned(), sample);
    if sample.design.has_between() {
        return result.refusing("Friedman's test has no factors between participants");
    }
    let test = match table.means().and_then(|means| ranks::friedman(&means)) {
        Ok(test) => test,
        Err(refusal) => return result.refusing(refusals::of_cells(&refusal, sample, &table)),
    };
    result.statistic = Some(Named::new("chi2", test.chi_squared));
    result.df = vec![test.df];
    result.p = Some(test.p);
    result.effect_sizes = vec![Estimate::new("Kendall's W", "", test.kendall_w, None)];
    if table.people.len() < 10 {
        result.notes.push("p by chi-squared is rough with fewer than ten participants".to_owned());
    }
    result
}

/// Analysis of variance; effects of more than one contrast have Greenhouse and Geisser's p.
pub(super) fn anova(effects: &[Vec<usize>], sample: &Sample<'_>) -> Vec<TestResult> {
    let table = CellTable::of(sample);
    let design = &sample.design;
    let sizes = |between: bool| -> Vec<usize> {
        design.factors.iter().filter(|f| f.between == between).map(|f| f.levels.len()).collect()
    };
    let factors = Factors { within: sizes(false), between: sizes(true) };
    let answer = if factors.within.is_empty() {
        Err("needs a factor within participants".to_owned())
    } else {
        let answer = table.means().and_then(|means| anova::anova(&means, &factors, &table.groups));
        answer.map_err(|refusal: Refusal| refusals::of_cells(&refusal, sample, &table))
    };
    let own = |effect: &[usize], between: bool| -> Vec<usize> {
        let rank = |i: usize| design.factors[..i].iter().filter(|f| f.between == between).count();
        effect.iter().filter(|i| design.factors[**i].between == between).map(|i| rank(*i)).collect()
    };
    let of_effect = |effect: &Vec<usize>| {
        let result = table.result(Test::Anova, design.effect_name(effect), sample);
        let rows = match &answer {
            Ok(rows) => rows,
            Err(why) => return vec![result.refusing(why)],
        };
        let mut result =
            match rows.iter().find(|row| row.within == own(effect, false) && row.between == own(effect, true)) {
                Some(row) => filled(result, row, 2.0 * sample.level - 1.0),
                None => return vec![result.refusing("the effect is not in the table")],
            };
        if !sample.sized {
            return vec![result];
        }
        let (means, contrasts) = super::levels::of_means(&table, effect, sample);
        result.means = means;
        [vec![result], contrasts].concat()
    };
    effects.iter().flat_map(of_effect).collect()
}

/// `level` of the intervals of eta squared: 1 - 2 alpha, so that the lower limit leaves 0 exactly when p < alpha.
fn filled(mut result: TestResult, row: &anova::Effect, level: f64) -> TestResult {
    result.statistic = Some(Named::new("F", row.f));
    (result.df, result.p) = (vec![row.df1, row.df2], Some(row.p));
    result.effect_sizes = vec![
        Estimate::new("generalised eta squared", "", row.generalised_eta_squared, None),
        Estimate::new("partial eta squared", "", row.partial_eta_squared, None),
    ];
    if let Some(s) = row.sphericity {
        let epsilon = s.greenhouse_geisser;
        (result.df, result.p) = (vec![epsilon * row.df1, epsilon * row.df2], Some(s.p_greenhouse_geisser));
        for (name, value) in [
            ("p uncorrected", row.p),
            ("epsilon GG", epsilon),
            ("epsilon HF", s.huynh_feldt),
            ("p HF", s.p_huynh_feldt),
        ] {
            result.more.push(Named::new(name, value));
        }
        result.notes.push("degrees of freedom and p with Greenhouse and Geisser's epsilon".to_owned());
    }
    // The noncentral F's limits (Steiger 2004), with the degrees of freedom that p has.
    if let Ok(ncp) = noncentrality_of_f(row.f, result.df[0], result.df[1], level) {
        let share = |ncp: f64| ncp / (ncp + result.df[1]);
        let interval = Interval { low: share(ncp.low), high: share(ncp.high), level };
        if let Some(partial) = result.effect_sizes.last_mut() {
            *partial = Estimate::new("partial eta squared", "", row.partial_eta_squared, Some(interval));
        }
    }
    result
}
