"""The floor under an idle worker: Bolt on a line to Slack, as its documentation sets it up."""

import os

from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient


def main() -> None:
    """Work until the process is ended."""
    token = os.environ["SLACK_BOT_TOKEN"]
    client = WebClient(token, base_url=os.environ["SLACK_API_URL"])
    app = App(token=token, client=client)
    SocketModeHandler(app, os.environ["SLACK_APP_TOKEN"], web_client=client).start()  # type: ignore[no-untyped-call]  # Bolt has no types here


if __name__ == "__main__":
    main()
