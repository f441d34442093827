/// How to refund an order.
#[skill(path = "expansions/refunds", tags("public"), scopes("support"))]
struct Refunds;
