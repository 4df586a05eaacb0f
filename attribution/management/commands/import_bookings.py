from attribution.imports.command import ImportCommand


class Command(ImportCommand):
    help = "Take in a file of bookings: whole, or not at all. The same file twice adds nothing."
    kind = "bookings"
