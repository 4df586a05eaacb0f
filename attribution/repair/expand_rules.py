"""From what is asked about rules to their new versions."""

from django.utils.translation import gettext as _

from attribution.models import Campaign, Repair
from attribution.repair import intents, law
from attribution.repair import rules as rule_book
from attribution.repair.desk import Asked, Desk, Refused, with_line
from attribution.repair.intents import RuleText
from attribution.repair.items import RuleItem
from attribution.verdict import Field, RuleLine

Kind = Repair.Kind


def save_rule(desk: Desk, intent: intents.SaveRule) -> Asked:
    problems = rule_book.problems(intent.text, desk.rules, intent.rule)
    if problems:
        raise Refused("\n".join(problems))
    text = rule_book.tidied(intent.text)
    if text.campaign is not None:
        desk.campaign(text.campaign)
    line = _line(text)
    if intent.rule is None:
        desk.rule(line, text.note)
        return desk.asked(Kind.RULE, _("New rule: %(rule)s") % {"rule": words(desk, line)})
    known = _rule(desk, intent.rule)
    if known.line.field is not line.field:
        raise Refused(_("A rule stays about what it is about. Add a new one."))
    item = RuleItem(line, known.is_off, text.note)
    desk.made.rules.append(with_line(item, id=known.line.id, position=known.line.position))
    return desk.asked(Kind.RULE, _("Rule changed: %(rule)s") % {"rule": words(desk, line)})


def _line(text: RuleText) -> RuleLine:
    return RuleLine(
        id=0,
        position=0,
        field=text.field,
        how=text.how,
        values=text.values,
        only_reason=text.only_reason,
        only_source=text.only_source,
        only_medium=text.only_medium,
        campaign=text.campaign,
        text=text.text,
    )


def words(desk: Desk, line: RuleLine) -> str:
    """A rule in few words."""
    values = ", ".join(line.values[:3]) or _("(no campaign)")
    if line.field is not Field.CAMPAIGN:
        return f"{values} → {line.text}"
    if line.campaign is None:
        return f"{values} → {_('left unattributed')}"
    named = Campaign.objects.filter(company=desk.company, pk=line.campaign)
    return f"{values} → {named.values_list('name', flat=True)[0]}"


def _rule(desk: Desk, rule: int) -> RuleItem:
    for item in desk.rules:
        if item.line.id == rule:
            return item
    raise Refused(_("This rule is not there any more."))


def move_rule(desk: Desk, intent: intents.MoveRule) -> Asked:
    known = _rule(desk, intent.rule)
    listed = [item for item in desk.rules if item.line.field is known.line.field]
    here = listed.index(known)
    there = here - 1 if intent.up else here + 1
    if not 0 <= there < len(listed):
        raise Refused(_("This rule stands at the end of its list already."))
    other = listed[there]
    # Two rules may have got the same position where one of them was undone in between.
    first, second = sorted((known.line.position, other.line.position))
    second += first == second
    before, after = (known, other) if intent.up else (other, known)
    desk.made.rules += [law.moved(before, first), law.moved(after, second)]
    text = _("Rule moved up: %(rule)s") if intent.up else _("Rule moved down: %(rule)s")
    return desk.asked(Kind.RULE, text % {"rule": words(desk, known.line)})


def switch_rule(desk: Desk, intent: intents.SwitchRule) -> Asked:
    known = _rule(desk, intent.rule)
    if known.is_off != intent.on:
        raise Refused(_("This rule is so already."))
    desk.made.rules.append(known._replace(is_off=not intent.on))
    text = _("Rule switched on: %(rule)s") if intent.on else _("Rule switched off: %(rule)s")
    return desk.asked(Kind.RULE, text % {"rule": words(desk, known.line)})


def ship_rules(desk: Desk, intent: intents.ShipRules) -> Asked:
    for text in rule_book.missing(desk.rules):
        desk.rule(_line(text), text.note)
    if not desk.made.rules:
        raise Refused(_("All rules that come with the program are there."))
    return desk.asked(Kind.SHIPPED, _("Source rules that come with the program"))
