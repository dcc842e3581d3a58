// Copy fields: the button answers "Copied" in words that are read out too.
"use strict";

for (const button of document.querySelectorAll("button[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const field = document.getElementById(button.dataset.copy);
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      button.textContent = "Selected: press Ctrl+C";
      return;
    }
    button.textContent = "Copied";
    document.getElementById("copied").textContent = `${button.getAttribute("aria-label").slice(5)} copied.`;
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  });
}
