"""The mail ledger: deliveries, the relay, bounces and addresses that no mail reaches."""
