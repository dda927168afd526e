"""users.*, usergroups.*: who there is."""

from collections.abc import Mapping

from sandbox.errors import SlackError
from sandbox.methods.call import Call, Method
from sandbox.methods.paging import page, with_cursor
from sandbox.wire import Json


def users_info(call: Call) -> Json:
    return {"user": call.world.user_object(call.person())}


def users_list(call: Call) -> Json:
    members, cursor = page(call, list(call.world.people.values()))
    told = [call.world.user_object(each) for each in members]
    return with_cursor({"members": told, "cache_ts": int(call.world.clock.now())}, cursor)


def usergroups_list(call: Call) -> Json:
    shown = [
        each.as_slack(call.world.team.id, with_users=call.flag("include_users"))
        for each in call.world.groups.values()
        if call.flag("include_disabled") or not each.disabled
    ]
    return {"usergroups": shown}


def usergroups_users_list(call: Call) -> Json:
    group = call.world.groups.get(call.text("usergroup"))
    if group is None or (group.disabled and not call.flag("include_disabled")):
        raise SlackError("no_such_subteam")
    people = call.world.people
    return {"users": [each for each in group.users if not people[each].deleted]}


METHODS: Mapping[str, Method] = {
    "users.info": Method(users_info, "4", ("users:read",)),
    "users.list": Method(users_list, "2", ("users:read",)),
    "usergroups.list": Method(usergroups_list, "2", ("usergroups:read",)),
    "usergroups.users.list": Method(usergroups_users_list, "2", ("usergroups:read",)),
}
