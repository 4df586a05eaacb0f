"""Links with UTM values: made by the company's naming rules, and checked before they are used."""
