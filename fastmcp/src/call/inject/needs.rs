//! [`Needs`]: collects the requirements of a dependency, including those of its providers.

use std::any::TypeId;
use std::collections::HashSet;

use crate::call::inject::need::{Need, ProviderStep, Requirement};
use crate::call::inject::overrides::Overrides;

/// Collects the requirements of a [`Dependency`](crate::dependencies::Dependency) on the server.
#[derive(Debug, Default)]
pub struct Needs {
    found: Vec<Requirement>,
    /// The chain of providers that leads to the provider being visited.
    path: Vec<ProviderStep>,
    /// The providers that were visited. Each is visited once, so that start-up takes linear time even
    /// if providers share their dependencies.
    seen: HashSet<TypeId>,
    overrides: Overrides,
}

impl Needs {
    /// Returns the requirements that `add` adds. Overridden providers have none.
    pub(crate) fn collect(add: fn(&mut Needs), overrides: &Overrides) -> Vec<Requirement> {
        let mut needs = Self {
            overrides: overrides.clone(),
            ..Self::default()
        };
        add(&mut needs);
        needs.found
    }

    pub(crate) fn add(&mut self, need: Need) {
        let path = self.path.clone();
        self.found.push(Requirement { need, path });
    }

    /// Adds the requirements of the provider `step`. `add` adds those of its parameters.
    pub(crate) fn visit(&mut self, step: ProviderStep, add: fn(&mut Needs)) {
        let id = step.id;
        if self.overrides.contains(id) {
            return;
        }
        let is_cycle = self.path.iter().any(|step| step.id == id);
        self.path.push(step);
        if is_cycle {
            self.add(Need::NoCycle);
        } else if self.seen.insert(id) {
            add(self);
        }
        self.path.pop();
    }

    /// Adds the requirements of one parameter of the provider being visited.
    pub(crate) fn of_parameter(&mut self, name: &'static str, add: fn(&mut Needs)) {
        if let Some(step) = self.path.last_mut() {
            step.parameter = Some(name);
        }
        add(self);
    }
}
