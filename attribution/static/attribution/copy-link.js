// Copies a made link. Without this file the field beside the button can be selected by hand.
"use strict";

for (const button of document.querySelectorAll("button[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const field = document.getElementById(button.dataset.copy);
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      document.execCommand("copy"); // pages without HTTPS have no clipboard of their own
    }
    for (const said of document.querySelectorAll(".cp-copied")) said.textContent = "";
    document.getElementById(button.dataset.says).textContent = `✓ ${button.dataset.words}`;
  });
}
