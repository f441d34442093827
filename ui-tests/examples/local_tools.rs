//! Handlers inside a function, with types that are local to it.
fn main() {
    #[fastmcp::data]
    struct Local {
        number: u32,
    }

    #[fastmcp::tool]
    async fn double(local: Local) -> Local {
        Local {
            number: local.number * 2,
        }
    }

    #[fastmcp::prompt]
    fn ask(topic: String) -> String {
        topic
    }

    let _ = (double, ask);
}
