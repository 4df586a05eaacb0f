"""What the campaigns of a random history say of themselves, and questions about that."""

from spend.models import CampaignGroup, GroupMember

SAID = {  # what campaigns may say, of which "" is nothing
    "type": ("Search", "Display", ""),
    "goal": ("Sell", "Be known", ""),
    "segment": ("Families", ""),
    "location": ("Graz", "Linz", ""),
    "language": ("German", ""),
    "campaign_group": ("Big", "Old", "Big and old", ""),
}


class Sayings:
    """Steps and questions of a history; by a random of its own, which leaves all else as it was."""

    def _say(self, campaign, said):
        """It says something else than before, and is put into one more group."""
        for name, values in SAID.items():
            value = self.other_rng.choice(values)
            if name != "campaign_group":
                setattr(campaign, name, value)
                said[name] = {value} - {""}
            elif value and value not in said.setdefault(name, set()):
                group, _ = CampaignGroup.objects.get_or_create(company=self.company, name=value)
                GroupMember.objects.create(company=self.company, group=group, campaign=campaign)
                said[name].add(value)

    def _said(self):
        rng = self.other_rng
        if rng.random() < 0.75:
            return {}
        name = rng.choice(list(SAID))
        values = [value or "(none)" for value in SAID[name]]
        return {name: tuple(rng.sample(values, rng.randint(1, len(values))))}
