//! What stands in an object: values as they are, all else by its `Serialize`.

use serde::Serialize;
use serde_json::Value;

/// A member's value. Methods of its own come before those of the trait: so a [`Value`] is moved and all else is serialized.
pub(super) struct Of<T>(pub(super) T);

impl Of<Value> {
    pub(super) fn value(self) -> Value {
        self.0
    }
}

impl Of<Option<Value>> {
    pub(super) fn value(self) -> Value {
        self.0.unwrap_or(Value::Null)
    }
}

impl Of<Vec<Value>> {
    pub(super) fn value(self) -> Value {
        Value::Array(self.0)
    }
}

/// See [`Of`].
pub(super) trait Member {
    fn value(self) -> Value;
}

impl<T: Serialize> Member for Of<T> {
    fn value(self) -> Value {
        // Only a map whose keys are no text could fail, and there is none.
        serde_json::to_value(self.0).unwrap_or(Value::Null)
    }
}
