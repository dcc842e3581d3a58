"""Lets Python programs that bring their own certificates trust what SSL_CERT_FILE names.

    HTTPS_PROXY=http://127.0.0.1:8765 SSL_CERT_FILE=$(fauxero ca) \
        PYTHONPATH=emulator/examples/python-trust some-program

Most programs need REQUESTS_CA_BUNDLE or SSL_CERT_FILE and not this: it is for those that use
requests in a way that looks at neither (tap-xero does). Python imports this file by its name.
"""

import os

try:
    import certifi
    import certifi.core
except ImportError:
    pass  # nothing brings certificates of its own here
else:
    if bundle := os.environ.get("SSL_CERT_FILE"):
        certifi.where = certifi.core.where = lambda: bundle
