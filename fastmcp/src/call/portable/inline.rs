//! Replaces references by the schemas that they name, recursive ones to a limited depth.

use serde_json::{Map, Value};

use crate::call::portable::lint::SchemaLint;
use crate::call::portable::nodes::{describe, for_each_child};

/// The number of times that a type is written out inside itself before the rest is "any JSON".
const RECURSION_DEPTH: usize = 3;
/// The most schema objects that inlining may produce. Types that contain themselves in several
/// places grow with the power of their depth; beyond this size they are cut at a smaller depth.
const MAX_NODES: usize = 2_000;

/// Inlines every `#/$defs/…` reference of `schema` and drops `$defs`.
pub(crate) fn inline(schema: &mut Map<String, Value>, lints: &mut Vec<SchemaLint>) {
    let definitions = ["$defs", "definitions"].map(|key| schema.remove(key));
    let mut all = Map::new();
    for definitions in definitions.into_iter().flatten() {
        if let Value::Object(definitions) = definitions {
            all.extend(definitions);
        }
    }
    // At depth 0 each definition is written out once in total, which bounds the size by that of the
    // definitions. Types that all contain each other are too large even at depth 1.
    for depth in (0..=RECURSION_DEPTH).rev() {
        let mut inliner = Inliner {
            definitions: &all,
            root: schema,
            depth,
            open: Vec::new(),
            opened: Vec::new(),
            nodes: 0,
            lints: Vec::new(),
        };
        let mut inlined = schema.clone();
        inliner.object(&mut inlined, String::new());
        if inliner.nodes <= MAX_NODES || depth == 0 {
            lints.append(&mut inliner.lints);
            *schema = inlined;
            return;
        }
    }
}

struct Inliner<'a> {
    definitions: &'a Map<String, Value>,
    root: &'a Map<String, Value>,
    depth: usize,
    /// The definitions around the present schema.
    open: Vec<String>,
    /// All definitions that were written out.
    opened: Vec<String>,
    nodes: usize,
    lints: Vec<SchemaLint>,
}

impl Inliner<'_> {
    fn object(&mut self, schema: &mut Map<String, Value>, path: String) {
        self.nodes += 1;
        if self.nodes > MAX_NODES && self.depth > 0 {
            // Too large; the next smaller depth is tried.
            return;
        }
        if let Some(reference) = schema.remove("$ref") {
            self.follow(schema, &reference, path);
            return;
        }
        for_each_child(schema, &path, |child, path| {
            if let Value::Object(child) = child {
                self.object(child, path);
            }
        });
    }

    fn follow(&mut self, schema: &mut Map<String, Value>, reference: &Value, path: String) {
        let Some((name, target)) = self.target(reference) else {
            self.lints.push(SchemaLint {
                code: "reference",
                path,
                message: format!(
                    "the reference {reference} names no definition of this schema, so it is listed \
                     as any JSON; write the schema in its place"
                ),
            });
            describe(schema, "Any JSON.");
            return;
        };
        if self.is_cut(&name) {
            self.cut(schema, &name, path);
            return;
        }
        // Keywords beside a reference apply to its target too, and describe this use of it.
        if let Value::Object(target) = target {
            for (key, value) in target {
                if key != "$defs" && key != "definitions" {
                    schema.entry(key).or_insert(value);
                }
            }
        }
        self.opened.push(name.clone());
        self.open.push(name);
        self.object(schema, path);
        self.open.pop();
    }

    /// Returns the name and the schema of the definition that a reference names.
    fn target(&self, reference: &Value) -> Option<(String, Value)> {
        let reference = reference.as_str()?;
        if reference == "#" {
            return Some((reference.to_owned(), Value::Object(self.root.clone())));
        }
        let name = reference
            .strip_prefix("#/$defs/")
            .or_else(|| reference.strip_prefix("#/definitions/"))?;
        let target = self.definitions.get(name)?;
        Some((name.to_owned(), target.clone()))
    }

    fn is_cut(&self, name: &str) -> bool {
        if self.depth == 0 {
            return self.opened.iter().any(|it| it == name);
        }
        self.open.iter().filter(|it| *it == name).count() >= self.depth
    }

    fn cut(&mut self, schema: &mut Map<String, Value>, name: &str, path: String) {
        let shown = if name == "#" { "the whole value" } else { name };
        let quoted = format!("`{shown}`");
        let is_reported = |lint: &SchemaLint| lint.message.starts_with(&quoted);
        if !self.lints.iter().any(is_reported) {
            let depth = match self.depth {
                0 | 1 => "one level".to_owned(),
                depth => format!("{depth} levels"),
            };
            self.lints.push(SchemaLint {
                code: "recursive-type",
                path,
                message: format!(
                    "{quoted} contains itself; its schema is written out {depth} deep, and deeper \
                     values are listed without their fields"
                ),
            });
        }
        if let Some((_, target)) = self.target(&reference_to(name)) {
            for (key, value) in self.outline(&target, self.definitions.len() + 1) {
                schema.entry(key).or_insert(value);
            }
        }
        let form = if schema.contains_key("type") {
            format!("Of the same form as {quoted}.")
        } else {
            format!("Any JSON, of the same form as {quoted}.")
        };
        describe(schema, &form);
    }

    /// Returns the JSON type of a schema, without what is inside: some hosts refuse a schema that has no
    /// type. `depth` guards against definitions that refer to each other alone.
    fn outline(&self, schema: &Value, depth: usize) -> Map<String, Value> {
        let mut outline = Map::new();
        let Some(schema) = schema.as_object().filter(|_| depth > 0) else {
            return outline;
        };
        if let Some(reference) = schema.get("$ref") {
            let target = self.target(reference);
            return target.map_or(outline, |(_, target)| self.outline(&target, depth - 1));
        }
        let named = match schema.get("type") {
            Some(Value::String(kind)) => Some(kind.clone()),
            Some(_) => None,
            None => self.common_type(schema, depth),
        };
        if let Some(kind) = named {
            outline.insert("type".into(), kind.into());
        }
        outline
    }

    /// Returns the type that all branches of a choice have.
    fn common_type(&self, schema: &Map<String, Value>, depth: usize) -> Option<String> {
        let branches = schema.get("oneOf").or_else(|| schema.get("anyOf"))?;
        let mut types = branches.as_array()?.iter().map(|branch| {
            let outline = self.outline(branch, depth - 1);
            Some(outline.get("type")?.as_str()?.to_owned())
        });
        let first = types.next()??;
        types.all(|it| it.as_ref() == Some(&first)).then_some(first)
    }
}

/// Returns the reference to a definition.
fn reference_to(name: &str) -> Value {
    match name {
        "#" => name.into(),
        name => format!("#/$defs/{name}").into(),
    }
}
