//! What several tests need; the tests themselves are in `tests/`.

pub mod hostile;
pub mod http;
pub mod wire;
