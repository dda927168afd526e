import pytest

from tests.office import open_office


@pytest.fixture
def office(database_url):
    with open_office(database_url) as office:
        office.add_clients("Brightwater Dental", "Harbour Café", "Holt Motors")
        yield office


def test_the_form_offers_clients_while_somebody_types(office):
    office.tara.command("/client-incident")
    assert office.tara.type_ahead("Client", "café") == [
        "Harbour Café",
        "Add “café” as a new client",
    ]
    assert office.tara.type_ahead("Client", "brihgtwater")[0] == "Brightwater Dental"
    assert office.slack.refused() == []
