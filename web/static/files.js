// Upgrades the file fields: drop a file on them, and hear at once that it is too large.
for (const box of document.querySelectorAll("[data-file]")) {
  const input = box.querySelector("input[type=file]");
  const problem = box.querySelector("[data-file-problem]");
  const megabytes = Number(box.dataset.cap);

  input.addEventListener("change", () => {
    const file = input.files[0];
    const large = file !== undefined && file.size > megabytes * 1024 * 1024;
    const sentence = large ? `“${file.name}” is larger than ${megabytes} MB.` : "";
    input.setCustomValidity(sentence);
    problem.textContent = sentence;
    problem.hidden = !large;
  });
  box.addEventListener("dragover", (event) => {
    event.preventDefault();
    box.classList.add("over");
  });
  box.addEventListener("dragleave", () => box.classList.remove("over"));
  box.addEventListener("drop", (event) => {
    event.preventDefault();
    box.classList.remove("over");
    if (event.dataTransfer.files.length === 0) return;
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change"));
  });
}
