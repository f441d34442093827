//! The front of `dev`: a package is edited while clients are connected.
#![cfg(unix)]

mod front;
mod http;
mod project;
mod stdio;
