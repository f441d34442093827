//! Tools that test the tool listing.

use fastmcp::prelude::*;

/// Has a handwritten schema, which the official suite expects unchanged.
#[tool(schemas = "exact", input_schema = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "$defs": {
        "address": {
            "$anchor": "addressDef",
            "type": "object",
            "properties": {
                "street": { "type": "string" },
                "city": { "type": "string" }
            }
        }
    },
    "properties": {
        "name": { "type": "string" },
        "address": { "$ref": "#/$defs/address" },
        "contactMethod": { "type": "string", "enum": ["phone", "email"] },
        "phone": { "type": "string" },
        "email": { "type": "string" }
    },
    "allOf": [{ "anyOf": [{ "required": ["phone"] }, { "required": ["email"] }] }],
    "if": { "properties": { "contactMethod": { "const": "phone" } }, "required": ["contactMethod"] },
    "then": { "required": ["phone"] },
    "else": { "required": ["email"] },
    "additionalProperties": false
})]
async fn json_schema_2020_12_tool(
    name: Option<String>,
    address: Option<Address>,
    #[arg(rename = "contactMethod")] contact_method: Option<String>,
    phone: Option<String>,
    email: Option<String>,
) -> String {
    let city = address.and_then(|address| address.city);
    let by = contact_method.or(phone).or(email);
    format!("{name:?} of {city:?}, by {by:?}")
}

#[fastmcp::data]
struct Address {
    street: Option<String>,
    city: Option<String>,
}

/// Has an argument that HTTP clients also send as a header.
#[tool]
async fn test_custom_header(#[arg(header = "Value")] value: String) -> String {
    format!("The header said {value}.")
}
