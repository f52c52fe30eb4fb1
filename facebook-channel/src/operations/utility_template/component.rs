//! A template's parts: header, body, buttons.

use std::collections::BTreeSet;

use channel_api::{Issue, Pointer, Report};
use schemars::JsonSchema;
use serde::Deserialize;

use super::button::Button;
use super::placeholder::{self, Edges, Format, Placeholders};
use crate::operations::text::Text;
use crate::rules;
use crate::wire::{Object, list};

const KINDS: [&str; 3] = ["HEADER", "BODY", "BUTTONS"];
const FORMATS: [&str; 2] = ["TEXT", "IMAGE"];
/// Meta states no number; a vendor who sells these templates says three.
const BUTTONS_OF_A_VENDOR: usize = 3;

/// A part of a template.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(extend("required" = ["type"]))]
pub(super) struct Component {
    /// `HEADER`, `BODY` or `BUTTONS`.
    #[schemars(title = "Type", extend("enum" = KINDS))]
    r#type: Text,
    /// What a `HEADER` is: `TEXT` or `IMAGE`.
    #[schemars(title = "Format", extend("enum" = FORMATS))]
    format: Text,
    /// The words, with placeholders. Those of a `BODY` may neither begin nor end it.
    #[schemars(title = "Text", extend("examples" = ["Hello {{1}}, order {{2}} left the store."]))]
    text: Text,
    /// What each placeholder stands for, for Meta's review.
    example: Option<Example>,
    /// The buttons of `BUTTONS`.
    #[schemars(title = "Buttons", with = "Vec<Button>")]
    buttons: Option<Vec<Button>>,
}

/// An example of each placeholder. Only the member that belongs to the part and to `parameterFormat` is given.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Example {
    /// Of a text `HEADER` with numbers: one value for each.
    #[schemars(title = "Header values", with = "Vec<String>", extend("examples" = [["A-17"]]))]
    header_text: Option<Vec<String>>,
    /// Of a text `HEADER` with names.
    #[schemars(title = "Header values by name", with = "Vec<NamedExample>")]
    header_text_named_params: Option<Vec<NamedExample>>,
    /// Of an `IMAGE`: the handle that Meta's Resumable Upload API has given.
    #[schemars(title = "Picture handle", with = "Vec<String>")]
    header_handle: Option<Vec<String>>,
    /// Of a `BODY` with numbers: one list with one value for each.
    #[schemars(title = "Body values", with = "Vec<Vec<String>>", extend("examples" = [[["Ana", "A-17"]]]))]
    body_text: Option<Vec<Vec<String>>>,
    /// Of a `BODY` with names.
    #[schemars(title = "Body values by name", with = "Vec<NamedExample>")]
    body_text_named_params: Option<Vec<NamedExample>>,
}

/// What a named placeholder stands for.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, rename_all = "camelCase")]
#[schemars(extend("required" = ["paramName", "example"]))]
pub(super) struct NamedExample {
    /// The placeholder's name.
    #[schemars(title = "Name", extend("examples" = ["order_id"]))]
    param_name: Text,
    /// A value.
    #[schemars(title = "Example", extend("examples" = ["A-17"]))]
    example: Text,
}

/// Where the examples of a text stand.
struct Place<'a> {
    values: &'static str,
    given: Option<Vec<&'a str>>,
    names: &'static str,
    named: Option<&'a [NamedExample]>,
}

impl Component {
    pub(super) fn kind(&self) -> Option<&'static str> {
        KINDS.into_iter().find(|kind| self.r#type.given().is_some_and(|given| given.eq_ignore_ascii_case(kind)))
    }

