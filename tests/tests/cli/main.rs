//! The command line of a server, as a person and as a script use it.

mod calls;
mod components;
mod docket;
mod hosts;
mod packages;
mod run;
mod terminal;
