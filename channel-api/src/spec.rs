//! The specification: what any channel adapter does, in numbered clauses.
//!
//! MUST is a promise that hosts build on. SHOULD is what a good channel does unless its provider makes it impossible. A clause
//! keeps its id for good; a clause that is given up leaves a gap.

/// How binding a clause is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Level {
    /// Without exception.
    Must,
    /// Unless the provider makes it impossible.
    Should,
}

/// One clause.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Clause {
    /// Stable id: area and number.
    pub id: &'static str,
    /// How binding it is.
    pub level: Level,
    /// What is asked.
    pub text: &'static str,
}

macro_rules! clauses {
    ($($id:literal $level:ident $text:literal)*) => {
        /// Every clause, in order.
        ///
        $(#[doc = concat!("* **", $id, "** ", stringify!($level), ": ", $text)])*
        pub const CLAUSES: &[Clause] = &[$(Clause { id: $id, level: Level::$level, text: $text }),*];
    };
}

clauses! {
    "REG-1" Must "An adapter registers one channel type, in lower-case letters, digits and dashes, through `register_adapter!`."
    "REG-2" Must "The example configuration is valid, and satisfies the adapter's own JSON Schema."
    "REG-3" Must "Two channels of one type in one process share nothing that one of them could notice."
    "REG-4" Must "A channel that is built offline hands out what one with an account does; it translates, verifies only with the secret that it was given, and calls nobody."
    "REG-5" Must "An adapter brings a fixture, so that it can be measured: configurations, deliveries, messages and the provider's answers, each with what shall come of it."
    "REG-6" Must "The accounts that a body speaks of are named, each once and as the channel that has one names it; they are a hint, and any bytes are borne."
    "CFG-1" Must "Validation of a configuration is pure: no network, no files, no environment."
    "CFG-2" Must "Validation reports every problem at once, each with a JSON pointer, and no value."
    "CFG-3" Must "An empty secret or token is refused; a missing one never switches a check off."
    "CFG-4" Must "Keys are accepted in snake_case and camelCase; the schema shows snake_case; a key that is not known is refused."
    "CFG-5" Must "The schema draws a form on its own: every field has a title and a description, secrets are `writeOnly` with `format: password`, required fields are listed, and `x-groups` names every field."
    "VER-1" Must "A delivery is verified over its untouched bytes before anything reads them."
    "VER-2" Must "Signatures and tokens are compared in constant time."
    "VER-3" Must "A missing, empty, malformed or repeated signature is refused, and so is one of another algorithm."
    "VER-4" Must "A refusal tells neither the secret nor the signature that would have been right."
    "VER-5" Must "A handshake with a wrong, empty, missing or repeated token or mode is refused."
    "VER-6" Should "Two secrets are accepted at once, so that one can be replaced without losing a delivery."
    "VER-7" Must "What the provider signed is accepted, and its handshake is answered with exactly the text that it expects."
    "VER-8" Must "The head of a delivery without any proof is refused before its body is read; whatever is refused so early, `verify` would refuse as well."
    "VER-9" Must "Channels that accept the same secrets have the same verifier, and only those; it shows nothing of them."
    "VER-10" Must "What proved who sent a delivery is named by the configuration's field that holds the secret."
    "NRM-1" Must "Nothing is dropped: what is not understood becomes an `unknown` event with its JSON and a reason."
    "NRM-2" Must "One event that cannot be read costs no other event of the delivery."
    "NRM-3" Must "Events come in the order of the delivery."
    "NRM-4" Must "An event's identity is the same when it is delivered again, in another batch or with its keys in another order; different events have different ones, and what happens again at another entry's time is told by that time."
    "NRM-5" Must "Normalising never panics, whatever the bytes."
    "NRM-6" Must "A body that is no webhook at all is an error of kind `malformed_webhook`."
    "NRM-7" Must "What another app is responsible for is marked as observed."
    "NRM-8" Must "An echo of what went out is never an inbound message."
    "NRM-9" Should "What the provider left out of an event is named in `missing`."
    "NRM-10" Must "An understood event says what the provider said: who, to whom, when and every word. Its name is a common one or begins with the channel's type."
    "NRM-11" Must "An event after which somebody else answers a person says who, in `threadOwner`; no other event does."
    "NRM-12" Must "An event that is kept as JSON is read back as it was."
    "NRM-13" Must "The token that was stamped on a message is the correlation of the provider's copy of it, and stands nowhere in the event; what was not stamped has none."
    "NRM-14" Must "A delivery is replied to as the provider expects, the same each time, and with no secret."
    "DEN-1" Must "A message that breaks rules is refused with all of them at once, each with pointer, code and a sentence that says what to do, and with limit and size where there is a limit."
    "DEN-2" Must "No call is made for a message that is refused."
    "DEN-3" Must "An option or content type that the channel does not know is reported, never silently left out."
    "DEN-4" Must "Denormalising is pure: the same message gives the same calls, and the calls hold no credentials."
    "DEN-5" Must "A message that breaks no rule becomes the calls that deliver it, with all that it says."
    "DEN-6" Must "A message that hands the conversation over says who answers once it is sent; no other message does."
    "DEN-7" Must "A call is stamped with a token in a pure way, and says all that it said before; one that cannot carry a token is left as it was."
    "DEN-8" Must "With `fallback` a message that breaks nothing but limits is sent with all of its words, addresses and payloads, in its calls or as the choices that its numbers mean, and warns with `fallback.text` at the place of each rule; or it is refused as it is without."
    "SND-1" Must "A call is made exactly once; an adapter neither retries nor sleeps."
    "SND-2" Must "The provider's error code is read before the HTTP status."
    "SND-3" Must "Retry advice `safe` is given only when the call certainly had no effect."
    "SND-4" Must "A call whose answer did not arrive is `if_idempotent`."
    "SND-5" Must "Every call has a deadline, and no more of an answer is read than is needed."
    "SND-6" Must "Credentials stand in nothing that an error, a log or a metric shows; and in no address, unless the provider takes its token in the path and in no other way, which is declared."
    "SND-7" Must "A call that never reached the provider is `unreachable` and `safe`."
    "SND-8" Must "An answer that cannot be understood is an error and never `safe`: the call may have taken effect."
    "SND-9" Must "A redirect is not followed: credentials go only where the operator sent them."
    "SND-10" Must "A receipt holds the ids that the provider gave."
    "SND-11" Must "Every exchange with the provider is reported to the host's observer once, whatever it was for and however it ended."
    "BAT-1" Must "A batch has one result for each request, in their order; each call is made once, and an empty batch makes none."
    "BAT-2" Must "Each call of a batch is classified on its own, as if it had been made alone; one that fails costs no call to another person."
    "BAT-3" Must "The calls to one person are made in their order."
    "BAT-4" Should "A call that fails ends its person's: those after it are not made, and their errors are `safe`."
    "BAT-5" Must "When no answer to a batch comes, or none that can be read, each call that was in it is `if_idempotent`, and none is made again; what was not sent is `safe`."
    "MED-1" Must "Something is uploaded by its address or as a file, in one call; its id comes back, with how long it is good."
    "MED-2" Should "A file is passed on as it comes, and not gathered first."
    "MED-3" Must "A file that breaks off, or is not as long as was said, is an error and never reported as kept."
    "MED-4" Must "An upload that fails is classified as any call, and not made again."
    "MED-5" Must "`media_hosts` names hosts, or `*.` and a name for all below it; never an address, a port or everything."
    "MED-6" Must "What a person sent is found as the provider has it: at an address without credentials, with its end; or its bytes, where an address would carry a secret."
    "MED-7" Must "Where bytes are given, a part is exactly the part that was asked for, or `unsupported` where the provider gives only the whole; never something else in its place."
    "MED-8" Must "What is gone is `rejected`; what cannot be had is an error as well, and never an empty file."
    "MED-9" Must "The `id` of a medium that an event names is what it is found by."
    "OPS-1" Must "An operation describes itself: a camelCase name of its own, a title, a description, the provider's page, schemas of input and output in JSON Schema 2020-12 whose fields are described, and an example that is good."
    "OPS-2" Must "An input that breaks rules is refused with all of them at once and before any call; so is a field that is not known."
    "OPS-3" Must "An operation that is not listed is `unsupported`, with a hint, and makes no call."
    "OPS-4" Must "An operation makes each of its calls once; the first that fails ends it, and is reported."
    "OPS-5" Must "An operation that does more than read is `if_idempotent` when an answer did not arrive, and never `safe` once a call was made."
    "OPS-6" Must "An operation's output says what the provider answered, as its schema describes it."
    "OPS-7" Must "An operation after which somebody else answers a person says who; no other operation does."
    "OPS-8" Must "An operation that only sets up the profile says which profile it asks for, and makes no call: there is one way to write a profile."
    "ERR-1" Must "Every error has a kind, a stable code and retry advice; codes are bounded in number."
    "ERR-2" Should "Every error that a person can mend has a hint that says how."
    "ERR-3" Must "The provider's code and trace id are kept."
    "ERR-4" Should "How long the provider asks to wait stands in the advice."
    "ERR-5" Must "An error's sentence is its own; its cause stands in the chain, and is named once."
    "ERR-6" Must "An error that is kept as JSON is read back with all that it advises and names."
    "CAP-1" Must "What is declared works; what works is declared."
    "CAP-2" Must "Every number that the adapter enforces stands in `limits`, with its source."
    "SEC-1" Must "No secret, token or expected signature appears in Debug, Display, errors, logs, addresses or metrics."
    "CON-1" Must "An adapter can be used from many tasks at once, and a call of `verify`, `normalize` or `denormalize` does not block."
    "CON-2" Must "Calls run beside each other: one that waits for its answer holds up no other call, nor the thread."
    "PRO-1" Should "The profile is planned from what is there and what shall be, so that applying it twice changes nothing the second time."
    "PRO-2" Must "A plan's calls are made in order, each once; the first that fails ends it."
    "PRO-3" Must "A warning stops nothing: what its author is warned of is planned and set up."
    "PRO-4" Must "A profile that is set up in part says so: how many calls were made, and what they set."
    "CNX-1" Should "A connection check names each missing permission in the provider's words."
    "CNX-2" Must "What a connection check finds stands in its status; it is an error only when the check itself could not be made."
    "CNX-3" Must "Subscribing makes the calls that it takes to add and to take nothing away; unsubscribing is one call. A call that fails, and not by a refusal of what it asks for, is the last, and an error."
    "CNX-4" Should "What the provider tells of the credentials stands in the status: when they end, and which permissions they lack."
    "CNX-5" Should "What is not delivered stands in the status, so that a host knows what subscribing would mend."
    "CNX-6" Must "A channel that is built on trial is checked like any other, needs no more than the check does, and accepts no delivery without a secret."
    "CNX-7" Must "A provider that has to be told where to deliver is told the address that the host gives, to the letter; where there is none, nothing is subscribed and the error says so."
    "CNX-8" Should "What a provider does not take of a subscription is left out of it and named; the rest is asked for."
    "CNX-9" Must "Where the provider delivers to another host, no host is told that it may subscribe again without being asked."
    "LOG-1" Must "The address at which an operator signs in is encrypted, carries the state and the way back unchanged, and holds no secret."
    "LOG-2" Must "The code is traded for the accounts as the provider tells them; each call is made once."
    "LOG-3" Must "A sign-in that fails anywhere is an error and no part of the accounts; it holds neither the code nor the secret nor a token."
    "LOG-4" Must "The code, the app's secret and the tokens stand in no Debug and in no address that is called."
    "WIN-1" Must "What opens the window says so, with the time by the provider's clock; what a person did not do opens nothing."
    "WIN-2" Must "A message is judged by an opening and the time alone: allowed, allowed in another form, or closed, with what is lawful instead."
    "WIN-3" Must "Where no opening is known, nothing is refused."
    "WIN-4" Must "When an opening ends is told to the millisecond: before it every message is allowed as it is, and from then on not every one is."
    "ROB-1" Must "No configuration, handshake, header, message or input of an operation makes the adapter panic, whatever it holds."
    "ROB-2" Must "Work grows with the size of what came, not with its square."
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_and_sentences_end() {
        let mut ids: Vec<_> = CLAUSES.iter().map(|clause| clause.id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), CLAUSES.len());
        assert!(CLAUSES.iter().all(|clause| clause.text.ends_with('.')));
    }
}
