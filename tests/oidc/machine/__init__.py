"""A machine that plays months of sign-ins, tokens, rights and sign-outs, and a model of what may still answer."""
