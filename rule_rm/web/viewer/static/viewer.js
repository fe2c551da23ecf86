// Makes the pages live and adds keys. Everything works without it, but for both.
"use strict";

const PAUSE = 5000;
const fresh = document.getElementById("fresh");
const live = document.getElementById("live");

async function renew() {
  const reply = await fetch(location.href, { credentials: "same-origin" });
  if (!reply.ok) return;
  // A parsed document runs no script; the server has escaped every text in it.
  const page = new DOMParser().parseFromString(await reply.text(), "text/html");
  const newer = page.getElementById("fresh");
  if (newer) document.getElementById("fresh").replaceWith(document.adoptNode(newer));
}

if (fresh && live) {
  live.hidden = false;
  live.addEventListener("click", () => {
    live.setAttribute("aria-pressed", live.getAttribute("aria-pressed") !== "true");
  });
  setInterval(() => {
    if (live.getAttribute("aria-pressed") === "true" && !document.hidden) {
      renew().then(() => live.classList.remove("lost"), () => live.classList.add("lost"));
    }
  }, PAUSE);
}

const copy = document.getElementById("copy");
if (copy && navigator.clipboard) {
  copy.hidden = false;
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(location.href);
    copy.textContent = "Copied";
  });
}

function move(by) {
  const link = document.getElementById(by > 0 ? "next" : "previous");
  if (link) return link.click();
  const links = [...document.querySelectorAll("#list a")];
  if (!links.length) return;
  const at = links.indexOf(document.activeElement);
  links[Math.min(Math.max(at + by, 0), links.length - 1)].focus();
}

document.addEventListener("keydown", (event) => {
  if (event.target.matches("input, select, textarea") || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "j") move(1);
  else if (event.key === "k") move(-1);
  else if (event.key === "n") document.getElementById("older")?.click();
  else if (event.key === "/") {
    const search = document.getElementById("search");
    if (search) search.focus();
    else location.href = "/rollouts";
    event.preventDefault();
  }
});
