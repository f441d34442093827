//! [`Diagnostics`]: finds every error in a value, although serde stops at the first.
//!
//! A value that cannot be decoded is decoded again with diagnostics, in several passes. After an error,
//! decoding continues as follows:
//!
//! | error | decoding continues |
//! |---|---|
//! | JSON of the wrong type | in the same pass, with a placeholder of the expected type |
//! | an error of the type itself: a missing field, an unknown variant, an invalid date | in another pass, with a placeholder at that place |
//! | the type rejects the placeholder too | in another pass that omits that place |
//! | the type does not accept the omission either | in another pass, with a placeholder for the enclosing place |
//! | an error of a type that reads an object as a whole (a tagged enum, a map), without the entry at fault | after passes that omit one entry each: the error changes if the entry at fault is omitted |
//!
//! The error that ends a pass is not recorded if its place contains another error or a substitute, or
//! is inside the place of another error: a substitute may have caused it.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use crate::call::decode_error::{DecodeError, MAX_ERRORS};
use crate::call::fault::{Fault, FaultKind, Step, path};

/// The maximum number of steps into values, over all passes. It bounds the work that a client can
/// cause with an argument that is wrong in thousands of places.
const MAX_STEPS: usize = 100_000;

/// The replacement for the value at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Substitute {
    /// A valid value of the expected type.
    Placeholder,
    /// No value: the place is omitted.
    Omitted,
    /// The text [`SENTINEL`](crate::call::fault::SENTINEL), which is not a variant of any enum.
    Sentinel,
}

/// The errors found in a value so far, and the state of the current pass.
///
/// Every nested deserializer shares it by reference, so its fields are cells. No borrow of a cell is
/// held while user code (a `Deserialize` implementation) runs, because that code calls back into it.
#[derive(Default)]
pub(crate) struct Diagnostics {
    /// The place that is being decoded.
    place: RefCell<Vec<Step>>,
    errors: RefCell<BTreeMap<Vec<Step>, String>>,
    substitutes: RefCell<BTreeMap<Vec<Step>, Substitute>>,
    /// The keys of the objects that types read as a whole.
    whole_objects: RefCell<BTreeMap<Vec<Step>, Vec<String>>>,
    steps: Cell<usize>,
    /// `true` if the current pass only tests a substitute; its errors are not recorded.
    is_probe: Cell<bool>,
}

impl Diagnostics {
    pub(crate) fn enter(&self, step: Step) {
        self.place.borrow_mut().push(step);
        self.steps.set(self.steps.get() + 1);
    }

    pub(crate) fn leave(&self) {
        self.place.borrow_mut().pop();
    }

    /// Records an error at the current place; the pass continues.
    pub(crate) fn report(&self, fault: Fault) {
        if self.is_probe.get() {
            return;
        }
        let mut place = self.place.borrow().clone();
        place.extend(fault.place());
        let mut errors = self.errors.borrow_mut();
        errors.entry(place).or_insert(fault.message);
    }

