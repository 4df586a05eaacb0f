// Search fields of the admin's forms are drawn by a script that leaves them without a name:
// give each the words of its label.
"use strict";

function nameSearchFields() {
  for (const select of document.querySelectorAll("select.admin-autocomplete[id]")) {
    const label = document.querySelector(`label[for="${CSS.escape(select.id)}"]`);
    const words = label?.textContent.trim().replace(/:$/, "");
    const drawn = select.nextElementSibling;
    if (!words || !drawn?.classList.contains("select2")) continue;
    const chosen = drawn.querySelector(".select2-selection__rendered");
    for (const part of [drawn.querySelector(".select2-selection"), chosen]) {
      part?.removeAttribute("aria-labelledby");
      part?.setAttribute("aria-label", words);
    }
  }
}

addEventListener("load", nameSearchFields);
document.addEventListener("formset:added", () => setTimeout(nameSearchFields));
