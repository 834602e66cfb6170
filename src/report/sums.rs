//! The arithmetic of a case's probabilities, step by step: weights add up to a score, e is raised to it, and the share of all of
//! that is the probability.

use crate::model::{Suspect, Term};

/// The decimals of weights, and of what e comes to when raised to their sum, where people add them up.
pub const WEIGHT_DECIMALS: usize = 4;
/// As many more, for the improbable ones.
pub const RAISED_DECIMALS: usize = 6;

/// The steps for one suspect.
#[derive(Debug, Clone)]
pub struct Sum<'a> {
    /// Who is suspected.
    pub suspect: &'a Suspect,
    /// Its terms with their weights, as they are added up.
    pub weights: Vec<(f64, &'a Term)>,
    /// What these come to.
    pub score: f64,
    /// e to the power of that.
    pub raised: f64,
}

/// The steps for a case.
#[derive(Debug, Clone)]
pub struct Sums<'a> {
    /// In the order of the suspects.
    pub of: Vec<Sum<'a>>,
    /// What all of `raised` comes to.
    pub total: f64,
}

impl<'a> Sums<'a> {
    /// With all digits.
    pub fn exact(suspects: &'a [Suspect]) -> Self {
        Self::with(suspects, |weight| weight, |raised| raised)
    }

    /// With numbers of few digits, each rounded before it is used, so that whoever adds up what is printed gets what is printed.
    pub fn by_hand(suspects: &'a [Suspect]) -> Self {
        Self::with(suspects, |weight| rounded(weight, WEIGHT_DECIMALS), |raised| rounded(raised, RAISED_DECIMALS))
    }

    fn with(suspects: &'a [Suspect], weight: impl Fn(f64) -> f64, raised: impl Fn(f64) -> f64) -> Self {
        let sum = |suspect: &'a Suspect| {
            let weights: Vec<(f64, &Term)> = suspect.terms.iter().map(|term| (weight(term.weight), term)).collect();
            let score = weight(weights.iter().map(|(weight, _)| weight).sum());
            Sum { suspect, weights, score, raised: raised(score.exp()) }
        };
        let of: Vec<Sum<'_>> = suspects.iter().map(sum).collect();
        let total = raised(of.iter().map(|sum| sum.raised).sum());
        Self { of, total }
    }
}

fn rounded(number: f64, decimals: usize) -> f64 {
    let scale = if decimals == WEIGHT_DECIMALS { 1e4 } else { 1e6 };
    (number * scale).round() / scale
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Cause;
    use proptest::prelude::*;

    fn suspects(weights: &[Vec<f64>]) -> Vec<Suspect> {
        let term = |weight: &f64| Term {
            weight: *weight,
            because: "a reason".to_owned(),
            source: "assumed".to_owned(),
            observations: Vec::new(),
        };
        let scores: Vec<f64> = weights.iter().map(|weights| weights.iter().sum::<f64>().exp()).collect();
        let total: f64 = scores.iter().sum();
        let suspect = |(weights, score): (&Vec<f64>, &f64)| Suspect {
            cause: Cause::Drive,
            subject: None,
            probability: score / total,
            terms: weights.iter().map(term).collect(),
        };
        weights.iter().zip(&scores).map(suspect).collect()
    }

    proptest! {
        #[test]
        fn the_steps_lead_to_the_probability(
            weights in prop::collection::vec(prop::collection::vec(-4.0..4.0_f64, 1..6), 1..10)
        ) {
            let suspects = suspects(&weights);
            let exact = Sums::exact(&suspects);
            for sum in &exact.of {
                prop_assert!((sum.raised / exact.total - sum.suspect.probability).abs() < 1e-9);
            }
        }

        #[test]
        fn few_digits_are_enough(
            // A prior no smaller than that of a listed cause, and what evidence usually weighs.
            weights in prop::collection::vec((-4.0..-0.5_f64, prop::collection::vec(-1.5..1.5_f64, 0..4)), 2..10)
        ) {
            let weights: Vec<Vec<f64>> = weights.into_iter().map(|(prior, rest)| [vec![prior], rest].concat()).collect();
            let suspects = suspects(&weights);
            let sums = Sums::by_hand(&suspects);
            for sum in &sums.of {
                let printed: f64 = sum.weights.iter().map(|(weight, _)| format!("{weight:.4}").parse::<f64>().unwrap_or(f64::NAN)).sum();
                prop_assert_eq!(format!("{:.4}", printed + 0.0), format!("{:.4}", sum.score + 0.0));
                prop_assert!((sum.raised / sums.total - sum.suspect.probability).abs() < 1e-3);
            }
        }
    }
}