    /// Records that a type reads the object at the current place as a whole.
    pub(crate) fn visit_whole<'k>(&self, keys: impl Iterator<Item = &'k String>) {
        let place = self.place.borrow().clone();
        let mut objects = self.whole_objects.borrow_mut();
        objects
            .entry(place)
            .or_insert_with(|| keys.cloned().collect());
    }

    /// Returns whether any place has a substitute. In the first pass none has, and lookups are skipped.
    pub(crate) fn has_substitutes(&self) -> bool {
        !self.substitutes.borrow().is_empty()
    }

    /// Returns the substitute for the place one step inside the current one.
    pub(crate) fn substitute(&self, step: Step) -> Option<Substitute> {
        let mut place = self.place.borrow().clone();
        place.push(step);
        self.substitutes.borrow().get(&place).copied()
    }

    /// Returns the fields of the current object that have placeholders.
    pub(crate) fn placeholder_fields(&self) -> Vec<String> {
        let place = self.place.borrow();
        let substitutes = self.substitutes.borrow();
        let placeholders = substitutes
            .iter()
            .filter(|(_, substitute)| **substitute == Substitute::Placeholder);
        placeholders
            .filter_map(|(of, _)| match of.strip_prefix(&**place)? {
                [Step::Field(name)] => Some(name.clone()),
                _ => None,
            })
            .collect()
    }

    /// Finds the entry of an object read as a whole that `fault` refers to, by decoding again with
    /// one entry removed at a time.
    fn locate(
        &self,
        fault: &Fault,
        decode: &mut dyn FnMut(&Self) -> Result<(), Fault>,
    ) -> Option<Step> {
        let place = fault.place();
        let keys = self.whole_objects.borrow().get(&place).cloned()?;
        // Only these kinds can refer to one entry. An error of the type itself is about the whole object.
        if !matches!(
            fault.kind,
            FaultKind::Mismatch | FaultKind::UnknownVariant { .. }
        ) {
            return None;
        }
        let entry = |step: &Step| [&*place, std::slice::from_ref(step)].concat();
        keys.into_iter().map(Step::Field).find(|step| {
            let is_omitted =
                self.substitutes.borrow().get(&entry(step)) == Some(&Substitute::Omitted);
            let is_same = |other: &Fault| other.place() == place && other.message == fault.message;
            // Omitting the tag of an enum changes the error too, so a tag has to be ruled out: only a
            // tag is rejected as an unknown variant when the sentinel replaces it.
            let is_tag =
                |other: &Fault| other.kind == FaultKind::UnknownVariant { is_sentinel: true };
            !is_omitted
                && self.steps.get() < MAX_STEPS
                && !self
                    .probe_with(entry(step), Substitute::Omitted, decode)
                    .is_some_and(|it| is_same(&it))
                && !self
                    .probe_with(entry(step), Substitute::Sentinel, decode)
                    .is_some_and(|it| is_tag(&it))
        })
    }

    /// Runs a pass with a substitute at `place`, without recording anything, and returns the fault
    /// that ends it.
    fn probe_with(
        &self,
        place: Vec<Step>,
        substitute: Substitute,
        decode: &mut dyn FnMut(&Self) -> Result<(), Fault>,
    ) -> Option<Fault> {
        let before = self
            .substitutes
            .borrow_mut()
            .insert(place.clone(), substitute);
        self.place.borrow_mut().clear();
        self.is_probe.set(true);
        let result = decode(self);
        self.is_probe.set(false);
        let mut substitutes = self.substitutes.borrow_mut();
        match before {
            Some(before) => substitutes.insert(place, before),
            None => substitutes.remove(&place),
        };
        result.err()
    }

    /// Records the fault that ended a pass, and adds a substitute for the next one. Returns `false`
    /// if another pass would find nothing new.
    fn record(&self, fault: Fault) -> bool {
        let mut place = fault.place();
        let mut substitutes = self.substitutes.borrow_mut();
        let mut errors = self.errors.borrow_mut();
        let is_inside = |it: &Vec<Step>| it.starts_with(&place);
        let is_around = |it: &Vec<Step>| place.starts_with(it);
        let is_new = !errors.keys().any(|it| is_inside(it) || is_around(it));
        if is_new && !substitutes.keys().any(is_inside) {
            errors.insert(place.clone(), fault.message);
        }
        // Escalates from a placeholder to an omission, and then to the enclosing place. Every pass
        // adds or escalates a substitute, so the passes end even without `MAX_STEPS`.
        while !place.is_empty() {
            let next = match substitutes.get(&place) {
                None => Substitute::Placeholder,
                Some(Substitute::Placeholder) => Substitute::Omitted,
                Some(Substitute::Omitted | Substitute::Sentinel) => {
                    place.pop();
                    continue;
                }
            };
            substitutes.insert(place, next);
            return true;
        }
        false
    }
}

/// Returns every error in a value, ordered by place. `decode` runs one pass.
pub(crate) fn diagnose(
    mut decode: impl FnMut(&Diagnostics) -> Result<(), Fault>,
) -> Vec<DecodeError> {
    let diagnostics = Diagnostics::default();
    while diagnostics.steps.get() < MAX_STEPS && diagnostics.errors.borrow().len() <= MAX_ERRORS {
        diagnostics.place.borrow_mut().clear();
        match decode(&diagnostics) {
            Ok(()) => break,
            Err(fault) => {
                let fault = match diagnostics.locate(&fault, &mut decode) {
                    Some(step) => fault.at(step),
                    None => fault,
                };
                if !diagnostics.record(fault) {
                    break;
                }
            }
        }
    }
    let errors = diagnostics.errors.into_inner();
    let more = errors.len().saturating_sub(MAX_ERRORS);
    let mut errors: Vec<DecodeError> = errors
        .into_iter()
        .take(MAX_ERRORS)
        .map(|(place, message)| DecodeError {
            path: path(&place),
            message,
        })
        .collect();
    if more > 0 {
        errors.push(DecodeError {
            path: String::new(),
            message: format!("at least {more} more errors"),
        });
    }
    errors
}
