// Shows cameras as they answer, while a search goes on. Rows that are there
// stay where they are: somebody may be on one.

const every = 600; // ms

async function look() {
  const section = document.getElementById("found");
  const answer = await fetch(location.pathname, { headers: { "X-Oogmerk": "deel" } }).catch(() => null);
  if (!answer || !answer.ok) return;
  const part = document.createElement("template");
  part.innerHTML = await answer.text();
  const next = part.content.getElementById("found");
  if (!next) return;
  const rows = section.querySelector("[data-rows]");
  const more = [...next.querySelectorAll("[data-rows] > li")].slice(rows.children.length);
  rows.append(...more);
  const state = section.querySelector("[role=status]");
  const line = next.querySelector("[role=status]").textContent;
  if (state.textContent !== line) state.textContent = line;
  if (next.hasAttribute("data-searching")) {
    setTimeout(look, every);
    return;
  }
  section.removeAttribute("data-searching");
  section.querySelector(".searching")?.remove();
  const wrong = next.querySelector(".wrong");
  if (wrong) state.before(wrong);
}

setTimeout(look, every);
