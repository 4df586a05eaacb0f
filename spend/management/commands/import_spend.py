from attribution.imports.command import ImportCommand


class Command(ImportCommand):
    help = "Take in a file of spend: whole, or not at all. The same file twice adds nothing."
    kind = "spend"
