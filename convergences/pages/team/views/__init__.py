"""One file per page of the référent: each is guarded by `for_referent` or `for_member`."""
