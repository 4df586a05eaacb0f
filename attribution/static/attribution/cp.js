// See docs/website-tag.md
(() => {
  const tag = document.currentScript, options = tag.dataset, domain = options.domain || "";
  if (window.cpTouch) return;
  const lifetime = (options.days || 90) * 864e5;
  const refuses = options.respectDnt !== "off" && /1|true/.test([navigator.globalPrivacyControl, navigator.doNotTrack]);
  let allowed = !refuses && options.consent !== "wait";

  const NAMES = ("utm_source utm_medium utm_campaign utm_content utm_term utm_id " +
    "gclid gbraid wbraid dclid fbclid msclkid ttclid li_fat_id twclid epik sccid rdt_cid yclid").split(" ");
  const LOOKS = { email: /mail/i, phone: /phone|mobile|\btel\b/i, name: /(^|,)(full|first|last|your|given|family)?[-_]?name(,|$)/i };

  const json = JSON.stringify, memory = {};
  const ago = (time) => new Date(Date.now() - time).toISOString();
  const quietly = (work) => { try { return work(); } catch (e) {} };
  const cookie = () => domain && {
    get cp_touches() { return decodeURIComponent(/cp_touches=([^;]*)/.exec(document.cookie)[1]); },
    set cp_touches(text) {
      document.cookie = `cp_touches=${encodeURIComponent(text)};domain=${domain};path=/;max-age=${text ? lifetime / 1e3 : 0}`;
    },
  };
  const each = (work) => [() => memory, () => localStorage, () => sessionStorage, cookie]
    .slice(0, allowed ? 4 : 1).map((store) => quietly(() => work(store())));
  const write = (name, list) => each((store) => { store[name] = json(list); });
  function read(name, more) {
    const found = new Set();
    [more, ...each((store) => store[name])].forEach((text) => quietly(() => JSON.parse(text).forEach((one) => one && found.add(json(one)))));
    return [...found].map((text) => JSON.parse(text));
  }

  const isNamed = (touch) => /utm_|click_ids/.test(Object.keys(touch));
  function best(touches) { // the last campaign stays
    const latest = [...touches].reverse();
    return latest.find(isNamed) || latest.find((one) => one.referrer) || touches[0];
  }
  function known(more) {
    const touches = read("cp_touches", more).filter((one) => one.at > ago(lifetime) && one.at < ago(-864e5))
      .sort((a, b) => a.at.localeCompare(b.at));
    while (touches[20] || (touches[2] && encodeURIComponent(json(touches)).length > (domain ? 3800 : 5e4))) {
      touches.splice(touches[1] === best(touches) ? 2 : 1, 1);
    }
    return touches;
  }

  function valuesInAddress() {
    const found = {}, query = (location.search + location.hash).replace(/\?|#[!/]*|&amp;/g, "&").replace(/%%/g, "%25%25");
    new URLSearchParams(query).forEach((value, name) => {
      const key = name.toLowerCase().replace(/^(mtm|pk)_/, "utm_").replace(/_(keyword|kwd)$/, "_term")
        .replace("_cpn", "_campaign").replace("utm_cid", "utm_id");
      if (!value.trim() || !NAMES.includes(key)) return;
      const into = /^utm/.test(key) ? found : found.click_ids = found.click_ids || {};
      into[key] = into[key] || value.slice(0, 500);
    });
    return found;
  }
  function isForeign(address) {
    const host = quietly(() => new URL(address).hostname), here = location.hostname;
    const within = (one, whole) => whole && ("." + one).endsWith("." + whole.replace(/^(www)?\./, ""));
    return host && !within(here, host) && ![here, domain, options.own].some((one) => within(host, one));
  }
  function view(loaded) {
    if (!allowed) return;
    const touches = known(), [latest] = touches.slice(-1), values = valuesInAddress();
    const cut = (address) => address.replace(domain && /[?#].*/, "").slice(0, 2e3);
    const referrer = loaded && isForeign(document.referrer) ? cut(document.referrer) : "";
    const away = loaded && Date.now() - Math.max(...read("cp_seen"), latest && Date.parse(latest.at)) > 18e5;
    const same = latest && Object.keys(values).every((name) => json(values[name]) === json(latest[name])) && (!referrer || referrer === latest.referrer);
    if (!same || (away && (isNamed(values) || referrer || !document.referrer))) {
      touches.push(Object.assign({ at: ago(0), landing_page: cut(location.href), referrer }, values));
    }
    write("cp_touches", touches);
    write("cp_touches", known());
    write("cp_seen", [Date.now()]);
    fill();
    flush();
  }

  function values() {
    const touches = known();
    return Object.assign({}, best(touches), { at: undefined, touches });
  }
  function fill() {
    const found = values();
    Object.assign(found, found.click_ids, { cp_touches: json(found.touches) });
    document.querySelectorAll("form[data-cp],form.data-cp").forEach((form) => [...NAMES, "referrer", "landing_page", "cp_touches"].forEach((name) => {
      let field = form.querySelector(`input[type=hidden][name="${name}" i]`);
      if (!field && form.dataset.cp === "add" && found[name]) {
        field = Object.assign(document.createElement("input"), { type: "hidden", name });
        form.append(field);
      }
      if (field && (found[name] || field.cpFilled)) field.value = field.cpFilled = found[name] || "";
    }));
  }
  function personIn(form) {
    const found = {};
    form.querySelectorAll("input,select,textarea").forEach((field) => {
      const words = [field.name, field.type, field.autocomplete], value = field.value.trim();
      const name = "cpTrap" in field.dataset ? "honeypot" : field.dataset.cpField ||
        (/text|email|tel/.test(field.type) && Object.keys(LOOKS).find((one) => LOOKS[one].test(words)));
      if (!value || !name || /password|cc-|card/i.test(words)) return;
      found[name] = name === "name" && found.name ? found.name + " " + value : found[name] || value;
    });
    return found;
  }

  const sending = new Set([undefined]);
  let sent;
  function lead(fields) {
    const made = Object.assign(values(), { id: "web-" + Date.now() + Math.random(), received_at: ago(0) }, fields);
    write("cp_queue", [...read("cp_queue"), made].slice(-20));
    flush();
    return made.id;
  }
  function flush() {
    read("cp_queue").forEach((one) => {
      if (sending.has(one.id) || !options.key) return;
      sending.add(one.id);
      const done = ({ status }) => {
        sending.delete(one.id);
        if (/^2|400|413|422/.test(status) || one.received_at < ago(6048e5)) {
          write("cp_queue", read("cp_queue").filter((other) => other.id !== one.id));
        } else setTimeout(flush, 3e4);
      };
      const body = json(Object.assign({ key: options.key }, one)), to = options.endpoint || new URL("/api/v1/collect", tag.src);
      if (!("keepalive" in Request.prototype)) navigator.sendBeacon(to, body);
      fetch(to, { method: "POST", body, keepalive: true }).then(done, done);
    });
  }
  function consent(yes) {
    allowed = true;
    if (!yes) each((store) => ["cp_touches", "cp_seen", "cp_queue"].forEach((name) => { store[name] = ""; delete store[name]; }));
    allowed = yes && !refuses;
    view(true);
  }
  window.cpTouch = { consent, fill, lead, values };

  addEventListener("submit", ({ target }) => quietly(() => {
    fill();
    if (!target.matches("[data-cp-send]:valid")) return;
    const person = personIn(target);
    if (sent !== (sent = json(person))) lead(person);
  }), true);
  ["pushState", "replaceState"].forEach((name) => {
    const plain = history[name];
    history[name] = (...rest) => { plain.apply(history, rest); quietly(view); };
  });
  ["popstate", "hashchange", "online"].forEach((name) => addEventListener(name, () => quietly(view)));
  addEventListener("storage", ({ key, newValue }) => {
    const all = known(newValue);
    if (key === "cp_touches" && newValue && all.some((one) => !newValue.includes(json(one)))) write(key, all);
  });
  addEventListener("DOMContentLoaded", fill);
  quietly(() => view(true));
})();
