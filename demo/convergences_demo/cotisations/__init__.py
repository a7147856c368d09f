"""Net-Cotisations: an application of the demo that speaks CAS 3.0, by python-cas. The amounts are invented."""
