from attribution.imports.command import ImportCommand


class Command(ImportCommand):
    help = "Take in a file of leads: whole, or not at all. The same file twice adds nothing."
    kind = "leads"
