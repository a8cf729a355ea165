"""sync. The phones' only door, its OpenAPI, and the upkeep commands of its tables."""

from __future__ import annotations

from flask import Flask, Response


def register(app: Flask) -> None:
    """Bind the addresses, their errors, the blob store and the commands to the app."""
    from flask_smorest import Api

    from outreach.core.keys.server_keys import Keyring
    from outreach.storage.blobs_port import FolderBlobs
    from outreach.sync import commands, commands_keys, proof, views, wire

    class SyncApi(Api):  # type: ignore[misc]
        """flask-smorest for its OpenAPI alone: errors stay with web.errors."""

        def _register_error_handlers(self) -> None:
            """Leave the app's error pages as they are."""

    app.config.update(
        API_TITLE="Jangkau sync",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        API_SPEC_OPTIONS={
            "info": {"description": "How phones send what they recorded and fetch what changed."}
        },
    )
    app.extensions["blobs"] = FolderBlobs(app.config["OUTREACH"].blob_dir)
    app.extensions["keyring"] = Keyring(app.config["OUTREACH"].secret_key)
    api = SyncApi()
    api.init_app(app)
    api.register_blueprint(views.pages)
    proof.init_app(app)
    commands.init_app(app)
    commands_keys.init_app(app)

    @app.errorhandler(wire.Refused)
    def refused(error: wire.Refused) -> Response:
        return wire.refusal(error, **proof.told_keys())
