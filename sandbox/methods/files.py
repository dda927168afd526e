"""files.* and reactions.add."""

from collections.abc import Mapping

from sandbox.errors import SlackError
from sandbox.methods.call import Call, Method
from sandbox.state.files import File
from sandbox.state.posting import by_the_bot, post, publish
from sandbox.wire import Json


LARGEST_FILE = 1_000_000_000


def get_upload_url(call: Call) -> Json:
    length = call.number("length", 0)
    if not 0 < length <= LARGEST_FILE:
        raise SlackError("invalid_arguments", ["must be a number of bytes [json-pointer:/length]"])
    world = call.world
    file = File(world.new_id("F"), call.text("filename"), world.app.bot_user, _now(call))
    world.files[file.id] = file
    return {"upload_url": f"{world.base_url}/upload/{file.id}", "file_id": file.id}


def complete_upload(call: Call) -> Json:
    given = call.structure("files")
    if not isinstance(given, list) or not given:
        raise SlackError("invalid_arguments", ["missing required field: files"])
    files = [_uploaded(call, each) for each in given]
    if call.text("channel_id", ""):
        _share(call, files)
    for each in files:
        each.complete = True
    return {"files": [_object(call, each) for each in files]}


def info(call: Call) -> Json:
    file = call.world.files.get(call.text("file"))
    if file is None or not file.complete:
        raise SlackError("file_not_found")
    return {"file": _object(call, file), "comments": [], "response_metadata": {"next_cursor": ""}}


def add_reaction(call: Call) -> Json:
    channel = call.channel()
    message = channel.messages.get(call.text("timestamp", ""))
    if message is None:
        raise SlackError("message_not_found")
    name = call.text("name", "").strip(":")
    if not name or not name.replace("_", "").replace("-", "").replace("+", "").isalnum():
        raise SlackError("invalid_name")
    people = message.reactions.setdefault(name, [])
    if call.world.app.bot_user in people:
        raise SlackError("already_reacted")
    people.append(call.world.app.bot_user)
    publish(call.world, channel, message, "reacted")
    return {}


def _now(call: Call) -> int:
    return int(call.world.clock.now())


def _object(call: Call, file: File) -> Json:
    return file.as_slack(call.world.base_url, call.world.team.id)


def _uploaded(call: Call, given: object) -> File:
    if not isinstance(given, dict):
        raise SlackError("invalid_arguments")
    file = call.world.files.get(str(given.get("id")))
    if file is None or not file.content:
        raise SlackError("file_not_found")
    file.title = str(given.get("title") or file.name)
    return file


def _share(call: Call, files: list[File]) -> None:
    channel = call.channel("channel_id")
    if not call.world.is_member(channel):
        raise SlackError("not_in_channel")
    message = by_the_bot(call.world)
    message.text = call.text("initial_comment", "")
    message.thread_ts = call.text("thread_ts", "")
    for each in files:
        each.channels.append(channel.id)
    message.files = [_object(call, each) for each in files]
    post(call.world, channel, message)


METHODS: Mapping[str, Method] = {
    "files.getUploadURLExternal": Method(get_upload_url, "4", ("files:write",)),
    "files.completeUploadExternal": Method(complete_upload, "4", ("files:write",)),
    "files.info": Method(info, "4", ("files:read",)),
    "reactions.add": Method(add_reaction, "3", ("reactions:write",)),
}
