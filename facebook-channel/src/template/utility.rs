//! `utility`: an approved template, filled in. It may be sent at any time.

use channel_api::{Issue, JsonObject, Pointer, Report};
use serde::{Deserialize, Serialize, Serializer};

use super::OwnTemplate;
use crate::rules;
use crate::template_name::{check_language, check_name};

#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct Utility {
    name: Option<String>,
    language: Option<Language>,
    components: Option<Vec<Component>>,
}

/// `"en_US"`, or `{"code": "en_US"}` as Meta has it.
#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "must be a language such as \"en_US\"")]
enum Language {
    Code(String),
    Object { code: Option<String> },
}

#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
struct Component {
    r#type: Option<String>,
    parameters: Vec<Parameter>,
}

#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
struct Parameter {
    r#type: Option<String>,
    parameter_name: Option<String>,
    text: Option<String>,
    payload: Option<String>,
    url: Option<String>,
    image: Option<JsonObject>,
}

impl OwnTemplate for Utility {
    fn check(&self, at: &Pointer<'_>, report: &mut Report) {
        rules::filled(
            &at.key("name"),
            self.name.as_deref(),
            "give the name under which the template was approved",
            report,
        );
        let advice = "give the language in which the template was approved: en_US";
        let code = self.language.as_ref().and_then(Language::code);
        rules::filled(&at.key("language"), code, advice, report);
        check_name(self.name.as_deref(), &at.key("name"), report);
        check_language(code, &at.key("language"), report);
        let components = at.key("components");
        let mut named = [false, false];
        for (index, component) in self.components.iter().flatten().enumerate() {
            component.check(&components.index(index), report);
            if component.r#type.as_deref() != Some("buttons") {
                for parameter in &component.parameters {
                    named[usize::from(parameter.parameter_name.is_some())] = true;
                }
            }
        }
        let doubt = "a template's placeholders are either named or numbered: give parameterName everywhere or nowhere";
        rules::doubtful(&components, named == [true, true], "template.utility.parameters", doubt, report);
    }
}

impl Component {
    fn check(&self, at: &Pointer<'_>, report: &mut Report) {
        rules::required_choice(&at.key("type"), self.r#type.as_deref(), &["header", "body", "buttons"], report);
        let parameters = at.key("parameters");
        for (index, parameter) in self.parameters.iter().enumerate() {
            parameter.check(self.r#type.as_deref() == Some("buttons"), &parameters.index(index), report);
        }
    }
}

impl Parameter {
    fn check(&self, of_a_button: bool, at: &Pointer<'_>, report: &mut Report) {
        let here = at.key("type");
        let known: &[&str] = if of_a_button { &["POSTBACK", "URL"] } else { &["text", "image"] };
        rules::required_choice(&here, self.r#type.as_deref(), known, report);
        match self.r#type.as_deref() {
            Some("text") => {
                rules::filled(&at.key("text"), self.text.as_deref(), "say what stands in this place", report);
            }
            Some("POSTBACK") => {
                let advice = "say what stands in the button's payload";
                rules::filled(&at.key("payload"), self.payload.as_deref(), advice, report);
            }
            Some("URL") => {
                let advice = "say what stands in the button's address";
                rules::filled(&at.key("url"), self.url.as_deref(), advice, report);
            }
            Some("image") => {
                let doubt = "Meta does not describe how a header's picture is sent";
                rules::warn(&here, "template.utility.image", doubt, report);
            }
            _ => {}
        }
        if of_a_button && self.parameter_name.is_some() {
            let advice = "the placeholders of buttons are always numbered: leave the name out";
            report.refuse(Issue::new(&at.key("parameterName"), "not_allowed", advice));
        }
    }
}

impl Language {
    fn code(&self) -> Option<&str> {
        match self {
            Self::Code(code) => Some(code),
            Self::Object { code } => code.as_deref(),
        }
    }
}

impl Serialize for Language {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map([("code", self.code())])
    }
}
