// The choice with search leaves its text box without a name for screen readers: it gets the label's.
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  const $ = window.django.jQuery;
  $(() => {
    for (const select of document.querySelectorAll("select.admin-autocomplete")) {
      const box = select.parentElement.querySelector(".select2-selection__rendered");
      if (box && select.labels.length) box.setAttribute("aria-label", select.labels[0].textContent);
    }
  });
});
