//! [`Subscriber`]: the caller that has subscribed, for the functions of events.

use std::ops::Deref;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::call::inject::dependency::Dependency;
use crate::call::inject::injector::Injector;
use crate::call::inject::need::{Need, Unavailable};
use crate::call::inject::needs::Needs;
use crate::caller::Caller;
use crate::principal::Principal;

/// The caller that has subscribed, in an [`event`](macro@crate::event).
///
/// ```
/// use fastmcp::events::Subscriber;
/// use fastmcp::prelude::*;
///
/// #[fastmcp::data]
/// struct Order {
///     tenant: String,
///     total: u32,
/// }
///
/// /// An order of the subscriber's tenant was paid.
/// #[event(name = "order.paid")]
/// fn order_paid(subscriber: Subscriber, #[payload] order: &Order) -> bool {
///     subscriber.principal().and_then(|it| it.claim("tenant")) == Some(order.tenant.clone())
/// }
///
/// let order = Order { tenant: "acme".into(), total: 9 };
/// assert!(!order_paid(Subscriber::anonymous(), &order));
/// ```
///
/// The scopes and claims are those of the request that subscribed last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscriber(pub(crate) Caller);

impl Subscriber {
    /// Creates an authenticated subscriber, to call the function of an event in a unit test.
    pub fn new(principal: Principal) -> Self {
        Self(Caller::http(Some(principal)))
    }

    /// Creates an anonymous subscriber, to call the function of an event in a unit test.
    pub fn anonymous() -> Self {
        Self(Caller::http(None))
    }
}

impl Deref for Subscriber {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.0
    }
}

impl Dependency for Subscriber {
    const USES_REQUEST: bool = false;

    fn needs(needs: &mut Needs) {
        needs.add(Need::Subscriber);
    }

    async fn resolve(injector: &Injector) -> crate::error::Result<Self> {
        let subscriber = injector.subscriber().cloned();
        Ok(Self(subscriber.ok_or(Unavailable(Need::Subscriber))?))
    }
}

/// Returns the text that identifies the caller as the owner of subscriptions. No two callers share it, except
/// anonymous ones.
pub(crate) fn owner(caller: &Caller) -> String {
    match caller.principal() {
        Some(principal) => format!("principal {}", principal.owner()),
        None if caller.is_local() => "local".to_owned(),
        None => "anonymous".to_owned(),
    }
}

/// A subscriber, as it is stored with a subscription.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub(crate) enum StoredSubscriber {
    Local,
    Anonymous,
    Principal {
        subject: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        issuer: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        client: Option<String>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        scopes: Vec<String>,
        #[serde(default, skip_serializing_if = "Map::is_empty")]
        claims: Map<String, Value>,
    },
}

impl StoredSubscriber {
    pub(crate) fn of(caller: &Caller) -> Self {
        match caller.principal() {
            Some(principal) => Self::Principal {
                subject: principal.subject().to_owned(),
                issuer: principal.issuer().map(ToOwned::to_owned),
                client: principal.client().map(ToOwned::to_owned),
                scopes: principal.scopes().map(ToOwned::to_owned).collect(),
                claims: principal.raw_claims().clone(),
            },
            None if caller.is_local() => Self::Local,
            None => Self::Anonymous,
        }
    }

    pub(crate) fn restore(self) -> Caller {
        match self {
            Self::Local => Caller::LOCAL,
            Self::Anonymous => Caller::http(None),
            Self::Principal {
                subject,
                issuer,
                client,
                scopes,
                claims,
            } => {
                let mut principal = Principal::new(subject)
                    .with_scopes(scopes)
                    .with_claims(claims);
                if let Some(issuer) = issuer {
                    principal = principal.with_issuer(issuer);
                }
                if let Some(client) = client {
                    principal = principal.with_client(client);
                }
                Caller::http(Some(principal))
            }
        }
    }
}
