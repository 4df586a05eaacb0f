from attribution.imports.command import ImportCommand


class Command(ImportCommand):
    help = "Take in a file of campaigns: whole, or not at all. The same file twice changes nothing."
    kind = "campaigns"
