"""The form's fields: what each is called, and the words people see for a choice. No view in it."""

from models import Comfort, Heard, Medium, ToldBefore


CONDUCT, SEVERITY, WHAT, WHEN = "conduct", "severity", "what", "when"
CONTACT, MEDIUM, WORDS, HEARD = "contact", "medium", "exact_words", "heard"
WITNESSES, OTHERS, DID, TOLD = "witnesses", "witness_names", "what_we_did", "told_before"
PART, MINUTES, TICKET, COMFORT = "our_part", "minutes_lost", "ticket", "comfort"
FILES, FLAGS, CONFIDENTIAL, ATTENTION = "files", "flags", "confidential", "attention"

MEDIUM_WORDS = {
    Medium.CALL: "Telephone",
    Medium.EMAIL: "Email",
    Medium.CHAT: "Chat",
    Medium.TICKET: "Ticket",
    Medium.ON_SITE: "On site",
    Medium.OTHER: "Another way",
}
HEARD_WORDS = {
    Heard.FIRST_HAND: "I heard or read them myself",
    Heard.SECOND_HAND: "Somebody told me",
}
TOLD_WORDS = {
    ToldBefore.YES: "Yes",
    ToldBefore.NO: "No",
    ToldBefore.UNKNOWN: "I don't know",
}
COMFORT_WORDS = {
    Comfort.YES: "Yes",
    Comfort.WITH_SUPPORT: "With support",
    Comfort.NO: "No",
}
