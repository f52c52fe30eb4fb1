//! JSON objects of members that must be there and members that may.

use proptest::prelude::*;
use serde_json::Value;

/// A member of an object, there or not.
pub(crate) type Member = BoxedStrategy<Option<(&'static str, Value)>>;

/// A member that is always there.
pub(crate) fn need<S>(name: &'static str, value: S) -> Member
where
    S: Strategy + 'static,
    S::Value: Into<Value>,
{
    value.prop_map(move |value| Some((name, value.into()))).boxed()
}

/// A member that is there or not.
pub(crate) fn may<S>(name: &'static str, value: S) -> Member
where
    S: Strategy + 'static,
    S::Value: Into<Value>,
{
    prop_oneof![1 => Just(None), 2 => need(name, value)].boxed()
}

/// An object of these members.
pub(crate) fn object<const N: usize>(members: [Member; N]) -> BoxedStrategy<Value> {
    let members: Vec<Member> = members.into();
    members
        .prop_map(|members| members.into_iter().flatten().map(|(name, value)| (name.to_owned(), value)).collect())
        .boxed()
}

/// A list of so many of these.
pub(crate) fn list<S>(one: S, size: std::ops::RangeInclusive<usize>) -> BoxedStrategy<Value>
where
    S: Strategy<Value = Value> + 'static,
{
    proptest::collection::vec(one, size).prop_map(Value::Array).boxed()
}

/// Either of two objects in one: the members of both.
pub(crate) fn both(one: BoxedStrategy<Value>, other: BoxedStrategy<Value>) -> BoxedStrategy<Value> {
    (one, other)
        .prop_map(|(mut one, mut other)| {
            one.as_object_mut().unwrap().append(other.as_object_mut().unwrap());
            one
        })
        .boxed()
}
