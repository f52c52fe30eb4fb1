//! [`ListOf`]: what one of Meta's edges has, page by page.
//!
//! Source: <https://developers.facebook.com/docs/graph-api/results>

use std::borrow::Cow;

use async_trait::async_trait;
use channel_api::operation::Operation;
use channel_api::{JsonObject, Pointer, Report, Result};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;
use serde_json::Value;

use super::answer::{Item, List};
use super::handler::{Input, OperationHandler, Outcome};
use super::request::Query;
use super::text::Text;
use crate::graph::{GraphClient, Page};
use crate::limits;
use crate::rules;

/// An edge that is a list. Its fields are what it is asked by, beside those of [`Paging`].
pub(super) trait Edge: Input + JsonSchema + Send + Sync + 'static {
    /// One thing in the list.
    type Item: Item;

    /// What a host and a dashboard see of it.
    const OPERATION: Operation;

    /// Notes all that is wrong with the fields.
    fn check(&self, _report: &mut Report) {}

    /// Who asks. The Page, unless an edge says otherwise.
    fn graph<'a>(page: &Page<'a>) -> Result<&'a GraphClient> {
        Ok(page.graph)
    }

    /// The path below the version.
    fn path<'a>(&'a self, page: &Page<'a>) -> Vec<&'a str>;

    /// What is asked by.
    fn query(&self) -> Query<'_> {
        Query::default()
    }
}

/// Lists what is at an edge.
#[derive(Debug)]
pub(super) struct ListOf<E> {
    edge: E,
    paging: Paging,
}

/// Which page of a list.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
struct Paging {
    /// The cursor of an earlier answer, to go on from there.
    #[schemars(title = "After")]
    after: Text,
    /// How many to give at once.
    #[schemars(title = "Limit", with = "u32", range(min = limits::LIST_LIMIT.min, max = limits::LIST_LIMIT.max))]
    limit: Option<u32>,
}

impl Paging {
    const FIELDS: [&str; 2] = ["after", "limit"];
}

#[async_trait]
impl<E: Edge> OperationHandler for ListOf<E> {
    type Output = List<E::Item>;

    const OPERATION: Operation = E::OPERATION;

    fn check(&self, report: &mut Report) {
        self.edge.check(report);
        rules::between(&Pointer::ROOT.key("limit"), self.paging.limit, &limits::LIST_LIMIT, report);
    }

    async fn perform(self, page: Page<'_>) -> Result<Outcome<List<E::Item>>> {
        let graph = E::graph(&page)?;
        let limit = self.paging.limit.map(|limit| limit.to_string());
        let query = self.edge.query().maybe("after", self.paging.after.given()).maybe("limit", limit.as_deref());
        let answer = graph.call(&query.get(graph.path(&self.edge.path(&page))?)).await?;
        Ok(List::read(&answer).into())
    }
}

impl<E: Edge> Input for ListOf<E> {
    /// The two readers get a part each, so that neither calls the other's fields unknown.
    fn read(input: &Value, report: &mut Report) -> Self {
        let part = |of_paging: bool| {
            let fields = input.as_object().into_iter().flatten();
            let own = fields.filter(|(name, _)| Paging::FIELDS.contains(&name.as_str()) == of_paging);
            Value::Object(own.map(|(name, value)| (name.clone(), value.clone())).collect::<JsonObject>())
        };
        Self { edge: E::read(&part(false), report), paging: Paging::read(&part(true), report) }
    }
}

impl<E: Edge> JsonSchema for ListOf<E> {
    fn schema_name() -> Cow<'static, str> {
        E::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let (mut schema, paging) = (E::json_schema(generator), Paging::json_schema(generator));
        let properties = schema.ensure_object().entry("properties").or_insert_with(|| Value::Object(JsonObject::new()));
        if let (Value::Object(properties), Some(Value::Object(paging))) = (properties, paging.get("properties")) {
            properties.extend(paging.clone());
        }
        schema
    }
}
