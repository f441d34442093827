//! The attack on HTTP.
