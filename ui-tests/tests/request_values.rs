//! Values that tower layers put into a request, in every kind of handler.

use fastmcp::Principal;
use fastmcp::dependencies::Extension;
use fastmcp::prelude::*;

#[derive(Clone)]
struct Tenant {
    name: String,
}

type Known = Extension<Tenant>;

#[tool]
fn by_value(principal: Principal, tenant: Extension<Tenant>) -> String {
    format!("{} of {}", principal.subject(), tenant.name)
}

#[tool]
async fn lent(principal: &Principal, tenant: &Known) -> String {
    format!("{} of {}", principal.subject(), tenant.name)
}

#[tool]
fn taken_apart(Extension(Tenant { name }): Extension<Tenant>) -> String {
    name
}

#[tool]
fn anybody(principal: Option<Principal>, tenant: Option<Extension<Tenant>>) -> bool {
    principal.is_some() || tenant.is_some()
}

#[dependency]
fn admin(principal: Principal) -> Result<Principal, ToolError> {
    match principal.subject() {
        "root" => Ok(principal),
        _ => Err(ToolError::new("only for the administrator")),
    }
}

#[resource("secrets://{id}")]
fn secret(id: u32, #[depends(admin)] admin: &Principal) -> String {
    format!("{id} of {}", admin.subject())
}

#[prompt]
fn greet(principal: Principal) -> String {
    format!("Greet {}.", principal.subject())
}

#[test]
fn handlers_take_request_values_as_ordinary_parameters() {
    let tenant = Extension(Tenant {
        name: "acme".into(),
    });
    assert_eq!(
        by_value(Principal::new("ada"), tenant.clone()),
        "ada of acme"
    );
    assert_eq!(taken_apart(tenant), "acme");
    assert!(!anybody(None, None));
    assert!(admin(Principal::new("ada")).is_err());
}
