use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Number;

use crate::JsonObject;
use crate::extra::flat_extra;
use crate::read::string_or_number;

/// What somebody bought. Amounts are numbers in the currency's main unit.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(remote = "Self", rename_all = "camelCase", default, deny_unknown_fields)]
#[schemars(!deny_unknown_fields)]
pub struct ReceiptTemplate {
    /// Who bought it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recipient_name: Option<String>,
    /// Who sold it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub merchant_name: Option<String>,
    /// The order's number, never used twice.
    #[serde(deserialize_with = "string_or_number", skip_serializing_if = "Option::is_none")]
    pub order_number: Option<String>,
    /// The currency, as ISO 4217 names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// How it was paid, in free words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment_method: Option<String>,
    /// The order's page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order_url: Option<String>,
    /// When it was ordered, in seconds since 1970.
    #[serde(deserialize_with = "string_or_number", skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<String>,
    /// Where it goes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<Address>,
    /// The sums.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<Summary>,
    /// Discounts and the like.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub adjustments: Vec<Adjustment>,
    /// The things bought.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub elements: Vec<ReceiptElement>,
    /// What only the channel knows. What it does not [declare](crate::Capabilities::extras) is refused.
    #[serde(skip)]
    pub extra: JsonObject,
}

flat_extra!(ReceiptTemplate);

/// Where an order goes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct Address {
    /// Street and number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub street1: Option<String>,
    /// More of the street.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub street2: Option<String>,
    /// The city.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// The postal code.
    #[serde(deserialize_with = "string_or_number", skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<String>,
    /// The state or region.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// The country, in two letters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
}

/// The sums of an order.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct Summary {
    /// Before shipping and tax.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subtotal: Option<Number>,
    /// Shipping.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shipping_cost: Option<Number>,
    /// Tax.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_tax: Option<Number>,
    /// All of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_cost: Option<Number>,
}

/// A discount or a fee.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct Adjustment {
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// How much.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<Number>,
}

/// One thing bought.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ReceiptElement {
    /// What it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// More about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subtitle: Option<String>,
    /// How many.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quantity: Option<Number>,
    /// What it costs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price: Option<Number>,
    /// The price's currency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// Its picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_url: Option<String>,
}
