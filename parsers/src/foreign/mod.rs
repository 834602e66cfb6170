//! stub
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    Tzif,
    Text,
}
impl Origin {
    pub fn code(self) -> &'static str {
        "o"
    }
}
pub enum What {
    Nul,
    Foreign { origin: Option<Origin>, detail: String },
}
pub struct Piece {
    pub start: usize,
    pub end: usize,
    pub what: What,
}
pub fn dissect(region: &[u8], _b: Option<Origin>) -> Vec<Piece> {
    let mut v: Vec<Piece> = Vec::new();
    let mut i = 0;
    while i < region.len() {
        let n = region[i] == 0;
        let j = region[i..].iter().position(|b| (*b == 0) != n).map_or(region.len(), |k| i + k);
        let t = std::str::from_utf8(&region[i..j]).is_ok();
        v.push(Piece {
            start: i,
            end: j,
            what: if n { What::Nul } else { What::Foreign { origin: t.then_some(Origin::Text), detail: "x".into() } },
        });
        i = j;
    }
    v
}
