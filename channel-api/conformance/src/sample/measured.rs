use channel_api::MediaKind;
use channel_api::profile::Profile;
use serde_json::Value;

/// A document in which one thing can be made as large as a limit allows, and larger.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Measured {
    /// The name of the limit.
    pub limit: String,
    /// A good document, without the measured thing or with it in any size.
    pub message: Value,
    /// Where in it the measured thing stands: a string for characters and bytes, a list for items, else a number.
    pub pointer: String,
    /// How to make it of a size. `None` repeats a letter, or the list's first element.
    pub make: Option<fn(usize) -> Value>,
    /// What the document is.
    pub within: MeasuredIn,
}

/// What a limit is measured in.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MeasuredIn {
    /// A message in the host's JSON.
    Message,
    /// The input of the operation of this name.
    Operation(String),
    /// A profile that shall be set up, where nothing is set up yet.
    Profile,
    /// A file that is uploaded. It is looked at only that a larger one is refused.
    Upload(MediaKind, String),
}

impl Measured {
    /// A message whose value at `pointer` is measured by the limit of this name.
    pub fn new(limit: impl Into<String>, message: Value, pointer: impl Into<String>) -> Self {
        let (limit, pointer) = (limit.into(), pointer.into());
        Self { limit, message, pointer, make: None, within: MeasuredIn::Message }
    }

    /// The same in the input of an operation.
    pub fn of_operation(
        limit: impl Into<String>,
        name: impl Into<String>,
        input: Value,
        pointer: impl Into<String>,
    ) -> Self {
        Self { within: MeasuredIn::Operation(name.into()), ..Self::new(limit, input, pointer) }
    }

    /// The same in a profile.
    pub fn of_profile(limit: impl Into<String>, profile: Profile, pointer: impl Into<String>) -> Self {
        Self { within: MeasuredIn::Profile, ..Self::new(limit, Value::Object(profile.0), pointer) }
    }

    /// The bytes of an uploaded file.
    pub fn of_upload(limit: impl Into<String>, kind: MediaKind, content_type: impl Into<String>) -> Self {
        Self { within: MeasuredIn::Upload(kind, content_type.into()), ..Self::new(limit, Value::Null, "") }
    }

    /// Makes the measured thing with a function, where repeating is not enough.
    #[must_use]
    pub fn made_by(mut self, make: fn(usize) -> Value) -> Self {
        self.make = Some(make);
        self
    }
}
