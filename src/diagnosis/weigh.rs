//! From evidence to ranked suspects.
//!
//! Each cause starts with its prior; each term that the evidence gives adds its weight to the causes that it concerns; the
//! probabilities are the softmax of the sums. Nothing else goes in, so every probability can be added up by hand.

use super::table::TABLE;
use crate::model::{Cause, Code, ObservationId, Subject, Suspect, Term};

/// The suspects of a case being weighed.
pub(super) struct Scale {
    suspects: Vec<(Suspect, f64)>,
}

impl Scale {
    /// The causes that a case of this code may have, with their priors.
    pub(super) fn new(code: Code) -> Self {
        let (priors, source) = TABLE.priors(code);
        let suspect = |(cause, prior): (Cause, f64)| {
            let weight = prior.ln();
            let (because, source) = ("before any evidence".to_owned(), source.to_owned());
            let terms = vec![Term { weight, because, source, observations: Vec::new() }];
            (Suspect { cause, subject: None, probability: 0.0, terms }, weight)
        };
        Self { suspects: priors.into_iter().map(suspect).collect() }
    }

    /// Names which one a cause would be.
    pub(super) fn name(&mut self, cause: Cause, subject: Option<Subject>) {
        for (suspect, _) in self.suspects.iter_mut().filter(|(suspect, _)| suspect.cause == cause) {
            suspect.subject = subject.clone();
        }
    }

    /// Lays a term of the table on the scale; `fill` gives what stands in its braces.
    pub(super) fn lay(&mut self, name: &str, fill: &[(&str, String)], observations: &[ObservationId]) {
        for (cause, weight) in TABLE.term(name).into_iter().flat_map(|row| row.weights()) {
            self.lay_computed(name, cause, weight, fill, observations);
        }
    }

    /// Lays a term whose weight was computed from the table's constants.
    pub(super) fn lay_computed(
        &mut self,
        name: &str,
        cause: Cause,
        weight: f64,
        fill: &[(&str, String)],
        observations: &[ObservationId],
    ) {
        let Some(row) = TABLE.term(name) else { return };
        let because =
            fill.iter().fold(row.because.clone(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value));
        let limit = TABLE.constant("weight_limit");
        for (suspect, sum) in self.suspects.iter_mut().filter(|(suspect, _)| suspect.cause == cause) {
            let weight = weight.clamp(-limit, limit);
            *sum += weight;
            let (because, source) = (because.clone(), row.source.clone());
            suspect.terms.push(Term { weight, because, source, observations: observations.to_vec() });
        }
    }

    /// The suspects, the most probable first; equals in the order of [`Cause::ALL`].
    pub(super) fn rank(self) -> Vec<Suspect> {
        let total: f64 = self.suspects.iter().map(|(_, sum)| sum.exp()).sum();
        let mut suspects: Vec<Suspect> = self
            .suspects
            .into_iter()
            .map(|(suspect, sum)| Suspect { probability: sum.exp() / total, ..suspect })
            .collect();
        suspects.sort_by(|a, b| b.probability.total_cmp(&a.probability).then(a.cause.cmp(&b.cause)));
        suspects
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probabilities_sum_to_one_and_follow_from_the_terms() {
        for code in Code::ALL {
            let mut scale = Scale::new(code);
            for term in ["damage-foreign", "power-event", "machine-stopped", "other-bay"] {
                scale.lay(term, &[], &[]);
            }
            let suspects = scale.rank();
            let sum: f64 = suspects.iter().map(|suspect| suspect.probability).sum();
            assert!((sum - 1.0).abs() < 1e-9, "{}", code.code());
            for pair in suspects.windows(2) {
                let [first, second] = pair else { continue };
                assert!(first.probability >= second.probability);
                let total = |suspect: &Suspect| suspect.terms.iter().map(|term| term.weight).sum::<f64>();
                let ratio = (total(first) - total(second)).exp();
                assert!((first.probability / second.probability - ratio).abs() < 1e-9 * ratio);
            }
        }
    }

    #[test]
    fn a_term_may_not_count_more_than_the_limit() {
        let mut scale = Scale::new(Code::Relapse);
        scale.lay_computed("relapse-with-new-drive", Cause::Drive, -90.0, &[("after", "2 h".into())], &[]);
        let drive = scale.rank().into_iter().find(|suspect| suspect.cause == Cause::Drive).expect("in the priors");
        let last = drive.terms.last().expect("just laid");
        assert!((last.weight + TABLE.constant("weight_limit")).abs() < 1e-9);
        assert!(last.because.starts_with("failed again 2 h after"));
    }
}
