"use strict";
/* A permalink that was copied without its `#here` still leads to the passage; the card gets its button. */
if (!location.hash) document.getElementById("here")?.scrollIntoView({ block: "center" });
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
