"""The roof: settings, addresses, the programming interface and the command line. The only place that knows everyone."""
