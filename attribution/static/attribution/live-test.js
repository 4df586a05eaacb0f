// Looks every few seconds for what has arrived. Without this file the link beside it does the same.
"use strict";

const EVERY = 3000;
let looks = 400; // then twenty minutes are over
const place = document.getElementById("arrivals");

async function look() {
  if (!document.hidden) {
    looks -= 1;
    const address = new URL(location.href);
    address.searchParams.set("part", "1");
    try {
      const answer = await fetch(address);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById("arrivals");
      if (fresh && fresh.dataset.number !== place.dataset.number) {
        place.dataset.number = fresh.dataset.number;
        place.replaceChildren(...fresh.childNodes);
      }
    } catch {
      // The server cannot be reached just now: it is asked again.
    }
  }
  if (looks > 0) setTimeout(look, EVERY);
}

document.getElementById("looking").hidden = false;
setTimeout(look, EVERY);
