"""Files people and apps have shared."""

from dataclasses import dataclass, field

from sandbox.wire import Json


@dataclass
class File:
    """A file; `content` is empty until it was uploaded."""

    id: str
    name: str
    user: str
    created: int
    title: str = ""
    mimetype: str = "application/octet-stream"
    content: bytes = b""
    complete: bool = False
    channels: list[str] = field(default_factory=list)

    def as_slack(self, base_url: str, team: str) -> Json:
        kind = self.name.rpartition(".")[2].lower() if "." in self.name else "binary"
        place = f"{base_url}/files/{self.id}"
        return {
            "id": self.id,
            "created": self.created,
            "timestamp": self.created,
            "name": self.name,
            "title": self.title or self.name,
            "mimetype": self.mimetype,
            "filetype": kind,
            "pretty_type": kind.upper(),
            "user": self.user,
            "user_team": team,
            "editable": False,
            "size": len(self.content),
            "mode": "hosted",
            "is_external": False,
            "external_type": "",
            "is_public": False,
            "public_url_shared": False,
            "url_private": place,
            "url_private_download": f"{place}/download",
            "permalink": f"{place}/{self.name}",
            "channels": list(self.channels),
            "groups": [],
            "ims": [],
            "has_rich_preview": False,
        }
