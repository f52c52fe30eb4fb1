//! The Graph side: `/{version}/…`.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};
use subtle::ConstantTimeEq;

use super::call::Call;
use super::cast::{Page, SUBSCRIBED_FIELDS};
use super::connection::Scissors;
use super::fault::Fault;
use super::graph_error::GraphError;
use super::happening::Happening;
use super::platform::Platform;
use super::record::Recorded;
use super::webhook::is_appsecret_proof;
use super::world::rfc3339;

/// Larger bodies are not read; a message at all its limits is far smaller.
const BODY_BYTES: usize = 1024 * 1024;

/// Answers any Graph call.
pub(super) async fn graph(
    State(platform): State<Arc<Platform>>,
    ConnectInfo(scissors): ConnectInfo<Scissors>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, BODY_BYTES).await else {
        let error = GraphError { status: 413, ..GraphError::parameter("The request body is too large") };
        return json_response(error.status, &error.body(&platform.ids.trace()));
    };
    let call = Call::read(parts.method, &parts.uri, &parts.headers, &body);
    let (proof, page) = platform.authorise(&call);
    let fault = platform.faults().next_for(&call.path);
    let seq = platform.record().add(Recorded {
        seq: 0,
        at: rfc3339(platform.clock.now_ms()),
        method: call.method.to_string(),
        path: call.path.clone(),
        query: call.query.clone(),
        body: call.body.clone(),
        authorization: call.authorization,
        appsecret_proof: proof,
        fault: fault.as_ref().map(|(fault, _)| fault.name()),
        status: None,
        answer: None,
    });
    if let Some((fault, carry_out)) = fault {
        if carry_out {
            drop(platform.answer(&call, page));
        }
        platform.tell(Happening::FaultPlayed { fault: fault.name().to_owned(), path: call.path });
        return platform.play(fault, &scissors, seq).await;
    }
    let (status, answer) = platform.answer(&call, page);
    platform.record().answered(seq, status, &answer);
    json_response(status, &answer)
}

impl Platform {
    async fn play(&self, fault: Fault, scissors: &Scissors, seq: u64) -> Response {
        match fault {
            Fault::Respond { status, headers, body } => {
                self.record().answered(seq, status, &body);
                let mut response = Response::builder().status(status);
                for (name, value) in headers {
                    response = response.header(name, value);
                }
                let text = body.as_str().map_or_else(|| body.to_string(), str::to_owned);
                response.body(Body::from(text)).unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
            }
            Fault::Hang => {
                self.stop.cancelled().await;
                scissors.cut();
                StatusCode::SERVICE_UNAVAILABLE.into_response()
            }
            Fault::Reset => {
                scissors.cut();
                // Never written: the connection is already cut.
                StatusCode::SERVICE_UNAVAILABLE.into_response()
            }
        }
    }

    /// Whose call it is. Source: <https://developers.facebook.com/docs/graph-api/guides/secure-requests>.
    fn authorise(&self, call: &Call) -> (&'static str, Result<Page, GraphError>) {
        let unproven = if call.proof.is_some() { "invalid" } else { "absent" };
        let Some(token) = &call.token else {
            // Both texts seen in public reports, the first at <https://github.com/fbsamples/messenger-bot-samples/issues/11>.
            let error = if call.segments.first().is_some_and(|node| node == "me") {
                GraphError::new(
                    2500,
                    "An active access token must be used to query information about the current user.",
                )
            } else {
                GraphError::new(104, "An access token is required to request this resource.")
            };
            return (unproven, Err(error));
        };
        let is_its_token = |page: &&Page| bool::from(page.access_token.as_bytes().ct_eq(token.as_bytes()));
        let Some(page) = self.world().pages.iter().find(is_its_token).cloned() else {
            let error = GraphError::new(190, "Invalid OAuth access token - Cannot parse access token");
            return (unproven, Err(error));
        };
        match &call.proof {
            Some(proof) if is_appsecret_proof(&page.app_secret, token, proof) => ("valid", Ok(page)),
            // Text seen at <https://github.com/howdyai/botkit-starter-web/issues/50>.
            Some(_) => ("invalid", Err(GraphError::method("Invalid appsecret_proof provided in the API argument"))),
            // Text seen at <https://stape.io/blog/api-calls-from-the-server-require-appsecret-proof-argument>.
            None if page.require_appsecret_proof => {
                ("absent", Err(GraphError::method("API calls from the server require an appsecret_proof argument")))
            }
            None => ("absent", Ok(page)),
        }
    }

    fn answer(&self, call: &Call, page: Result<Page, GraphError>) -> (u16, Value) {
        let page_id = page.as_ref().ok().map(|page| page.id.clone());
        match page.and_then(|page| self.dispatch(call, &page)) {
            Ok(answer) => (200, answer),
            Err(error) => {
                let body = error.body(&self.ids.trace());
                let GraphError { code, subcode, message, .. } = error;
                self.tell(Happening::Refused { page: page_id, code, subcode, message });
                (error.status, body)
            }
        }
    }

