use fastmcp::prelude::*;

#[dependency]
fn label(#[argument] docket: String) -> String {
    docket
}

#[tool]
fn show(docket: Docket, #[depends(label)] label: String) -> String {
    format!("{label}{}", docket.name())
}

fn main() {}
