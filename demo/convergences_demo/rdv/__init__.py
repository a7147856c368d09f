"""RDV emploi public: an application of the demo that lives in the browser.

The server gives files and knows nobody. The pages sign people in by themselves, as a public client: discovery, PKCE,
tokens bound to a key that never leaves the browser (DPoP), all by the browser's own means, without a library.
"""
