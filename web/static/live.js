// Keeps a page fresh: takes the parts the server sends and lays them over those on the page.
// Without it everything works by reloading.
const FIRST_WAIT = 1000;
const LONGEST_WAIT = 30000;
const HIDDEN_LOOK = 60000; // a tab nobody looks at takes one look a minute

const page = document.querySelector("[data-live]");
const mark = document.getElementById("live-mark");
const words = { live: "live", again: "reconnecting…", ended: "signed out", off: "" };

let source = null;
let timer = 0;
let wait = FIRST_WAIT;

function show(state) {
  mark.dataset.state = state;
  const word = mark.querySelector("[data-word]");
  if (word.textContent !== words[state]) word.textContent = words[state];
}

function later(milliseconds) {
  clearTimeout(timer);
  timer = setTimeout(open, milliseconds);
}

function close() {
  clearTimeout(timer);
  source?.close();
  source = null;
}

function open() {
  close();
  source = new EventSource(page.dataset.live);
  source.addEventListener("patch", (event) => {
    wait = FIRST_WAIT;
    patch(event.data);
    show("live");
    if (document.hidden) {
      close();
      later(HIDDEN_LOOK);
    }
  });
  source.addEventListener("ended", ended);
  source.addEventListener("error", lost);
}

async function lost() {
  close();
  show("again");
  if (await signedOut()) return ended();
  later(wait * (0.75 + Math.random() / 2));
  wait = Math.min(wait * 2, LONGEST_WAIT);
}

async function signedOut() {
  const asking = new AbortController();
  try {
    const headers = { Accept: "text/event-stream" };
    const answer = await fetch(page.dataset.live, { headers, signal: asking.signal, redirect: "manual" });
    return answer.status === 401;
  } catch {
    return false;
  } finally {
    asking.abort();
  }
}

function ended() {
  close();
  show("ended");
  const link = document.createElement("a");
  link.href = `/login?next=${encodeURIComponent(location.pathname + location.search)}`;
  link.textContent = "Sign in again";
  mark.querySelector("[data-word]").replaceChildren("signed out – ", link);
}

function patch(html) {
  const fresh = document.createElement("template");
  fresh.innerHTML = html;
  for (const part of fresh.content.children) {
    const old = document.getElementById(part.id);
    if (old) morph(old, part);
  }
  const state = document.getElementById("page-state");
  if (state?.dataset.title) document.title = state.dataset.title;
  const icon = document.querySelector("link[rel=icon]");
  if (state?.dataset.icon && icon.getAttribute("href") !== state.dataset.icon) icon.href = state.dataset.icon;
}

function morph(old, fresh) {
  if (old.isEqualNode(fresh)) return;
  if (old.nodeType !== Node.ELEMENT_NODE || old.nodeName !== fresh.nodeName) return replace(old, fresh);
  if (old === document.activeElement && old.matches("input, select, textarea")) return;
  attributes(old, fresh);
  children(old, fresh);
}

function replace(old, fresh) {
  if (old.nodeType === Node.TEXT_NODE && fresh.nodeType === Node.TEXT_NODE) old.data = fresh.data;
  else old.replaceWith(fresh.cloneNode(true));
}

function attributes(old, fresh) {
  const kept = old.matches("details, dialog") ? ["open"] : [];
  for (const { name } of [...old.attributes]) {
    if (!fresh.hasAttribute(name) && !kept.includes(name)) old.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) {
    if (!kept.includes(name) && old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
}

const keyOf = (node) => node.dataset?.key || node.id || null;

function children(old, fresh) {
  const keyed = new Map();
  for (const child of old.children) if (keyOf(child)) keyed.set(keyOf(child), child);
  let place = old.firstChild;
  for (const wanted of [...fresh.childNodes]) {
    const key = keyOf(wanted);
    const found = key ? keyed.get(key) : place && !keyOf(place) ? place : null;
    if (found) {
      if (found === place) place = place.nextSibling;
      else old.insertBefore(found, place);
      morph(found, wanted);
    } else {
      old.insertBefore(wanted.cloneNode(true), place);
    }
  }
  while (place) {
    const next = place.nextSibling;
    place.remove();
    place = next;
  }
}

if (page && mark) {
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) {
      close();
      later(HIDDEN_LOOK);
    } else {
      open();
    }
  });
  addEventListener("pagehide", close);
  addEventListener("pageshow", (event) => event.persisted && open());
  open();
}
