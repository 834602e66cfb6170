//! stub
use chrono::*;
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    Stated,
}
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resolved {
    pub utc: DateTime<Utc>,
    pub basis: Basis,
}
#[derive(Debug)]
pub struct Resolver;
impl Resolver {
    pub fn new(_t: Option<chrono_tz::Tz>) -> Self {
        Self
    }
    pub fn resolve(&mut self, l: NaiveDateTime, _a: Option<&str>, _p: Option<DateTime<Utc>>) -> Resolved {
        Resolved { utc: l.and_utc() + TimeDelta::hours(5), basis: Basis::Stated }
    }
}
