// Shortcuts and small comforts. Everything on the page works without this file.
"use strict";

const form = document.getElementById("report-form");
const filters = document.querySelector(".cp-filters");
const field = (name) => form && form.elements.namedItem(name);

function leaveOutTheUsual() {
  // Keeps the address short: no empty fields, and no columns when they are the usual ones.
  for (const input of form.elements) if (input.name && !input.value) input.disabled = true;
  const boxes = [...document.querySelectorAll("input[name=cols]")];
  const usual = boxes.every((box) => box.checked === box.hasAttribute("data-usual"));
  if (usual) for (const box of boxes) box.disabled = true;
}

function show() {
  if (form.reportValidity()) form.requestSubmit();
}

if (form) {
  form.addEventListener("submit", () => {
    leaveOutTheUsual();
    form.setAttribute("aria-busy", "true");
  });
  // Back from another page: the browser brings the form as it was left.
  addEventListener("pageshow", () => {
    form.removeAttribute("aria-busy");
    for (const input of form.elements) input.disabled = false;
  });
  form.addEventListener("change", (event) => {
    const name = event.target.name;
    if (["company", "changes", "basis", "group", "then"].includes(name)) show();
    if (["period", "compare"].includes(name) && event.target.value !== "custom") show();
  });
}

// Arrow keys along the chart: one tab stop, every point readable.
const points = [...document.querySelectorAll(".cp-point")];
points.forEach((point, index) => {
  point.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, Home: -points.length, End: points.length }[event.key];
    if (!step) return;
    event.preventDefault();
    const next = points[Math.max(0, Math.min(points.length - 1, index + step))];
    point.setAttribute("tabindex", "-1");
    next.setAttribute("tabindex", "0");
    next.focus();
  });
});

// A filter menu closes when one clicks elsewhere.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll(".cp-menu[open]"))
    if (!menu.contains(event.target)) menu.open = false;
});

const off = document.getElementById("keys-off");
const remembered = "cp-keys-off";
if (off) {
  off.checked = localStorage.getItem(remembered) === "1";
  off.addEventListener("change", () => localStorage.setItem(remembered, off.checked ? "1" : "0"));
}

const shortcuts = {
  "/": () => reveal(field("q")),
  p: () => reveal(field("period")),
  x: () => {
    const compare = field("compare");
    compare.value = compare.value === "none" ? "previous" : "none";
    show();
  },
  e: () => document.getElementById("export")?.click(),
  "?": () => {
    const list = document.getElementById("keys");
    list.open = !list.open;
    list.scrollIntoView({ block: "center" });
  },
};

function reveal(input) {
  filters.open = true;
  input.focus();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !form) return;
  const typing = event.target.closest("input, select, textarea");
  if (event.key === "Escape") {
    const open = document.querySelector(".cp-menu[open]");
    if (open) {
      if (open.contains(document.activeElement)) open.querySelector("summary").focus();
      open.open = false;
    }
    else if (!typing && !document.querySelector("[popover]:popover-open")) document.getElementById("clear")?.click();
    return;
  }
  if (typing || off?.checked) return;
  const action = shortcuts[event.key];
  if (!action) return;
  event.preventDefault();
  action();
});
