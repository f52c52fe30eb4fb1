//! `product`: products of the catalogue that is connected to the Page.

use channel_api::message::string_or_number;
use channel_api::{Pointer, Report};
use serde::{Deserialize, Serialize};

use super::OwnTemplate;
use crate::limits;
use crate::rules;

#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct Product {
    elements: Vec<Element>,
}

#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
struct Element {
    #[serde(deserialize_with = "string_or_number")]
    id: Option<String>,
}

impl OwnTemplate for Product {
    fn check(&self, at: &Pointer<'_>, report: &mut Report) {
        let elements = at.key("elements");
        rules::count(&elements, self.elements.len(), &limits::PRODUCT_ELEMENTS, "products", report);
        for (index, element) in self.elements.iter().enumerate() {
            let advice = "give the product's id in the catalogue";
            rules::filled(&elements.index(index).key("id"), element.id.as_deref(), advice, report);
        }
    }
}