    fn dispatch(&self, call: &Call, page: &Page) -> Result<Value, GraphError> {
        if let Some(error) = &call.unreadable {
            return Err(error.clone());
        }
        let segments: Vec<&str> = call.segments.iter().map(String::as_str).collect();
        let Some((node, rest)) = segments.split_first() else {
            return Err(GraphError::new(2500, format!("Unknown path components: {}", call.path)));
        };
        let verb = call.method.as_str().to_ascii_lowercase();
        let own = *node == "me" || *node == page.id;
        match (&call.method, rest) {
            (&Method::GET, []) if own => fields(call, &page_node(page), "Page"),
            (&Method::GET, []) => self.profile(call, page, node),
            _ if !own => Err(GraphError::no_such_object(&verb, node)),
            (&Method::POST, ["messages"]) => self.send(page, &call.params),
            (_, ["subscribed_apps"]) => self.subscribed_apps(call, page),
            _ => Err(GraphError::method(format!(
                "Unsupported {verb} request. Please read the Graph API documentation at https://developers.facebook.com/docs/graph-api"
            ))),
        }
    }

    /// Source: <https://developers.facebook.com/documentation/business-messaging/messenger-platform/identity/user-profile>.
    fn profile(&self, call: &Call, page: &Page, psid: &str) -> Result<Value, GraphError> {
        let world = self.world();
        let Some(thread) = world.thread(psid).filter(|thread| thread.page_id == page.id) else {
            return Err(GraphError::no_such_object("get", psid));
        };
        let person = &thread.person;
        let mut node = json!({
            "first_name": person.first_name, "last_name": person.last_name, "profile_pic": person.profile_pic,
            "name": person.name(), "locale": null, "timezone": null, "gender": null,
        });
        if let Some(node) = node.as_object_mut() {
            // What is empty is left out, as for a person whose profile the app may not see.
            node.iter_mut().filter(|(_, value)| *value == "").for_each(|(_, value)| *value = Value::Null);
        }
        node["id"] = psid.into();
        fields(call, &node, "User")
    }

    /// Source: <https://developers.facebook.com/docs/graph-api/reference/page/>.
    fn subscribed_apps(&self, call: &Call, page: &Page) -> Result<Value, GraphError> {
        let subscribe = |fields: Vec<String>| {
            let mut page = page.clone();
            page.subscribed_fields = fields;
            self.world().put_page(page);
            Ok(json!({"success": true}))
        };
        match call.method {
            Method::POST => {
                let list = match call.params.get("subscribed_fields") {
                    Some(Value::String(list)) => list.split(',').map(|field| field.trim().to_owned()).collect(),
                    Some(Value::Array(list)) => {
                        list.iter().map(|field| field.as_str().unwrap_or_default().to_owned()).collect()
                    }
                    _ => return Err(GraphError::parameter("The parameter subscribed_fields is required")),
                };
                let list: Vec<String> = list;
                match list.iter().position(|field| !SUBSCRIBED_FIELDS.contains(&field.as_str())) {
                    Some(at) => Err(GraphError::parameter(format!(
                        "Param subscribed_fields[{at}] must be one of {{{}}}",
                        SUBSCRIBED_FIELDS.join(", ")
                    ))),
                    None => subscribe(list),
                }
            }
            Method::DELETE => subscribe(Vec::new()),
            Method::GET if page.subscribed_fields.is_empty() => Ok(json!({"data": []})),
            Method::GET => Ok(json!({"data": [{
                "category": "Business", "link": "https://app.example/", "name": "Simulated app", "id": page.app_id,
                "subscribed_fields": page.subscribed_fields,
            }]})),
            _ => Err(GraphError::method("Unsupported request")),
        }
    }
}

/// Known fields of a Page; `null` stands for one that is known but empty.
fn page_node(page: &Page) -> Value {
    json!({
        "id": page.id, "name": page.name, "username": null, "category": null, "picture": null,
        "is_messenger_platform_bot": true, "is_messenger_bot_get_started_enabled": null,
        "is_webhooks_subscribed": !page.subscribed_fields.is_empty(), "messaging_feature_status": null,
    })
}

/// The fields asked for. The id always comes; empty fields are left out; an unknown one is refused.
fn fields(call: &Call, node: &Value, kind: &str) -> Result<Value, GraphError> {
    let asked = call.params.get("fields").and_then(Value::as_str).unwrap_or(match kind {
        "User" => "first_name,last_name,profile_pic",
        _ => "name",
    });
    let mut answer = Map::new();
    for field in asked.split(',').map(str::trim).filter(|field| !field.is_empty()).chain(["id"]) {
        match node.get(field) {
            Some(Value::Null) => {}
            Some(value) => drop(answer.insert(field.to_owned(), value.clone())),
            None => {
                return Err(GraphError::parameter(format!(
                    "Tried accessing nonexisting field ({field}) on node type ({kind})"
                )));
            }
        }
    }
    Ok(answer.into())
}

fn json_response(status: u16, body: &Value) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, [(header::CONTENT_TYPE, "application/json; charset=UTF-8")], body.to_string()).into_response()
}
