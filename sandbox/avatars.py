"""Portraits: a person's initials on their colour."""

from html import escape

from sandbox.state.people import Person


_SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48">'
    '<rect width="48" height="48" rx="8" fill="#{colour}"/>'
    '<text x="24" y="31" font-family="sans-serif" font-size="20" font-weight="bold" '
    'text-anchor="middle" fill="#fff">{initials}</text></svg>'
)


def avatar(person: Person) -> str:
    """Return a person's picture as SVG."""
    words = (person.real_name or person.name).split()
    initials = "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()
    return _SVG.format(colour=person.colour, initials=escape(initials))
