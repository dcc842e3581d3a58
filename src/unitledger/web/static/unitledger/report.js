// The report with ticks: what the page does beyond its forms and links. Without it everything
// still works: Apply is always there and the server says what is missing.
"use strict";

(() => {
  const result = () => document.getElementById("result");
  const ticks = () => [...document.querySelectorAll('#result input[name="record"]')];
  const ticked = () => ticks().filter((tick) => tick.checked);
  const isAll = () => Boolean(document.getElementById("tick-all")?.checked);

  function show() {
    const form = result();
    const apply = form?.querySelector(".apply");
    if (!apply) return;
    const count = isAll() ? Number(form.dataset.count) : ticked().length;
    apply.disabled = count === 0 || form.querySelector("#op").value === "";
    for (const each of form.querySelectorAll(".js")) each.hidden = false;
    form.querySelector("#selected").hidden = count === 0;
    form.querySelector("#selected-count").textContent = count.toLocaleString(document.documentElement.lang);
    form.querySelector("#selected-money").textContent = money(form);
    const page = form.querySelector("#tick-page");
    page.checked = isAll() || (count > 0 && count === ticks().length);
    page.indeterminate = !page.checked && count > 0;
  }

  function money(form) {
    if (!form.dataset.currency) return "";
    const sum = isAll()
      ? Number(form.dataset.money)
      : ticked().reduce((before, tick) => before + Math.round(tick.dataset.amount * 100), 0) / 100;
    const style = { style: "currency", currency: form.dataset.currency };
    return ` · ${sum.toLocaleString(document.documentElement.lang, style)}`;
  }

  function clear() {
    const all = document.getElementById("tick-all");
    if (all) all.checked = false;
    for (const tick of ticks()) tick.checked = false;
    show();
  }

  function refresh() {
    window.htmx.ajax("GET", location.href, { target: "#report", select: "#report", swap: "outerHTML" });
  }

  document.addEventListener("change", (event) => {
    if (!event.target.closest("#result")) return;
    if (event.target.id === "tick-page") {
      const all = document.getElementById("tick-all");
      if (all && !event.target.checked) all.checked = false;
      for (const tick of ticks()) tick.checked = event.target.checked;
    }
    if (event.target.name === "record") last = ticks().indexOf(event.target);
    if (event.target.name === "record" && !event.target.checked) {
      const all = document.getElementById("tick-all");
      if (all) all.checked = false;
    }
    if (event.target.id === "tick-all") {
      for (const tick of ticks()) tick.checked = event.target.checked;
    }
    show();
  });

  document.addEventListener("htmx:afterSwap", (event) => {
    const pop = document.getElementById("pop");
    if (event.target.id === "pop-in" && pop && !pop.open) pop.showModal();
  });
  document.addEventListener("htmx:afterSettle", show);
  document.addEventListener("click", (event) => {
    if (event.target.id === "clear") clear();
    const pop = document.getElementById("pop");
    if (!pop?.open || !event.target.closest(".done")) return;
    event.preventDefault();
    pop.close();
  });
  document.addEventListener(
    "close",
    (event) => {
      if (event.target.id !== "pop") return;
      document.getElementById("pop-in").replaceChildren(); // and with it ends its asking
      refresh();
    },
    true, // a dialog's close does not bubble
  );

  function move(by) {
    const all = ticks();
    const here = all.indexOf(document.activeElement);
    all[Math.min(Math.max(here + by, 0), all.length - 1)]?.focus();
  }

  let last = 0; // where the last tick was set, for a range

  function range() {
    const all = ticks();
    const here = all.indexOf(document.activeElement);
    if (here < 0) return;
    for (let each = Math.min(last, here); each <= Math.max(last, here); each += 1) all[each].checked = true;
    show();
  }

  const KEYS = {
    j: () => move(1),
    k: () => move(-1),
    x: () => document.activeElement.name === "record" && document.activeElement.click(),
    X: () => range(),
    Enter: () => document.activeElement.closest("tr")?.querySelector("th a")?.click(),
    Escape: () => clear(),
    a: () => (document.getElementById("tick-all") ?? document.getElementById("tick-page"))?.click(),
    s: () => document.getElementById("op")?.focus(),
    "/": () => document.getElementById("f-q")?.focus(),
  };
  document.addEventListener("keydown", (event) => {
    const isTyping = event.target.closest('select, textarea, input:not([type="checkbox"])');
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.getElementById("pop")?.open || !KEYS[event.key]) return;
    // Enter and Escape keep their own meaning everywhere but on a row's tick.
    if (["Enter", "Escape"].includes(event.key) && document.activeElement.name !== "record") return;
    event.preventDefault();
    KEYS[event.key]();
  });

  document.addEventListener("DOMContentLoaded", show);
})();
