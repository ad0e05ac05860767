// Presses the page's buttons without leaving it; without this script they work by loading the page anew.
const said = document.getElementById("said");

function tell(sentence) {
  said.textContent = sentence;
  said.hidden = !sentence;
}

async function send(form, button) {
  const fields = new FormData(form, button);
  const address = button?.getAttribute("formaction") ?? form.getAttribute("action");
  try {
    const answer = await fetch(address, {
      method: "POST",
      headers: { Accept: "application/json" },
      body: new URLSearchParams(fields),
    });
    tell(answer.ok ? ((await answer.json()).said ?? "") : "That could not be done.");
  } catch {
    tell("The simulator does not answer. Is it still running?");
  }
}

document.addEventListener("submit", (event) => {
  event.preventDefault();
  send(event.target, event.submitter);
});

document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-on-change]");
  if (form && event.target.matches("select")) send(form, null);
});
