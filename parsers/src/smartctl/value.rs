//! Values of JSON, by path. Numbers may be floats or texts: filters that people pipe outputs through make them so.

use serde_json::Value;

/// What stands at a path of keys.
pub(crate) fn at<'v>(value: &'v Value, path: &[&str]) -> Option<&'v Value> {
    path.iter().try_fold(value, |value, key| value.get(key))
}

/// A text that is not empty.
pub(crate) fn text(value: &Value, path: &[&str]) -> Option<String> {
    let text = at(value, path)?.as_str()?.trim();
    Some(text.to_owned()).filter(|text| !text.is_empty())
}

/// A whole number that is not negative.
pub(crate) fn number(value: &Value, path: &[&str]) -> Option<u64> {
    whole(at(value, path)?).and_then(|number| u64::try_from(number).ok())
}

/// A whole number of any width: what exceeds 64 bits, smartctl writes as a text beside it (`…_s`).
pub(crate) fn wide(value: &Value, path: &[&str]) -> Option<u128> {
    whole(at(value, path)?).and_then(|number| u128::try_from(number).ok())
}

/// A whole number with a sign.
pub(crate) fn signed(value: &Value, path: &[&str]) -> Option<i64> {
    whole(at(value, path)?).and_then(|number| i64::try_from(number).ok())
}

/// A flag.
pub(crate) fn flag(value: &Value, path: &[&str]) -> Option<bool> {
    at(value, path)?.as_bool()
}

/// The elements of a list; of what is none, none.
pub(crate) fn list<'v>(value: &'v Value, path: &[&str]) -> impl Iterator<Item = &'v Value> {
    at(value, path).and_then(Value::as_array).into_iter().flatten()
}

fn whole(value: &Value) -> Option<i128> {
    let text = match value {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.trim().to_owned(),
        _ => return None,
    };
    // `310.0`, which is whole all the same.
    let digits = text.split_once('.').filter(|(_, part)| part.bytes().all(|byte| byte == b'0')).map(|(whole, _)| whole);
    digits.unwrap_or(&text).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn numbers() {
        let check = |value: Value, expect| assert_eq!(signed(&value, &[]), expect, "{value}");
        check(json!(310), Some(310));
        check(json!(310.0), Some(310));
        check(json!("310"), Some(310));
        check(json!(-5), Some(-5));
        check(json!(1.5), None);
        check(json!(null), None);
        check(json!(true), None);
        assert_eq!(number(&json!({"a": {"b": 3}}), &["a", "b"]), Some(3));
        assert_eq!(number(&json!({"a": {"b": -3}}), &["a", "b"]), None);
    }
}
