use fastmcp::dependencies::Extension;
use fastmcp::prelude::*;

struct Tenant {
    name: String,
}

#[tool]
async fn reports(year: u32, tenant: Extension<Tenant>) -> String {
    format!("{year}: {}", tenant.0.name)
}

fn main() {}
