//! A workload, read from its manifest, becomes an order of an application.

use demeter_agent::application::{Order, OrderError, Wish};
use demeter_core::Time;

use super::Workload;

impl Workload {
    /// An order for this workload, from one time until another, as it is wished for.
    ///
    /// The name tells the orders of one application apart, and so must their manifests.
    ///
    /// ```
    /// use demeter_agent::application::{Prices, Wish};
    /// use demeter_core::{Amount, Count, Span, Time};
    /// use demeter_kube::Workload;
    ///
    /// let manifest = b"{apiVersion: v1, kind: Pod, metadata: {name: web}, spec: {containers: [
    ///   {name: server, resources: {requests: {cpu: 500m, memory: 1Gi}}}]}}";
    /// // At most 2 ada an hour, a day at once, for a week.
    /// let prices = Prices::between(Amount::ZERO, Amount::from_units(2_000_000)?);
    /// let wish = Wish::new(prices, Span::from_seconds(3_600)?, Count::from_number(24)?);
    /// let from = Time::from_milliseconds(1_790_000_000_000)?;
    /// let until = from.after(Span::from_seconds(7 * 86_400)?)?;
    ///
    /// let order = Workload::parse(manifest)?.order("web", wish, from, until)?;
    /// # assert_eq!(order.name(), "web");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`Order::new`]: it ends before it has begun, the wish does not fit the workload or itself, or no bid could be
    /// made of them.
    pub fn order(
        &self,
        name: impl Into<String>,
        wish: Wish,
        from: Time,
        until: Time,
    ) -> Result<Order, OrderError> {
        Order::new(name, self.hash, self.needs.clone(), wish, from, until)
    }
}