    fn header_format(&self) -> Option<&'static str> {
        FORMATS.into_iter().find(|format| self.format.given().is_some_and(|given| given.eq_ignore_ascii_case(format)))
    }

    pub(super) fn check(&self, format: Format, at: &Pointer<'_>, report: &mut Report) {
        rules::required_choice(&at.key("type"), self.kind().or(self.r#type.given()), &KINDS, report);
        match self.kind() {
            Some("HEADER") => self.check_header(format, at, report),
            Some("BODY") => {
                let stray = "belongs to a HEADER: leave it out";
                rules::absent(&at.key("format"), self.format.given().is_some(), stray, report);
                self.check_text(format, Edges::Closed, at, report);
                self.only(&["bodyText", "bodyTextNamedParams"], at, report);
            }
            Some(_) => self.check_buttons(at, report),
            None => return,
        }
        let stray = "belong to a component of the type BUTTONS: leave them out";
        rules::absent(&at.key("buttons"), self.buttons.is_some() && self.kind() != Some("BUTTONS"), stray, report);
    }

    fn check_header(&self, format: Format, at: &Pointer<'_>, report: &mut Report) {
        let word = self.header_format().or(self.format.given());
        rules::required_choice(&at.key("format"), word, &FORMATS, report);
        match self.header_format() {
            Some("TEXT") => {
                self.check_text(format, Edges::Open, at, report);
                self.only(&["headerText", "headerTextNamedParams"], at, report);
            }
            Some(_) => {
                rules::absent(
                    &at.key("text"),
                    self.text.given().is_some(),
                    "a picture has no text: leave it out",
                    report,
                );
                let handle = self.example.as_ref().and_then(|example| example.header_handle.as_deref());
                let handle = handle.and_then(|handles| handles.first()).map(String::as_str);
                let advice = "upload the picture with Meta's Resumable Upload API and give its handle: [\"4::…\"]";
                rules::filled(&at.key("example").key("headerHandle"), handle, advice, report);
                self.only(&["headerHandle"], at, report);
            }
            None => {}
        }
    }

    fn check_text(&self, format: Format, edges: Edges, at: &Pointer<'_>, report: &mut Report) {
        let here = at.key("text");
        rules::filled(&here, self.text.given(), "write the words", report);
        let Some(found) = placeholder::check(self.text.given(), format, edges, &here, report) else { return };
        let place = self.place();
        let example = at.key("example");
        match format {
            Format::Positional => {
                let stray = "the placeholders are numbers: leave the names out, or set parameterFormat to NAMED";
                rules::absent(&example.key(place.names), place.named.is_some(), stray, report);
                by_number(&found, place.given.as_deref(), &example.key(place.values), report);
            }
            Format::Named => {
                let stray = "parameterFormat is NAMED: give the values by name";
                rules::absent(&example.key(place.values), place.given.is_some(), stray, report);
                by_name(&found, place.named, &example.key(place.names), report);
            }
        }
    }

    fn place(&self) -> Place<'_> {
        let example = self.example.as_ref();
        if self.kind() == Some("HEADER") {
            Place {
                values: "headerText",
                given: example
                    .and_then(|example| example.header_text.as_ref())
                    .map(|values| values.iter().map(String::as_str).collect()),
                names: "headerTextNamedParams",
                named: example.and_then(|example| example.header_text_named_params.as_deref()),
            }
        } else {
            let rows = example.and_then(|example| example.body_text.as_ref());
            Place {
                values: "bodyText",
                given: rows.map(|rows| rows.iter().flatten().map(String::as_str).collect()),
                names: "bodyTextNamedParams",
                named: example.and_then(|example| example.body_text_named_params.as_deref()),
            }
        }
    }

    fn check_buttons(&self, at: &Pointer<'_>, report: &mut Report) {
        let stray = "a component of the type BUTTONS has buttons and nothing else: leave it out";
        rules::absent(&at.key("format"), self.format.given().is_some(), stray, report);
        rules::absent(&at.key("text"), self.text.given().is_some(), stray, report);
        rules::absent(&at.key("example"), self.example.is_some(), stray, report);
        let here = at.key("buttons");
        let buttons = self.buttons.as_deref().unwrap_or_default();
        if buttons.is_empty() {
            report.refuse(Issue::new(&here, "required", "give at least one button, or leave the component out"));
        }
        let doubt = "Meta states no highest number of buttons; more than 3 have been seen to be refused";
        rules::doubtful(&here, buttons.len() > BUTTONS_OF_A_VENDOR, "template.utility.buttons", doubt, report);
        for (index, button) in buttons.iter().enumerate() {
            button.check(&here.index(index), report);
        }
    }

    /// Nothing but these members of the example is there.
    fn only(&self, known: &[&str], at: &Pointer<'_>, report: &mut Report) {
        let Some(example) = &self.example else { return };
        let here = at.key("example");
        for (name, given) in [
            ("headerText", example.header_text.is_some()),
            ("headerTextNamedParams", example.header_text_named_params.is_some()),
            ("headerHandle", example.header_handle.is_some()),
            ("bodyText", example.body_text.is_some()),
            ("bodyTextNamedParams", example.body_text_named_params.is_some()),
        ] {
            let stray = "belongs to another kind of component: leave it out";
            rules::absent(&here.key(name), given && !known.contains(&name), stray, report);
        }
    }

    pub(super) fn wire(&self) -> Object {
        Object::new()
            .maybe("type", self.kind())
            .maybe("format", self.header_format())
            .maybe("text", self.text.given())
            .maybe("example", self.example.as_ref().map(Example::wire))
            .maybe("buttons", self.buttons.as_deref().map(|buttons| list(buttons, Button::wire)))
    }
}

