"""The server's answers below /field/ to phones whose worker is not there yet.

The phone app itself is the service worker (static/js/field); once it controls a page, no request
for /field/ arrives here.
"""
