//! The generator of the schemas of types.

use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;

/// Returns a generator of JSON Schema 2020-12 for the values that a type accepts. It inlines definitions,
/// because many clients cannot follow a `$ref`. Recursive types cannot be inlined and stay references
/// into `$defs`.
pub(crate) fn generator() -> SchemaGenerator {
    settings().into_generator()
}

/// Returns a generator for the values that a type writes, which can have other names and fields than those
/// that it accepts: a field is required unless the type leaves it out.
pub(crate) fn output_generator() -> SchemaGenerator {
    settings().for_serialize().into_generator()
}

fn settings() -> SchemaSettings {
    SchemaSettings::draft2020_12().with(|settings| {
        settings.inline_subschemas = true;
        settings.meta_schema = None;
    })
}
