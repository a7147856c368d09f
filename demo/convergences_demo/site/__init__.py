"""The restricted pages of the centre's site: an application of the demo that speaks SAML 2.0, by python3-saml."""
