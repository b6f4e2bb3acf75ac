"use strict";
/* Sends questions and buttons without loading the page anew. Without this file the same forms load the page. */

/* Buttons that lead from one view to another of the same kind change the card that they stand in. */
const PAGING = new Set(["ctx", "more", "pub"]);

const log = document.getElementById("log");
const form = () => document.getElementById("ask");
const question = () => document.getElementById("question");

/* ---- sending ---- */

document.addEventListener("submit", (event) => {
  event.preventDefault();
  const button = event.submitter;
  if (event.target.id === "ask") ask(question().value.trim(), true);
  else if (button?.name === "text") ask(button.value, false);
  else if (button?.name === "action") press(button);
});

document.addEventListener("keydown", (event) => {
  if (event.target.id === "question" && event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    form().requestSubmit();
  }
  if (event.key === "Escape") closeLanguages(true);
});

/* A browser lays out what is pasted before anybody can look at it; megabytes would make the page stand still. */
document.addEventListener("beforeinput", (event) => {
  if (event.target.id !== "question") return;
  const text = event.data ?? event.dataTransfer?.getData("text/plain") ?? "";
  if (text.length <= Number(form().dataset.limit)) return;
  event.preventDefault();
  show(add(errorCard(form().dataset.tooLong)));
});

async function ask(text, isTyped) {
  if (!text || isBusy()) return;
  const said = add(paragraph("said", text));
  if (isTyped) question().value = "";
  const card = await turn({ text });
  if (card.classList.contains("error") && isTyped && !question().value) question().value = text;
  add(card);
  show(said);
  if (isTyped) question().focus({ preventScroll: true });
  else focusOn(card);
}

async function press(button) {
  if (isBusy()) return;
  const kind = button.value.split(":")[0];
  const old = button.closest(".reply");
  if (kind === "lang" && button.closest(".languages")) return chooseLanguage(button.value);
  const card = await turn({ action: button.value });
  if (kind === "lang" && !card.classList.contains("error")) await renewFrame();
  if (kind === "use" && old) {
    thank(button.closest(".row"), card);
  } else if (old && PAGING.has(kind) && old.dataset.kind === kind) {
    old.replaceWith(card);
    prepare(card);
    show(card);
    focusOn(card);
  } else {
    const said = add(paragraph("said", button.textContent));
    add(card);
    show(said);
    focusOn(card);
  }
}

/* The vote's buttons make room for the thanks. */
function thank(row, card) {
  const note = paragraph("small", card.textContent);
  note.tabIndex = -1;
  row.replaceWith(note);
  note.focus();
}

/* One turn; gives the card of the reply, or a card that says what went wrong. */
async function turn(body) {
  const texts = form().dataset;
  const json = JSON.stringify({ ...body, lang: document.documentElement.lang });
  if (new Blob([json]).size > Number(texts.limit)) return errorCard(texts.tooLong);
  setBusy(true);
  const waiting = add(paragraph("waiting", texts.waiting));
  try {
    const answer = await fetch("/turn", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: json,
    });
    const data = await answer.json();
    return answer.ok ? parsed(data.html) : errorCard(data.message);
  } catch {
    return errorCard(texts.offline);
  } finally {
    waiting.remove();
    setBusy(false);
  }
}

const isBusy = () => log.getAttribute("aria-busy") === "true";

function setBusy(busy) {
  log.setAttribute("aria-busy", String(busy));
  document.querySelector(".send").disabled = busy;
}

/* ---- cards ---- */

/* The server escapes all text; the policy of the page forbids scripts in it besides. */
function parsed(html) {
  return document.adoptNode(new DOMParser().parseFromString(html, "text/html").querySelector(".reply"));
}

function paragraph(name, text) {
  const element = document.createElement("p");
  element.className = name;
  element.textContent = text;
  return element;
}

function errorCard(text) {
  const card = document.createElement("article");
  card.className = "reply error";
  card.tabIndex = -1;
  card.append(paragraph("notice", text));
  return card;
}

function add(element) {
  log.append(element);
  prepare(element);
  element.scrollIntoView({ block: "nearest" });
  return element;
}

/* The beginning of what is new goes to the top: answers are read from there. */
const show = (element) => element.scrollIntoView({ block: "start" });
const focusOn = (card) => card.focus({ preventScroll: true });

/* Copying needs a script, so its button is hidden without one. */
function prepare(element) {
  for (const button of element.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const text = button.closest(".reply").querySelector(".text").textContent;
      await navigator.clipboard.writeText(text);
      button.textContent = button.dataset.done;
    });
  }
}

/* ---- language ---- */

async function chooseLanguage(action) {
  closeLanguages(true);
  const card = await turn({ action });
  if (card.classList.contains("error")) {
    add(card);
    return;
  }
  await renewFrame();
  add(card);
  show(card);
  document.querySelector(".languages summary").focus({ preventScroll: true });
}

/* The header and the field in another language; what was said stays, and so does a half-written question. */
async function renewFrame() {
  const answer = await fetch("/");
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const draft = question().value;
  for (const id of ["top", "bottom"]) {
    document.getElementById(id).replaceWith(document.adoptNode(page.getElementById(id)));
  }
  question().value = draft;
  log.setAttribute("aria-label", page.getElementById("log").getAttribute("aria-label"));
  document.querySelector(".skip").textContent = page.querySelector(".skip").textContent;
  document.documentElement.lang = page.documentElement.lang;
  document.title = page.title;
  const isUntouched = !log.querySelector(".said");
  if (isUntouched) log.replaceChildren(...page.getElementById("log").children);
}

function closeLanguages(refocus) {
  const menu = document.querySelector(".languages[open]");
  if (!menu) return;
  menu.open = false;
  if (refocus) menu.querySelector("summary").focus();
}

document.addEventListener("click", (event) => {
  if (!event.target.closest(".languages")) closeLanguages(false);
});

/* ---- what goes on in the background ---- */

async function watch() {
  const status = document.getElementById("status");
  if (status.dataset.busy === "0" && watch.rounds++ > 5) return;
  try {
    const state = await (await fetch("/status")).json();
    if (status.textContent !== state.text) status.textContent = state.text;
    status.dataset.busy = state.busy ? "1" : "0";
  } catch {
    /* the next question will say that the assistant is gone */
  }
  setTimeout(watch, 3000);
}
/* A build begins a moment after the start, so the first rounds ask even when nothing runs yet. */
watch.rounds = 0;
watch();
prepare(log);
question().focus({ preventScroll: true });
