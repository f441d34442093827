//! Write Model Context Protocol servers by annotating async functions.

pub mod docket;
