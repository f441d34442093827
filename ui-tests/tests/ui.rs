//! What the compiler says of wrong programs, and that right ones compile.
//!
//! `TRYBUILD=overwrite cargo test -p fastmcp-ui-tests` writes the expected messages anew; read
//! each like prose before it is accepted.

#[test]
fn mistakes() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("fail/*/*.rs");
    cases.pass("pass/*.rs");
}
