"use strict";
// The page works without this file; with it, answers appear by themselves and nothing is reloaded.

const phones = [...document.querySelectorAll(".phone")];
const phoneOf = (contact) => phones.find((phone) => phone.dataset.contact === contact);

function scrollDown(phone) {
  const screen = phone.querySelector(".screen");
  screen.scrollTop = screen.scrollHeight;
}

function show(message) {
  const phone = phoneOf(message.contact);
  const made = document.createElement("template");
  made.innerHTML = message.html; // written and escaped by the service
  const bubble = made.content.firstElementChild;
  const known = document.getElementById(bubble.id);
  if (known) {
    if (known.outerHTML !== bubble.outerHTML) known.replaceWith(bubble);
    return;
  }
  const chat = phone.querySelector(".chat");
  const next = [...chat.children].find((other) => other.dataset.id > message.id);
  chat.insertBefore(bubble, next || null);
  scrollDown(phone);
}

async function send(form, submitter) {
  const fields = new URLSearchParams(new FormData(form, submitter));
  const response = await fetch(form.action, { method: "POST", body: fields, headers: { Accept: "application/json" } });
  if (!response.ok) throw new Error(await response.text());
  return response.json();
}

async function submit(event) {
  const form = event.target;
  const phone = form.closest(".phone");
  if (!phone) return;
  event.preventDefault();
  const problem = phone.querySelector(".problem");
  const words = phone.querySelector(".words");
  if (form.matches(".composer") && !event.submitter?.name && !words.value.trim()) {
    words.focus();
    return;
  }
  if (form.dataset.busy) return;
  form.dataset.busy = "yes";
  try {
    const answer = await send(form, event.submitter);
    problem.textContent = "";
    if (form.matches(".composer")) {
      form.reset();
      form.elements.id.value = answer.next_id; // the same id again would be the same message again
    }
    words.focus();
  } catch (error) {
    problem.textContent = error.message || "The service does not answer. Try again.";
  } finally {
    delete form.dataset.busy;
  }
}

function select(event) {
  const tab = event.target.closest("a[data-phone]");
  if (!tab) return;
  event.preventDefault();
  for (const phone of phones) phone.classList.toggle("shown", phone.id === tab.dataset.phone);
  for (const other of document.querySelectorAll("a[data-phone]")) {
    if (other === tab) other.setAttribute("aria-current", "true");
    else other.removeAttribute("aria-current");
  }
  history.replaceState(null, "", tab.href);
  scrollDown(document.getElementById(tab.dataset.phone));
}

function listen() {
  const query = new URLSearchParams(phones.map((phone) => ["contact", phone.dataset.contact]));
  const stream = new EventSource(`/simulator/stream?${query}`);
  const connection = document.getElementById("connection");
  stream.onopen = () => { connection.textContent = ""; };
  stream.onerror = () => { connection.textContent = "Connecting…"; };
  stream.onmessage = (event) => show(JSON.parse(event.data));
  addEventListener("pagehide", () => stream.close());
}

document.addEventListener("submit", submit);
document.querySelector(".tabs").addEventListener("click", select);
phones.forEach(scrollDown);
// A picture has no height until it is there; "load" does not bubble, but it can be captured.
document.addEventListener("load", (event) => {
  const phone = event.target.closest?.(".phone");
  if (phone) scrollDown(phone);
}, true);
listen();
