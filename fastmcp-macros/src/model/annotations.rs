//! The options of `annotations(…)`: hints about the effects of a tool, and the audience, priority and time
//! of the last change of a resource.

use syn::{Expr, ExprLit, Ident, Lit};

use crate::errors::Errors;
use crate::parse::options::Options;
use crate::parse::options::owner::Owner;

/// One annotation.
pub(crate) struct Annotation {
    /// The name of the option and of the field.
    pub(crate) name: Ident,
    pub(crate) value: AnnotationValue,
}

pub(crate) enum AnnotationValue {
    /// The value of a field of type `Option`.
    One(Box<Expr>),
    /// The elements of a field that is a slice of values.
    Many(Vec<Expr>),
}

/// Reads the annotations of a tool, which are all flags.
pub(super) fn of_tool(options: &mut Options, errors: &mut Errors) -> Vec<Annotation> {
    let Some((_, mut given)) = options.group("annotations", Owner::ToolAnnotations, errors) else {
        return Vec::new();
    };
    let mut annotations = Vec::new();
    for name in ["read_only", "destructive", "idempotent", "open_world"] {
        let ident = given.name(name);
        let value = given.flag(name, errors);
        annotations.extend(one(ident, value));
    }
    annotations
}

/// Reads the annotations of a resource.
pub(super) fn of_resource(options: &mut Options, errors: &mut Errors) -> Vec<Annotation> {
    let group = options.group("annotations", Owner::ResourceAnnotations, errors);
    let Some((_, mut given)) = group else {
        return Vec::new();
    };
    let mut annotations = Vec::new();
    if let Some(name) = given.name("audience") {
        let value = AnnotationValue::Many(audience(&mut given, errors));
        annotations.push(Annotation { name, value });
    }
    let name = given.name("priority");
    annotations.extend(one(name, priority(&mut given, errors)));
    let name = given.name("last_modified");
    let text = given.text("last_modified", errors);
    annotations.extend(one(name, text.map(|text| syn::parse_quote!(#text))));
    annotations
}

fn one(name: Option<Ident>, value: Option<Expr>) -> Option<Annotation> {
    let value = AnnotationValue::One(Box::new(value?));
    Some(Annotation { name: name?, value })
}

fn audience(given: &mut Options, errors: &mut Errors) -> Vec<Expr> {
    let roles = given.list("audience", errors);
    for role in &roles {
        let is_role = matches!(role, Expr::Lit(ExprLit { lit: Lit::Str(text), .. })
            if ["user", "assistant"].contains(&text.value().as_str()));
        if !is_role {
            errors.at(role, "an audience is `\"user\"` or `\"assistant\"`");
        }
    }
    roles
}

fn priority(given: &mut Options, errors: &mut Errors) -> Option<Expr> {
    let expr = given.expr("priority", errors)?;
    let Expr::Lit(ExprLit { lit, .. }) = &expr else {
        return Some(expr);
    };
    let number: Option<f32> = match lit {
        Lit::Float(number) => number.base10_parse().ok(),
        Lit::Int(number) => number.base10_parse().ok(),
        _ => None,
    };
    let number = number.filter(|number| (0.0..=1.0).contains(number));
    if number.is_none() {
        errors.at(lit, "`priority` takes a number from 0.0 to 1.0");
    }
    number.map(|number| syn::parse_quote!(#number))
}
