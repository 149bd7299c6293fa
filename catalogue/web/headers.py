"""Which security headers every answer carries."""

from typing import Final

from flask import Flask, Response, request
from flask_talisman import DENY, Talisman  # type: ignore[import-untyped]

# No script at all, no inline style; Bootstrap draws its ticks and arrows from data: images.
CONTENT_SECURITY_POLICY: Final = {
    "default-src": "'none'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
REFERRER_POLICY: Final = "strict-origin-when-cross-origin"
PERMISSIONS_POLICY: Final = dict.fromkeys(
    ("browsing-topics", "camera", "geolocation", "microphone", "payment", "usb"), "()"
)

PREVIEW: Final = "reconcile.preview"

# What an answer carries that the server gives in the application's stead.
BARE_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": REFERRER_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": DENY,
}


def init_headers(app: Flask) -> None:
    """HTTPS is the proxy's affair: nothing is redirected, and HSTS goes out on secure requests only."""
    # What is registered first runs last, and has the last word.
    app.after_request(_open_to_scripts_elsewhere)
    app.after_request(_open_to_frames_elsewhere)
    Talisman(
        app,
        force_https=False,
        session_cookie_secure=False,
        frame_options=DENY,
        content_security_policy=CONTENT_SECURITY_POLICY,
        permissions_policy=PERMISSIONS_POLICY,
        referrer_policy=REFERRER_POLICY,
    )


def _open_to_frames_elsewhere(response: Response) -> Response:
    """A preview is made to be shown inside a client's page; nothing on it acts."""
    if request.endpoint == PREVIEW:
        policy = {**CONTENT_SECURITY_POLICY, "frame-ancestors": "*"}
        response.headers["Content-Security-Policy"] = "; ".join(f"{name} {of}" for name, of in policy.items())
        response.headers.pop("X-Frame-Options", None)
    return response


def _open_to_scripts_elsewhere(response: Response) -> Response:
    """Let any site fetch what machines read: it is public and needs no cookie."""
    if response.mimetype != "text/html":
        response.headers["Access-Control-Allow-Origin"] = "*"
    return response
