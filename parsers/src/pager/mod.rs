//! stub
pub struct Decoded {
    pub bytes: Vec<u8>,
}
impl Decoded {
    pub fn given(&self, d: usize) -> usize {
        d
    }
}
pub fn decode(_t: &[u8]) -> Option<Decoded> {
    None
}
