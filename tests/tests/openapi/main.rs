//! Tests of tools from `OpenAPI` documents, against an API that sends back what it gets.

mod bodies;
mod credentials;
mod documents;
mod parameters;
mod responses;
mod schemas;
mod stage;
mod tools;
