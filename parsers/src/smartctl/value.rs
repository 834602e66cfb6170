//! Values of JSON, by path. Numbers may be floats or texts: filters that people pipe outputs through make them so.

use serde_json::Value;

/// Objects of these tools are five deep.
const DEPTH_MAX: usize = 32;

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

/// What is left of an object that breaks off: all up to its last whole member, with what is open closed.
pub(crate) fn mend(bytes: &[u8]) -> Option<Value> {
    let (mut open, mut in_text, mut escaped) = (Vec::new(), false, false);
    let mut last = None;
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            _ if in_text => {}
            b'{' => open.push(b'}'),
            b'[' => open.push(b']'),
            b'}' | b']' => drop(open.pop()),
            b',' => last = Some((at, open.clone())),
            _ => {}
        }
        if open.len() > DEPTH_MAX {
            return None;
        }
    }
    let (at, open) = last?;
    let closed: Vec<u8> = bytes.get(..at)?.iter().copied().chain(open.into_iter().rev()).collect();
    serde_json::from_slice(&closed).ok()
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
    fn what_is_left_of_an_object() {
        let check = |text: &str, expect: Option<Value>| assert_eq!(mend(text.as_bytes()), expect, "{text}");
        check(r#"{"a": 1, "b": {"c": [1, 2, 3"#, Some(json!({"a": 1, "b": {"c": [1, 2]}})));
        check(r#"{"a": "x, \"y, {", "b": tr"#, Some(json!({"a": "x, \"y, {"})));
        check(r#"{"a": {"b": 1}, "c"#, Some(json!({"a": {"b": 1}})));
        check(r#"{"a": 1"#, None);
        check(&"[".repeat(1000), None);
        check("", None);
    }

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
