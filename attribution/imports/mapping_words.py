"""Headings that sound like one of our fields, in the languages of Europe. A person is asked:
nothing of this is taken by itself."""

from collections.abc import Iterator, Sequence

from rapidfuzz import fuzz

from attribution.imports.columns import Field, plain

LEAST = 84  # of 100; "Submission date" and "date" are 90, "Notes" and "value" 20
OTHER_WORDS: dict[str, tuple[str, ...]] = {
    "id": ("number", "reference", "nummer", "numéro", "número", "codice", "lead number"),
    "received_at": (
        *("submitted at", "submission date", "entry date", "lead date", "inquiry date", "time"),
        *("datum", "eingang", "eingegangen am", "erstellt am", "zeitstempel", "anfragedatum"),
        *("créé le", "date de création", "reçu le", "fecha", "creado", "recibido", "data"),
        *("ricevuto", "aangemaakt", "ontvangen", "inkommen"),
    ),
    "booked_at": (
        "booked on",
        "booking time",
        "gebucht am",
        "réservé le",
        "reservado",
        "prenotato",
    ),
    "completed_at": ("appointment date", "visit date", "termin", "erledigt am", "rendez-vous"),
    "name": ("contact", "customer", "client", "kunde", "kontakt", "nom", "nombre", "nome", "naam"),
    "email": ("mail", "e-mail-adresse", "mailadresse", "courriel", "correo", "posta elettronica"),
    "phone": ("mobile", "tel", "telefon", "handy", "téléphone", "teléfono", "telefono", "telefoon"),
    "country": ("land", "pays", "país", "paese", "nation"),
    "city": ("town", "stadt", "ort", "wohnort", "ville", "ciudad", "città", "plaats"),
    "utm_source": ("quelle", "lead source", "traffic source", "fuente", "origen", "herkunft"),
    "utm_medium": ("traffic medium", "kanal", "channel"),
    "utm_campaign": ("campaign", "kampagne", "campagne", "campaña", "campagna", "kampanj"),
    "landing_page": ("landing", "page", "seite", "einstiegsseite", "first page", "page seen"),
    "referrer": ("referring site", "verweis", "came from"),
    "kind": ("type", "typ", "art", "lead status"),
    "lead": ("lead number", "contact id", "customer id", "kundennummer", "enquiry id", "anfrage"),
    "status": ("state", "outcome", "ergebnis", "stand", "statut", "estado", "stato"),
    "booking_status": ("outcome", "stage", "status", "ergebnis", "deal stage", "statut", "estado"),
    "value": ("betrag", "umsatz", "wert", "preis", "montant", "importe", "valor", "turnover"),
    "currency": ("währung", "devise", "moneda", "valuta"),
}


def propose(
    headers: Sequence[str], placed: dict[str, str], fields: Sequence[Field]
) -> dict[str, str]:
    """Heading → field, for headings that mean nothing yet and fields that nothing means yet."""
    taken = set(placed.values())
    free = [field for field in fields if field.name not in taken]
    left = [header for header in headers if header and header not in placed]
    pairs = sorted(_alike(left, free), key=lambda pair: -pair[0])
    found: dict[str, str] = {}
    for __, header, name in pairs:
        if header not in found and name not in found.values():
            found[header] = name
    return found


def _alike(headers: Sequence[str], fields: Sequence[Field]) -> Iterator[tuple[float, str, str]]:
    for header in headers:
        for field in fields:
            if not field.may_be(header):  # then nobody is offered it either
                continue
            spellings = (field.name, field.label, *field.aliases, *OTHER_WORDS.get(field.name, ()))
            score = max(_score(header, spelling) for spelling in spellings)
            if score >= LEAST:
                yield score, header, field.name


def _score(header: str, spelling: str) -> float:
    """100: the same. A word of ours among several of theirs is less than that."""
    whole = fuzz.ratio(plain(header), plain(spelling))
    words = fuzz.token_set_ratio(_words(header), _words(spelling)) * 0.9
    return max(whole, words if len(plain(spelling)) > 3 else 0)


def _words(text: str) -> str:
    return text.casefold().replace("_", " ").replace("-", " ")
