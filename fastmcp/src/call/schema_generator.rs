//! The generator of the schemas of types.

use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;

/// Returns a generator of JSON Schema 2020-12. It inlines definitions, because many clients cannot
/// follow a `$ref`. Recursive types cannot be inlined and stay references into `$defs`.
pub(crate) fn generator() -> SchemaGenerator {
    SchemaSettings::draft2020_12()
        .with(|settings| {
            settings.inline_subschemas = true;
            settings.meta_schema = None;
        })
        .into_generator()
}
