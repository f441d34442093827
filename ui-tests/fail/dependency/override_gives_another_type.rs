use fastmcp::prelude::*;

#[dependency]
async fn database() -> String {
    "db:5432".into()
}

fn main() {
    let _ = FastMcp::new("test").override_dependency::<database>(|| Ok(7));
}
