//! `/{page}/custom_labels`, `/{label}` and `/{psid}/custom_labels`. Source: `…/identity/custom-labels`.

use axum::http::Method;
use serde_json::{Value, json};

use super::fields::fields;
use super::listing::piece;
use crate::call::Call;
use crate::entities::Page;
use crate::graph_error::GraphError;
use crate::page_state::{Label, PageState};
use crate::platform::Platform;
use crate::rules::param::Param;
use crate::rules::recipient::no_matching_user;
use crate::settings::Settings;
use crate::webhook::Webhook;

/// Longer than any label that is shown; no limit is documented.
const NAME: usize = 255;

impl Platform {
    /// The Page's labels: a list, and new ones.
    pub(super) fn custom_labels(&self, call: &Call, page: &Page) -> Result<Value, GraphError> {
        let mut world = self.world();
        let state = world.state(&page.id);
        may_label(&state.settings)?;
        match call.method {
            Method::GET => listed(call, state.labels.iter()),
            Method::POST => {
                let name = Param::required(&call.params, "page_label_name")?.text(NAME)?.to_owned();
                let id = self.ids.object();
                state.labels.push(Label { id: id.clone(), page_label_name: name, people: Vec::new() });
                Ok(json!({ "id": id }))
            }
            _ => Err(GraphError::unsupported(&call.verb())),
        }
    }

    /// One label, and whom it is on.
    pub(super) fn custom_label(&self, call: &Call, page: &Page, id: &str, rest: &[&str]) -> Result<Value, GraphError> {
        let mut world = self.world();
        may_label(&world.state(&page.id).settings)?;
        if rest.is_empty() {
            let state = world.state(&page.id);
            return match call.method {
                Method::GET => label(state, call, id).and_then(|label| written(call, label)),
                Method::DELETE => {
                    label(state, call, id)?;
                    state.labels.retain(|label| label.id != id);
                    Ok(json!({"success": true}))
                }
                _ => Err(GraphError::unsupported(&call.verb())),
            };
        }
        if !matches!((rest, &call.method), (["label"], &Method::POST | &Method::DELETE)) {
            return Err(GraphError::unsupported(&call.verb()));
        }
        let psid = Param::required(&call.params, "user")?.id()?;
        if !world.thread(&psid).is_some_and(|thread| thread.page_id == page.id && !thread.gone) {
            return Err(no_matching_user());
        }
        let label = label(world.state(&page.id), call, id)?;
        let (had, has) = (label.people.contains(&psid), call.method == Method::POST);
        if had != has {
            label.people.retain(|person| *person != psid);
            label.people.extend(has.then(|| psid.clone()));
            let change = json!({
                "user": {"id": psid}, "action": if has { "add" } else { "remove" },
                "label": {"id": label.id, "page_label_name": label.page_label_name},
            });
            let now = self.clock.now_ms();
            self.enqueue(page, [Webhook::change("inbox_labels", &page.id, now, &change)]);
        }
        Ok(json!({"success": true}))
    }

    /// The labels on a person.
    pub(super) fn labels_of(&self, call: &Call, page: &Page, psid: &str) -> Result<Value, GraphError> {
        let mut world = self.world();
        if !world.thread(psid).is_some_and(|thread| thread.page_id == page.id && !thread.gone) {
            return Err(GraphError::no_such_object(&call.verb(), psid));
        }
        let state = world.state(&page.id);
        may_label(&state.settings)?;
        listed(call, state.labels.iter().filter(|label| label.people.iter().any(|person| person == psid)))
    }
}

fn may_label(settings: &Settings) -> Result<(), GraphError> {
    if !settings.has_scope("pages_manage_metadata") {
        return Err(GraphError::permission("pages_manage_metadata"));
    }
    if !settings.contact_terms_accepted {
        // Source: `…/error-codes` (2018344). Permanent, although code 2 otherwise passes with time.
        return Err(GraphError::new(2, "(#2) The Page admin has not accepted the Page Contact Terms of Service.")
            .subcode(2_018_344));
    }
    Ok(())
}

fn label<'a>(state: &'a mut PageState, call: &Call, id: &str) -> Result<&'a mut Label, GraphError> {
    let found = state.labels.iter_mut().find(|label| label.id == id);
    found.ok_or_else(|| GraphError::no_such_object(&call.verb(), id))
}

fn listed<'a>(call: &Call, labels: impl Iterator<Item = &'a Label>) -> Result<Value, GraphError> {
    let labels: Result<Vec<_>, _> = labels.map(|label| Ok((label.id.clone(), written(call, label)?))).collect();
    Ok(piece(call, labels?, None))
}

/// The name comes when it is asked for.
fn written(call: &Call, label: &Label) -> Result<Value, GraphError> {
    fields(call, &json!({"id": label.id, "page_label_name": label.page_label_name}), "PageLabel", "id")
}