impl Example {
    fn wire(&self) -> Object {
        let named = |examples: &[NamedExample]| list(examples, NamedExample::wire);
        Object::new()
            .maybe("header_text", self.header_text.clone())
            .maybe("header_text_named_params", self.header_text_named_params.as_deref().map(named))
            .maybe("header_handle", self.header_handle.clone())
            .maybe("body_text", self.body_text.clone())
            .maybe("body_text_named_params", self.body_text_named_params.as_deref().map(named))
    }
}

impl NamedExample {
    fn wire(&self) -> Object {
        Object::new().maybe("param_name", self.param_name.given()).maybe("example", self.example.given())
    }
}

/// As many values as there are placeholders.
fn by_number(found: &Placeholders<'_>, given: Option<&[&str]>, at: &Pointer<'_>, report: &mut Report) {
    let (needed, actual) = (found.names.len(), given.map_or(0, <[&str]>::len));
    if needed != actual {
        let message = format!("there are {needed} placeholders and {actual} examples: give one example for each");
        report.refuse(Issue::new(at, "template.utility.example", message).with_limit(needed, actual));
    }
    for (index, value) in given.into_iter().flatten().enumerate() {
        if value.trim().is_empty() {
            report.refuse(Issue::new(at, "required", format!("the example of {{{{{}}}}} is empty", index + 1)));
        }
    }
}

/// Each name once, and none besides.
fn by_name(found: &Placeholders<'_>, given: Option<&[NamedExample]>, at: &Pointer<'_>, report: &mut Report) {
    let mut named = BTreeSet::new();
    for (index, example) in given.into_iter().flatten().enumerate() {
        let here = at.index(index);
        let name = example.param_name.given().unwrap_or_default();
        rules::filled(&here.key("paramName"), Some(name), "say which placeholder it belongs to", report);
        rules::filled(&here.key("example"), example.example.given(), "give an example", report);
        let message = match found.names.contains(name) {
            _ if name.is_empty() => continue,
            false => "is no placeholder of the text: leave it out",
            true if named.insert(name) => continue,
            true => "has an example already: leave it out",
        };
        report.refuse(Issue::new(&here.key("paramName"), "template.utility.example", message));
    }
    let missing: Vec<_> = found.names.difference(&named).copied().collect();
    if !missing.is_empty() {
        let message = format!("examples are missing for {}: give one for each placeholder", rules::list(&missing));
        let issue = Issue::new(at, "template.utility.example", message);
        report.refuse(issue.with_limit(found.names.len(), named.len()));
    }
}
